/**
 * Search as one types: a combobox with a list of constructs (WAI-ARIA authoring practices, editable combobox with list autocomplete).
 * Without it the box is a form that leads to a page of results.
 */
import { started } from "./ready";
import { data, words } from "./words";

/** A hit as `/api/v1/search` gives it. */
interface Hit {
  curie: string; label: string; framework: string; kind: string; label_status: string; matched: string;
}

const MOST = 9;
let boxes = 0;

export function startSearch(form: HTMLFormElement): void {
  const input = form.querySelector<HTMLInputElement>('input[name="q"]')!;
  const say = words(form);
  const frameworks = data<Record<string, string>>(form, "frameworks") ?? {};
  const list = document.createElement("ul");
  list.id = `search-hits-${++boxes}`;
  list.className = "search-hits";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.querySelector("label")!.textContent!.trim());
  list.hidden = true;
  const status = document.createElement("p");
  status.className = "vh";
  status.setAttribute("role", "status");
  form.append(list, status);
  Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id }).forEach(([k, v]) => input.setAttribute(k, v));

  let chosen = -1;
  let asked = "";
  let asking: AbortController | null = null;
  const options = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>('[role="option"]')];

  function close(): void {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  function choose(to: number): void {
    const all = options();
    if (!all.length) return;
    chosen = (to + all.length) % all.length;
    all.forEach((option, i) => option.setAttribute("aria-selected", String(i === chosen)));
    input.setAttribute("aria-activedescendant", all[chosen]!.id);
    all[chosen]!.scrollIntoView({ block: "nearest" });
  }
  function show(hits: Hit[], total: number): void {
    const rows = hits.map((hit, i) => {
      const row = option(i, `${form.dataset.conceptAddress}${encodeURI(hit.curie)}`);
      const code = span(`code code-${hit.framework}`, hit.curie.slice(hit.curie.indexOf(":") + 1));
      row.append(code, " ", hit.label);
      if (hit.label_status && hit.label_status !== "printed") row.append(" ", span(`mark mark-${hit.label_status}`, hit.label_status));
      const meta = span("hit-meta", "");
      meta.append(span(`fw fw-${hit.framework}`, frameworks[hit.framework] ?? hit.framework), ` ${hit.kind.replace(/(?<=.)([A-Z])/g, " $1").toLowerCase()}`);
      if (hit.matched !== "label") meta.append(` · ${say("search-js-matched", { what: hit.matched })}`);
      row.append(meta);
      return row;
    });
    if (total > hits.length || !hits.length) {
      const row = option(rows.length, `${form.action}?q=${encodeURIComponent(asked)}`);
      row.classList.add("hit-more");
      row.append(hits.length ? say("search-js-more", { n: total }) : say("search-js-none"));
      rows.push(row);
    }
    list.replaceChildren(...rows);
    list.hidden = false;
    chosen = -1;
    input.setAttribute("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
    status.textContent = hits.length ? say("search-js-hits", { n: total }) : say("search-js-none");
  }
  function option(number: number, address: string): HTMLLIElement {
    const row = document.createElement("li");
    row.id = `${list.id}-${number}`;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
    row.dataset.address = address;
    return row;
  }
  async function ask(): Promise<void> {
    const text = input.value.trim();
    if (text === asked && !list.hidden) return;
    asked = text;
    asking?.abort();
    if (!text) { close(); return; }
    asking = new AbortController();
    try {
      const reply = await fetch(`${form.dataset.searchAddress}?q=${encodeURIComponent(text)}&limit=${MOST}`, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (!reply.ok) throw new Error(String(reply.status));
      const found = (await reply.json()) as { items: Hit[]; total: number };
      if (text === asked) show(found.items, found.total);
    } catch (error) {
      if ((error as Error).name !== "AbortError") { close(); status.textContent = say("search-js-failed"); }
    }
  }

  input.addEventListener("input", () => void ask());
  input.addEventListener("focus", () => { if (input.value.trim() && list.childElementCount && input.value.trim() === asked) { list.hidden = false; input.setAttribute("aria-expanded", "true"); } });
  input.addEventListener("blur", () => close());
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); list.hidden ? void ask() : choose(chosen + 1); }
    else if (event.key === "ArrowUp" && !list.hidden) { event.preventDefault(); choose(chosen < 0 ? -1 : chosen - 1); }
    else if (event.key === "Escape" && !list.hidden) { event.preventDefault(); close(); asked = ""; }
    else if (event.key === "Enter" && !list.hidden && chosen >= 0) { event.preventDefault(); location.assign(options()[chosen]!.dataset.address!); }
  });
  // Before the input loses its focus, or the list would be gone when the click ends.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[role="option"]');
    if (row) location.assign(row.dataset.address!);
  });
  started(form, "search");
}

function span(name: string, text: string): HTMLSpanElement {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
}
