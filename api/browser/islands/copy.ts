/** A button that copies the text or the table beside it. Without scripts it is there to be selected. */
import { started } from "./shared/ready";
import { words } from "./shared/words";

const SHOWN_MILLISECONDS = 4000;

/** Copies an element: a table as a table for word processors, and as cells between tabs for all others. */
function copied(source: HTMLElement): Promise<void> {
  if (!(source instanceof HTMLTableElement)) return navigator.clipboard.writeText(source.textContent ?? "");
  const lines = [...source.rows].map((row) => [...row.cells].map((cell) => cell.innerText.replace(/\s+/g, " ").trim()).join("\t"));
  const plain = document.createElement("table");
  plain.innerHTML = source.innerHTML;
  plain.querySelectorAll("*").forEach((part) => { for (const name of part.getAttributeNames()) if (name !== "scope") part.removeAttribute(name); });
  const parts = { "text/html": plain.outerHTML, "text/plain": lines.join("\n") };
  return navigator.clipboard.write([new ClipboardItem(Object.fromEntries(Object.entries(parts).map(([type, text]) => [type, new Blob([text], { type })])))]);
}

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
      copied(source).then(
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
