/**
 * A table of the files as a grid (WAI-ARIA authoring practices): arrow keys walk its cells, Enter or F2 edits one, Escape leaves it as it was.
 * It is a plain table of HTML, so that the browser finds words in it, prints it and reads it aloud; long tables come in pages of rows.
 */
import { el } from "../elements";
import { walked } from "../grid_keys";
import type { Say } from "../words";
import type { Findings, Marked, Place } from "./findings";

const ROWS = 200;

export interface Host {
  say: Say;
  findings: Findings;
  /** Called when a cell was chosen; the grid has marked it. */
  chosen: (place: Place) => void;
  /** Called when a value was written into a cell: the host takes it, has the cell drawn anew, and tells what it means elsewhere. */
  put: (place: Place, value: string) => void;
  /** Called when the grid has to be drawn anew. */
  redraw: () => void;
}

export class Grid {
  table = 0;
  current: Place | null = null;
  private firstRow = 0;
  private onlyFound = false;
  private body: HTMLTableElement | null = null;

  constructor(private readonly host: Host) {}

  /** Shows another table; of one that is too long to be seen at once, the rows with findings. */
  toTable(index: number): void {
    const { reply, marked } = this.host.findings;
    this.table = index;
    this.firstRow = 0;
    this.onlyFound = (reply!.tables[index]?.row_numbers.length ?? 0) > ROWS && marked.some((m) => m.table === index);
  }

  /** Makes a cell the current one, on the page of rows that holds it; the grid has to be drawn and `focus` called afterwards. */
  show(place: Place): void {
    if (place.table !== this.table) this.toTable(place.table);
    this.current = { table: place.table, row: place.row, column: place.column };
    let at = this.rows().indexOf(place.row);
    if (at < 0 && this.onlyFound && place.row !== this.host.findings.tableOf(place).header_row) {
      this.onlyFound = false;
      at = this.rows().indexOf(place.row);
    }
    if (at >= 0) this.firstRow = Math.floor(at / ROWS) * ROWS;
  }

  focus(place: Place): void {
    const cell = this.cellOf(place);
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
    cell?.focus({ preventScroll: true });
  }

  /** Draws one cell anew where it is on the page of rows that is shown; it keeps the focus if it had it. */
  refresh(place: Place): void {
    const old = place.table === this.table ? this.cellOf(place) : null;
    if (!old || old.querySelector(".check-edit")) return;
    const focused = document.activeElement === old;
    const fresh = this.cell(place, this.found(), old.querySelector(".check-letters") ?? undefined);
    fresh.tabIndex = old.tabIndex;
    old.replaceWith(fresh);
    if (focused) fresh.focus({ preventScroll: true });
  }

  /** Says whether a cell stands on the page of rows that is shown. */
  shows(place: Place): boolean { return place.table === this.table && this.cellOf(place) !== null; }

  private cellOf(place: Place): HTMLElement | null {
    return this.body?.querySelector<HTMLElement>(`[data-row="${place.row}"][data-column="${place.column}"]`) ?? null;
  }

  private rows(): number[] {
    const { findings } = this.host;
    const table = findings.reply!.tables[this.table]!;
    const found = new Set(findings.shown().filter((m) => m.table === this.table).map((m) => m.row));
    return table.row_numbers.filter((n) => n !== table.header_row && (!this.onlyFound || found.has(n))).sort((a, b) => a - b);
  }

  /** Returns the shown findings of the table by cell. */
  private found(): Map<string, Marked[]> {
    const at = new Map<string, Marked[]>();
    for (const m of this.host.findings.shown()) if (m.table === this.table) at.set(m.key, [...(at.get(m.key) ?? []), m]);
    return at;
  }

  draw(): HTMLElement[] {
    const { say, findings } = this.host;
    const table = findings.reply!.tables[this.table];
    if (!table) return [];
    const rows = this.rows();
    if (this.firstRow >= rows.length) this.firstRow = 0;
    const page = rows.slice(this.firstRow, this.firstRow + ROWS);
    const name = table.sheet || table.file;
    const at = this.found();
    const header = el("tr", {}, el("th", { scope: "col" }, say("validate-js-row")), ...table.columns.map((c, column) => {
      const letters = el("span", { class: "check-letters" }, c.letters);
      return table.header_row === null ? el("th", { scope: "col" }, letters) : this.cell({ table: this.table, row: table.header_row, column }, at, letters);
    }));
    const body = page.map((row) => el("tr", {}, el("th", { scope: "row" }, String(row)), ...table.columns.map((_, column) => this.cell({ table: this.table, row, column }, at))));
    this.body = el("table", { role: "grid", "aria-describedby": "check-keys" }, el("caption", {}, say("validate-js-caption", { name, n: table.row_count })), el("thead", {}, header), el("tbody", {}, ...body));
    if (!this.body.querySelector('[tabindex="0"]')) this.body.querySelector("td")?.setAttribute("tabindex", "0");
    this.body.addEventListener("focusin", (event) => { this.entered(event); });
    this.body.addEventListener("keydown", (event) => { this.pressed(event); });
    this.body.addEventListener("dblclick", (event) => { const cell = this.cellAt(event); if (cell) this.edit(cell); });
    return [
      ...(table.truncated ? [el("p", { class: "check-told" }, say("validate-js-truncated", { rows: table.row_numbers.length, all: table.row_count }))] : []),
      el("p", { class: "check-tools" },
        el("label", {}, el("input", { type: "checkbox", "data-key": "only", checked: this.onlyFound, change: () => {
          this.onlyFound = !this.onlyFound;
          this.firstRow = 0;
          this.host.redraw();
        } }), " ", say("validate-js-only-found")),
        el("span", { id: "check-keys", class: "quiet small" }, say("validate-js-keys"))),
      el("section", { class: "scroller check-grid", "aria-label": name }, this.body),
      ...(rows.length > ROWS ? [this.pager(rows.length, page.length)] : []),
    ];
  }

  private pager(all: number, here: number): HTMLElement {
    const { say } = this.host;
    const turn = (by: number): void => { this.firstRow += by; this.host.redraw(); };
    return el("p", { class: "actions" },
      el("button", { type: "button", "data-key": "rows-previous", disabled: this.firstRow === 0, click: () => { turn(-ROWS); } }, say("validate-js-rows-previous")),
      el("span", {}, say("validate-js-rows-from", { from: this.firstRow + 1, to: this.firstRow + here, all })),
      el("button", { type: "button", "data-key": "rows-next", disabled: this.firstRow + ROWS >= all, click: () => { turn(ROWS); } }, say("validate-js-rows-next")));
  }

  private cell(place: Place, found: Map<string, Marked[]>, letters?: Node): HTMLElement {
    const { say, findings } = this.host;
    const key = findings.keyOf(place);
    const put = findings.corrections.get(key);
    const here = findings.pending(key) ? [] : found.get(key) ?? [];
    const first = here[0];
    const shown = findings.value(place);
    const value = shown || say("validate-js-empty");
    const column = findings.columnName(place);
    const label = first ? here.map((m) => say("validate-js-cell", { column, row: place.row, value, severity: say(`validate-js-severity-${m.finding.severity}`), message: m.finding.message })).join(" ")
      : put ? say("validate-js-cell-put", { column, row: place.row, value }) : undefined;
    const current = this.current && this.current.table === place.table && this.current.row === place.row && this.current.column === place.column;
    const sign = first ? `validate-js-sign-${first.finding.severity}` : put ? "validate-js-sign-put" : "";
    return el(letters ? "th" : "td", {
      scope: letters ? "col" : undefined, tabindex: current ? 0 : -1, "data-row": place.row, "data-column": place.column, "aria-label": label,
      class: first ? "check-cell" : put ? "check-cell is-put" : undefined, "data-severity": first?.finding.severity,
      "aria-invalid": first?.finding.severity === "violation" ? "true" : undefined, "aria-current": current ? "true" : undefined,
    }, ...(letters ? [letters] : []), ...(sign ? [el("span", { class: "check-sign", "aria-hidden": "true" }, say(sign))] : []), shown);
  }

  private cellAt(event: Event): HTMLTableCellElement | null {
    return event.target instanceof Element && !event.target.closest(".check-edit") ? event.target.closest<HTMLTableCellElement>("[data-row]") : null;
  }

  private placeAt(cell: HTMLElement): Place {
    return { table: this.table, row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
  }

  private entered(event: Event): void {
    const cell = this.cellAt(event);
    if (!cell) return;
    this.body!.querySelectorAll('[tabindex="0"]').forEach((other) => { other.setAttribute("tabindex", "-1"); });
    this.body!.querySelectorAll("[aria-current]").forEach((other) => { other.removeAttribute("aria-current"); });
    cell.tabIndex = 0;
    cell.setAttribute("aria-current", "true");
    this.current = this.placeAt(cell);
    this.host.chosen(this.current);
  }

  private pressed(event: KeyboardEvent): void {
    const cell = this.cellAt(event);
    if (!cell || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === "F2") {
      event.preventDefault();
      this.edit(cell);
      return;
    }
    const rows = [...this.body!.rows];
    const to = walked(event, { row: (cell.parentElement as HTMLTableRowElement).rowIndex, column: cell.cellIndex }, { rows: rows.length, columns: rows[0]!.cells.length }, { row: 1, column: 1 });
    if (!to) return;
    event.preventDefault();
    const next = rows[to.row]!.cells[Math.max(to.column, 1)]!;
    if (next.dataset.row) next.focus();
  }

  /** Puts a field into a cell. Enter, Tab and leaving it take its value, Escape leaves the cell as it was; Shift+Enter begins a line in a text. */
  private edit(cell: HTMLTableCellElement): void {
    const { say, findings } = this.host;
    const place = this.placeAt(cell);
    const before = findings.value(place);
    const { choices } = findings.columnOf(place);
    const name = say("validate-js-edit", { column: findings.columnName(place), row: place.row });
    const field = choices.length ? el("input", { class: "check-edit", list: "check-choices", "aria-label": name, maxlength: 32767, autocomplete: "off" })
      : el("textarea", { class: "check-edit", rows: Math.min(6, 1 + Math.ceil(before.length / 40)), "aria-label": name, maxlength: 32767 });
    field.value = before;
    const kept = [...cell.childNodes];
    let done = false;
    const end = (take: boolean): void => {
      if (done) return;
      done = true;
      const { value } = field;
      cell.replaceChildren(...kept);
      if (!take || value === before) return;
      this.host.put(place, value);
    };
    const go = (row: number, column: number): void => {
      const next = this.body!.querySelector<HTMLElement>(`[data-row="${row}"][data-column="${column}"]`) ?? this.body!.querySelector<HTMLElement>('[aria-current="true"]');
      next?.focus();
    };
    field.addEventListener("keydown", (event) => {
      const pressed = event as KeyboardEvent;
      if (pressed.isComposing) return;
      if (pressed.key === "Escape") { event.preventDefault(); event.stopPropagation(); end(false); go(place.row, place.column); return; }
      const down = pressed.key === "Enter" && !pressed.shiftKey;
      if (!down && pressed.key !== "Tab") return;
      event.preventDefault();
      const rows = this.rows();
      const below = rows[rows.indexOf(place.row) + 1] ?? place.row;
      end(true);
      if (down) go(below, place.column);
      else go(place.row, place.column + (pressed.shiftKey ? -1 : 1));
    });
    field.addEventListener("blur", () => { end(true); });
    cell.replaceChildren(field, ...(choices.length ? [el("datalist", { id: "check-choices" }, ...choices.map((c) => el("option", { value: c })))] : []));
    field.focus();
    field.select();
  }
}
