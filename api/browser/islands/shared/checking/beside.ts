/** What stands beside the grid: the cell that was chosen, all findings, and the corrections. */
import { el } from "../elements";
import type { Say } from "../words";
import type { Findings, Place } from "./findings";
import type { Finding } from "./protocol";

const MOST_LISTED = 500;

/** What the reader does there. */
export interface Acts {
  jump: (place: Place) => void;
  accept: (place: Place, value: string) => void;
  /** Takes a value that was written into the field, without leading the reader anywhere. */
  put: (place: Place, value: string) => void;
  undo: (keys: string[]) => void;
}

const facts = (say: Say, name: string, text: string | null): HTMLElement[] => (text ? [el("div", {}, el("dt", {}, say(name)), el("dd", {}, text))] : []);
const sign = (say: Say, finding: Finding): HTMLElement => el("span", { class: "check-sign" }, say(`validate-js-sign-${finding.severity}`));

/** Returns a button for each value that a finding suggests, those left out that were offered before. */
function choices(say: Say, finding: Finding, offered: Set<string>, accept: (value: string) => void): HTMLElement[] {
  const values = finding.replacements.filter((value) => !offered.has(value));
  values.forEach((value) => offered.add(value));
  return values.length ? [el("p", { class: "actions" }, ...values.map((value) => el("button", {
    type: "button", class: value === finding.replacement ? "primary" : undefined, click: () => { accept(value); },
  }, value ? say("validate-js-accept", { value }) : say("validate-js-accept-empty"))))] : [];
}

/**
 * Returns the chosen cell: its findings with what they suggest, and a field for another value. Leaving the panel takes the value, as leaving
 * a cell of the grid does; `leave` is for those who lead away from it while the focus is elsewhere.
 */
export function panel(say: Say, findings: Findings, place: Place, acts: Acts): { shown: HTMLElement; leave: () => void } {
  const key = findings.keyOf(place);
  const found = findings.pending(key) ? [] : findings.shown().filter((m) => m.key === key);
  const column = findings.columnOf(place);
  const table = findings.tableOf(place);
  const field = el("textarea", { id: "check-value", "data-key": "value", rows: 2, maxlength: 32767, "aria-describedby": "check-value-keys" });
  const before = field.value = findings.value(place);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    acts.accept(place, field.value);
  });
  const choose = el("select", { id: "check-choice", "data-key": "choice", change: () => { if (choose.value) field.value = choose.value; } },
    el("option", { value: "" }, say("validate-js-choose-none")), ...column.choices.map((c) => el("option", { value: c }, c)));
  const offered = new Set<string>();
  const shown = el("section", { class: "panel", "aria-labelledby": "check-here" },
    el("h3", { id: "check-here" }, say("validate-js-here", { sheet: table.sheet || table.file, cell: findings.cell(place), column: findings.columnName(place) })),
    ...found.flatMap(({ finding }) => [
      el("p", { "data-severity": finding.severity }, sign(say, finding), el("strong", {}, say(`validate-js-severity-${finding.severity}`)), " ", finding.message),
      el("dl", { class: "facts small" }, ...facts(say, "validate-js-value", finding.value || say("validate-js-empty")), ...facts(say, "validate-js-suggestion", finding.suggestion)),
      ...choices(say, finding, offered, (value) => { acts.accept(place, value); }),
    ]),
    ...(column.choices.length ? [el("p", {}, el("label", { for: "check-choice" }, say("validate-js-choose")), " ", choose)] : []),
    el("p", {}, el("label", { for: "check-value" }, say("validate-js-other")), field, el("span", { id: "check-value-keys", class: "quiet small" }, say("validate-js-other-keys"))),
    el("p", { class: "actions" }, el("button", { type: "button", "data-key": "put", click: () => { acts.accept(place, field.value); } }, say("validate-js-put"))),
    ...(column.description || column.holds ? [el("dl", { class: "facts small" }, ...facts(say, "validate-js-holds", column.description || column.holds))] : []));
  const leave = (): void => { if (shown.isConnected && field.value !== before && findings.value(place) === before) acts.put(place, field.value); };
  shown.addEventListener("focusout", (event) => {
    // Whoever turns to another window has not left the field.
    if (document.hasFocus() && !(event.relatedTarget instanceof Node && shown.contains(event.relatedTarget))) leave();
  });
  return { shown, leave };
}

/** Returns the list of the findings at cells that are left. */
export function list(say: Say, findings: Findings, acts: Acts): HTMLElement[] {
  const open = findings.open();
  if (!findings.marked.length) return [];
  const title = say("validate-js-list", { n: open.length });
  if (!open.length) return [el("h3", {}, title), el("p", { class: "quiet" }, say("validate-js-none"))];
  return [
    el("h3", {}, title),
    el("ul", { class: "check-list", tabindex: 0, "aria-label": title }, ...open.slice(0, MOST_LISTED).map((m) => el("li", {}, el("button", { type: "button", "data-severity": m.finding.severity, click: () => { acts.jump(m); } },
      sign(say, m.finding), el("strong", {}, `${[m.finding.sheet || m.finding.file, findings.cell(m)].join(" ")} `), m.finding.message)))),
    ...(open.length > MOST_LISTED ? [el("p", { class: "quiet small" }, say("validate-js-list-more", { n: open.length - MOST_LISTED }))] : []),
  ];
}

/** Returns the list of corrections, each of which can be taken back. */
export function corrected(say: Say, findings: Findings, acts: Acts): HTMLElement[] {
  const entries = [...findings.corrections];
  if (!entries.length) return [];
  const empty = say("validate-js-empty");
  const title = say("validate-js-corrections", { n: entries.length });
  return [
    el("h3", {}, title),
    el("ul", { class: "check-list check-corrections", tabindex: 0, "aria-label": title }, ...entries.map(([key, c]) => {
      const place = `${c.sheet || c.file} ${c.cell}`;
      return el("li", {}, say("validate-js-correction", { place, column: c.column, was: c.was || empty, value: c.value || empty }), " ",
        el("span", { class: "actions" }, el("button", { type: "button", "data-undo": true, "aria-label": say("validate-js-undo-name", { place }), click: () => { acts.undo([key]); } }, say("validate-js-undo"))));
    })),
    el("p", { class: "actions" }, el("button", { type: "button", click: () => { acts.undo(entries.map(([key]) => key)); } }, say("validate-js-undo-all"))),
  ];
}

/** Returns the list of what was found about a row, a sheet or a file. */
export function general(say: Say, findings: Findings): HTMLElement[] {
  const shown = findings.apart.filter((f) => findings.severities.has(f.severity));
  if (!shown.length) return [];
  const place = (f: Finding): string => [f.file, f.sheet, f.row === null ? "" : `${say("validate-js-row")} ${f.row}`, f.column].filter(Boolean).join(" · ");
  return [
    el("h3", {}, say("validate-js-apart")),
    el("ul", { class: "check-list", tabindex: 0, "aria-label": say("validate-js-apart") }, ...shown.slice(0, MOST_LISTED).map((f) => el("li", { "data-severity": f.severity },
      sign(say, f), el("strong", {}, `${say(`validate-js-severity-${f.severity}`)} · ${place(f)} `), f.message,
      ...(f.suggestion ? [el("br"), el("span", { class: "quiet" }, `${say("validate-js-suggestion")}: ${f.suggestion}`)] : [])))),
    ...(shown.length > MOST_LISTED ? [el("p", { class: "quiet small" }, say("validate-js-list-more", { n: shown.length - MOST_LISTED }))] : []),
  ];
}
