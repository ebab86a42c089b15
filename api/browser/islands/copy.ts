/** A button that copies the text beside it. Without scripts the text is there to be selected. */
import { started } from "./shared/ready";
import { words } from "./shared/words";

const SHOWN_MILLISECONDS = 4000;

function startCopy(box: HTMLElement): void {
  const say = words(box);
  const source = box.querySelector<HTMLElement>("[data-copy-source]");
  if (source) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = say("cite-js-copy");
    // The name says what is copied, since a page has several such buttons.
    if (source.ariaLabel) button.setAttribute("aria-label", `${say("cite-js-copy")}: ${source.ariaLabel}`);
    const status = document.createElement("span");
    status.setAttribute("role", "status");
    status.className = "quiet small copy-status";
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(source.textContent ?? "").then(
        () => { status.textContent = say("cite-js-copied"); },
        () => { status.textContent = say("cite-js-failed"); getSelection()?.selectAllChildren(source); },
      ).finally(() => setTimeout(() => { status.textContent = ""; }, SHOWN_MILLISECONDS));
    });
    const actions = box.querySelector<HTMLElement>(".actions") ?? box.appendChild(Object.assign(document.createElement("p"), { className: "actions" }));
    actions.prepend(button);
    actions.append(status);
  }
  started(box, "copy");
}

document.querySelectorAll<HTMLElement>('[data-island="copy"]').forEach(startCopy);
