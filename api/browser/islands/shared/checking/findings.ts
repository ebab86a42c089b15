/** What was found in the files that were checked, where it stands in their tables, and the corrections that the reader has put in since. */
import { type Column, type Correction, type Finding, type Reply, type Severity, type Table, SEVERITIES, cellKey, cellOf, placeOf } from "./protocol";

/** A cell: the number of its table in the reply, its row as the file counts, and the number of its column in the table. */
export interface Place { table: number; row: number; column: number }
export interface Marked extends Place { finding: Finding; key: string }

export class Findings {
  reply: Reply | null = null;
  /** Findings at cells, in the order of the tables; `apart` those about a row, a sheet or a file. */
  marked: Marked[] = [];
  apart: Finding[] = [];
  readonly severities = new Set<Severity>(SEVERITIES);
  readonly corrections = new Map<string, Correction>();
  /** Whether corrections were made since the files were checked. */
  stale = false;
  /** Whether there are corrections that no saved file holds. */
  unsaved = false;
  private readonly sinceCheck = new Set<string>();
  /** For each table the place of a row in `rows` by its number. */
  private rowAt: Map<number, number>[] = [];

  clear(): void {
    this.reply = null;
    this.marked = [];
    this.apart = [];
    this.corrections.clear();
    this.sinceCheck.clear();
    this.stale = this.unsaved = false;
  }

  take(reply: Reply): void {
    this.reply = reply;
    this.rowAt = reply.tables.map((t) => new Map(t.row_numbers.map((n, i) => [n, i])));
    this.sinceCheck.clear();
    this.stale = false;
    this.marked = [];
    this.apart = [];
    for (const finding of reply.messages) {
      const index = reply.tables.findIndex((t) => t.file === finding.file && t.sheet === finding.sheet);
      const table = reply.tables[index];
      const cell = cellOf(finding, table);
      const at = table && cell ? placeOf(cell, table) : null;
      if (!at) this.apart.push(finding);
      else this.marked.push({ finding, table: index, key: cellKey(finding.file, finding.sheet, cell), ...at });
    }
    this.marked.sort((a, b) => a.table - b.table || a.row - b.row || a.column - b.column || SEVERITIES.indexOf(a.finding.severity) - SEVERITIES.indexOf(b.finding.severity));
  }

  tableOf(place: Place): Table { return this.reply!.tables[place.table]!; }
  columnOf(place: Place): Column { return this.tableOf(place).columns[place.column]!; }
  columnName(place: Place): string {
    const column = this.columnOf(place);
    return column.name || this.tableOf(place).header[place.column] || column.letters;
  }

  /** Returns the address of a cell, such as F14. */
  cell(place: Place): string { return `${this.columnOf(place).letters}${place.row}`; }

  keyOf(place: Place): string {
    const { file, sheet } = this.tableOf(place);
    return cellKey(file, sheet, this.cell(place));
  }

  /** Returns what the file holds at a cell. */
  text(place: Place): string {
    const table = this.tableOf(place);
    if (place.row === table.header_row) return table.header[place.column] ?? "";
    return table.rows[this.rowAt[place.table]!.get(place.row) ?? -1]?.[place.column] ?? "";
  }

  /** Returns what a cell is to hold: the correction where there is one. */
  value(place: Place): string { return this.corrections.get(this.keyOf(place))?.value ?? this.text(place); }

  shown(): Marked[] { return this.marked.filter((m) => this.severities.has(m.finding.severity)); }

  /** Says whether a cell was corrected since the files were checked. */
  pending(key: string): boolean { return this.sinceCheck.has(key); }

  /** Returns the shown findings of cells that were not corrected since. */
  open(): Marked[] { return this.shown().filter((m) => !this.pending(m.key)); }

  /** Returns, for each cell with a finding that suggests a value, the first such finding. */
  suggested(): Map<string, Marked> {
    const out = new Map<string, Marked>();
    for (const m of this.open()) if (m.finding.replacement !== null && !out.has(m.key)) out.set(m.key, m);
    return out;
  }

  correct(place: Place, value: string): void {
    const key = this.keyOf(place);
    const { file, sheet } = this.tableOf(place);
    const was = this.corrections.get(key)?.was ?? this.text(place);
    if (value === was) this.corrections.delete(key);
    else this.corrections.set(key, { file, sheet, cell: this.cell(place), column: this.columnName(place), was, value });
    this.sinceCheck.add(key);
    this.stale = true;
    this.unsaved = this.corrections.size > 0;
  }

  undo(keys: string[]): void {
    for (const key of keys) { this.corrections.delete(key); this.sinceCheck.delete(key); }
    this.stale = true;
    this.unsaved = this.corrections.size > 0;
  }

  /** Returns the next or previous cell with an open finding, round the end; null where there is none. */
  next(from: Place | null, step: 1 | -1): Marked | null {
    const open = [...new Map(this.open().map((m) => [m.key, m])).values()];
    if (!open.length) return null;
    const order = (a: Place, b: Place): number => a.table - b.table || a.row - b.row || a.column - b.column;
    if (!from) return open.at(step > 0 ? 0 : -1)!;
    return step > 0 ? open.find((m) => order(m, from) > 0) ?? open[0]! : open.filter((m) => order(m, from) < 0).at(-1) ?? open.at(-1)!;
  }
}
