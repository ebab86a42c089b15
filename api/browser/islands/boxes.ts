/** Forms that ask for two constructs: each field offers constructs as one types. Without it the fields take codes and labels. */
import { startConstructBox, type More } from "./shared/construct_box";
import { started } from "./shared/ready";
import { data, words } from "./shared/words";

function startBoxes(form: HTMLFormElement): void {
  const say = words(form);
  const frameworks = data<Record<string, string>>(form, "frameworks") ?? {};
  const more = data<More>(form, "more");
  form.querySelectorAll<HTMLInputElement>("input[data-construct-box]").forEach((input) => startConstructBox(input, form.dataset.searchAddress!, frameworks, more, say));
  started(form, "boxes");
}

document.querySelectorAll<HTMLFormElement>('[data-island="boxes"]').forEach(startBoxes);
