/**
 * A field for one construct with suggestions as one types: a combobox (WAI-ARIA authoring practices, editable combobox with list autocomplete).
 * What is chosen is written into the field as its CURIE; a code or a label can be sent as it is typed.
 */
import type { Say } from "./words";

interface Hit { curie: string; label: string; framework: string; label_status: string }
/** Ends that are no constructs: keys of editions, and topics. */
export interface More { editions: string[]; topics: [string, string][] }
interface Offer { value: string; label: string; framework: string; kind: string }

const MOST = 8;
let boxes = 0;

/** Makes a field offer constructs, and `more` where it takes other ends too. */
export function startConstructBox(input: HTMLInputElement, address: string, frameworks: Record<string, string>, more: More | null, say: Say): void {
  const list = document.createElement("ul");
  list.id = `construct-hits-${++boxes}`;
  list.className = "search-hits";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels![0]!.textContent!.trim());
  list.hidden = true;
  const status = document.createElement("p");
  status.className = "vh";
  status.setAttribute("role", "status");
  const chosen = document.createElement("p");
  chosen.className = "box-chosen";
  chosen.id = `${list.id}-chosen`;
  input.after(list, chosen, status);
  input.removeAttribute("list");
  const given = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, "aria-describedby": chosen.id };
  Object.entries(given).forEach(([name, value]) => input.setAttribute(name, value));

  let offers: Offer[] = [];
  let at = -1;
  let asking: AbortController | null = null;

  function close(): void {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  function walk(to: number): void {
    if (!offers.length) return;
    at = (to + offers.length) % offers.length;
    [...list.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", list.children[at]!.id);
    list.children[at]!.scrollIntoView({ block: "nearest" });
  }
  function take(offer: Offer): void {
    input.value = offer.value;
    chosen.textContent = offer.label;
    asking?.abort();
    close();
  }
  function show(): void {
    list.replaceChildren(...offers.map((offer, i) => {
      const row = document.createElement("li");
      row.id = `${list.id}-${i}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", "false");
      row.append(span(`code code-${offer.framework}`, offer.kind ? "" : offer.value.slice(offer.value.indexOf(":") + 1)), ` ${offer.label}`);
      row.append(offer.kind ? span("hit-meta", offer.kind) : span("hit-meta", ""));
      if (!offer.kind) row.lastElementChild!.append(span(`fw fw-${offer.framework}`, frameworks[offer.framework] ?? offer.framework));
      return row;
    }));
    list.hidden = !offers.length;
    at = -1;
    input.setAttribute("aria-expanded", String(offers.length > 0));
    input.removeAttribute("aria-activedescendant");
    status.textContent = offers.length ? say("graph-js-box-hits", { n: offers.length }) : say("graph-js-box-none");
  }
  async function ask(): Promise<void> {
    const text = input.value.trim();
    asking?.abort();
    if (!text) { close(); return; }
    asking = new AbortController();
    const small = text.toLowerCase();
    const others: Offer[] = [
      ...(more?.editions ?? []).filter((key) => key.includes(small) || (frameworks[key] ?? "").toLowerCase().includes(small)).map((key) => ({ value: key, label: frameworks[key] ?? key, framework: key, kind: say("graph-js-box-edition") })),
      ...(more?.topics ?? []).filter(([curie, label]) => curie.includes(small) || label.toLowerCase().includes(small)).map(([value, label]) => ({ value, label, framework: "", kind: say("graph-js-box-topic") })),
    ].slice(0, 4);
    try {
      const reply = await fetch(`${address}?q=${encodeURIComponent(text)}&limit=${MOST}`, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (!reply.ok) throw new Error(String(reply.status));
      const found = ((await reply.json()) as { items: Hit[] }).items;
      if (text !== input.value.trim()) return;
      offers = [...others, ...found.map((hit) => ({ value: hit.curie, label: hit.label, framework: hit.framework, kind: "" }))];
      show();
    } catch (error) {
      if ((error as Error).name !== "AbortError") { close(); status.textContent = say("graph-js-box-failed"); }
    }
  }

  input.addEventListener("input", () => { chosen.textContent = ""; void ask(); });
  input.addEventListener("blur", () => close());
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); list.hidden ? void ask() : walk(at + 1); }
    else if (event.key === "ArrowUp" && !list.hidden) { event.preventDefault(); walk(at < 0 ? -1 : at - 1); }
    else if (event.key === "Escape" && !list.hidden) { event.preventDefault(); close(); }
    else if (event.key === "Enter" && !list.hidden && at >= 0) { event.preventDefault(); take(offers[at]!); }
  });
  // Before the field loses its focus, or the list would be gone when the click ends.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const row = (event.target as HTMLElement).closest('[role="option"]');
    if (row) take(offers[[...list.children].indexOf(row)]!);
  });
}

function span(name: string, text: string): HTMLSpanElement {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
}
