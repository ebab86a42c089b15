/** Check my data: files are sent to the API, its findings are shown at their cells, and corrections are collected until they are sent with the files again. */
import { type Correction, type Finding, type Reply, type Severity, type Table, SEVERITIES, cellKey, cellOf, nameOf, placeOf, refusal, save, send } from "./shared/checking";
import { el } from "./shared/elements";
import { started } from "./shared/ready";
import { words, type Say } from "./shared/words";

const ROWS = 200;
const MOST_LISTED = 500;
const DOWNLOADS = ["corrected", "xlsx", "html", "csv"] as const;

interface Marked { finding: Finding; table: number; cell: string; row: number; column: number }

class Checking {
  private readonly say: Say;
  private readonly told: HTMLElement;
  private readonly results: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly select: HTMLSelectElement;
  private files: File[] = [];
  private reply: Reply | null = null;
  private readonly corrections = new Map<string, Correction>();
  private stale = false;
  private busy = false;
  private marked: Marked[] = [];
  private apart: Finding[] = [];
  private readonly severities = new Set<Severity>(SEVERITIES);
  private table = 0;
  private firstRow = 0;
  private onlyFound = false;
  private current = "";

  constructor(private readonly root: HTMLElement) {
    this.say = words(root);
    this.told = root.querySelector("[data-told]")!;
    this.results = root.querySelector("[data-results]")!;
    this.input = root.querySelector('input[type="file"]')!;
    this.select = root.querySelector("select")!;
    root.querySelector<HTMLElement>("[data-without-script]")!.hidden = true;
    root.querySelector(".check-framework")!.addEventListener("submit", (event) => { event.preventDefault(); });
    const drop = root.querySelector<HTMLFormElement>(".check-drop")!;
    drop.addEventListener("submit", (event) => { event.preventDefault(); void this.check(); });
    drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("is-over"); });
    drop.addEventListener("dragleave", () => { drop.classList.remove("is-over"); });
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("is-over");
      if (this.busy) return;
      if (this.choose([...(event.dataTransfer?.files ?? [])])) void this.check();
    });
    this.input.addEventListener("change", () => { this.choose([...(this.input.files ?? [])]); });
    document.addEventListener("keydown", (event) => {
      const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
      if (typing || event.ctrlKey || event.metaKey || event.altKey || !this.reply) return;
      if (event.key === "n" || event.key === "p") { event.preventDefault(); this.go(event.key === "n" ? 1 : -1); }
    });
  }

  private tell(content: (Node | string)[], wrong = false): void {
    this.told.replaceChildren(...(content.length ? [el("div", { class: wrong ? "check-told is-wrong" : "check-told" }, ...content)] : []));
  }

  /** Says at once what cannot be sent; the files are kept in mind only where all of them can. */
  private choose(files: File[]): boolean {
    const { endings, mostBytes, mostFiles } = this.root.dataset;
    const known = endings!.split(" ");
    const bytes = files.reduce((sum, f) => sum + f.size, 0);
    const mib = (n: number): number => Math.round((n / 1048576) * 10) / 10;
    const wrong: string[] = [];
    for (const f of files) {
      if (!known.some((ending) => f.name.toLowerCase().endsWith(ending))) wrong.push(this.say("validate-js-wrong-kind", { name: f.name, endings: known.join(", ") }));
      else if (f.size === 0) wrong.push(this.say("validate-js-wrong-empty", { name: f.name }));
    }
    if (bytes > Number(mostBytes)) wrong.push(this.say("validate-js-wrong-size", { mib: mib(bytes), most: mib(Number(mostBytes)) }));
    if (files.length > Number(mostFiles)) wrong.push(this.say("validate-js-wrong-many", { n: files.length, most: Number(mostFiles) }));
    const twice = files.find((f, i) => files.findIndex((g) => g.name === f.name) < i);
    if (twice) wrong.push(this.say("validate-js-wrong-twice", { name: twice.name }));
    this.files = wrong.length ? [] : files;
    this.corrections.clear();
    this.reply = null;
    this.results.replaceChildren();
    if (wrong.length) this.tell(wrong.map((text) => el("p", {}, text)), true);
    else this.tell(files.length ? [this.say("validate-js-chosen", { n: files.length, names: files.map((f) => f.name).join(", "), kib: Math.ceil(bytes / 1024) })] : []);
    return files.length > 0 && wrong.length === 0;
  }

  private address(parameters: Record<string, string>): string {
    return `${this.root.dataset.api}?${new URLSearchParams(this.select.value ? { ...parameters, framework: this.select.value } : parameters)}`;
  }

  /** Asks the server; null where it refused, which is told. */
  private async ask(parameters: Record<string, string>): Promise<XMLHttpRequest | null> {
    if (this.busy || !this.files.length) return null;
    this.busy = true;
    const bar = el("progress", { max: 1, value: 0, "aria-label": this.say("validate-js-progress") });
    const line = el("p", {}, this.say("validate-js-sending", { percent: 0 }));
    this.tell([line, bar]);
    try {
      const request = await send(this.address(parameters), this.files, [...this.corrections.values()], (part) => {
        bar.value = part;
        if (part < 1) line.textContent = this.say("validate-js-sending", { percent: Math.round(part * 100) });
        else { line.textContent = this.say("validate-js-checking"); bar.removeAttribute("value"); }
      });
      if (request.status === 200) return request;
      const told = await refusal(request);
      const busy = told.type.endsWith("/validation-busy");
      this.tell([el("p", {}, el("strong", {}, told.title)), el("p", {}, busy ? this.say("validate-js-busy", { seconds: told.seconds }) : told.detail)], true);
    } catch {
      // A file that changed since it was chosen fails as a lost connection does.
      const gone = await Promise.all(this.files.map((f) => f.slice(0, 1).arrayBuffer())).then(() => false, () => true);
      this.tell([el("p", {}, this.say(gone ? "validate-js-file-gone" : "validate-js-unreached"))], true);
    } finally {
      this.busy = false;
    }
    return null;
  }

  private async check(): Promise<void> {
    const first = this.reply === null;
    const request = await this.ask({ format: "json", tables: "true" });
    if (!request) return;
    this.reply = JSON.parse(await (request.response as Blob).text()) as Reply;
    this.stale = false;
    this.tell([]);
    this.place();
    if (first) {
      this.table = this.marked[0]?.table ?? 0;
      this.toTable(this.table);
    }
    this.current = "";
    this.draw();
    this.results.querySelector<HTMLElement>("h2")?.focus();
  }

  private async download(form: string): Promise<void> {
    const request = await this.ask({ format: form });
    if (!request) return;
    const name = nameOf(request, `findings.${form}`);
    save(request.response as Blob, name);
    this.tell([this.say("validate-js-saved", { name })]);
  }

  private place(): void {
    const { tables, messages } = this.reply!;
    this.marked = [];
    this.apart = [];
    for (const finding of messages) {
      const index = tables.findIndex((t) => t.file === finding.file && t.sheet === finding.sheet);
      const table = tables[index];
      const cell = cellOf(finding, table);
      const at = table && cell ? placeOf(cell, table) : null;
      if (!at) this.apart.push(finding);
      else this.marked.push({ finding, table: index, cell, ...at });
    }
    this.marked.sort((a, b) => a.table - b.table || a.row - b.row || a.column - b.column || SEVERITIES.indexOf(a.finding.severity) - SEVERITIES.indexOf(b.finding.severity));
  }

  private keyOf(m: Marked): string {
    return cellKey(m.finding.file, m.finding.sheet, m.cell);
  }

  private shown(): Marked[] {
    return this.marked.filter((m) => this.severities.has(m.finding.severity));
  }

  /** Findings of the cells that were not corrected since. */
  private open(): Marked[] {
    return this.shown().filter((m) => !this.pending(this.keyOf(m)));
  }

  private pending(key: string): boolean {
    return this.sinceCheck.has(key);
  }

  private readonly sinceCheck = new Set<string>();

  private toTable(index: number): void {
    this.table = index;
    this.firstRow = 0;
    this.onlyFound = (this.reply!.tables[index]?.row_numbers.length ?? 0) > ROWS && this.marked.some((m) => m.table === index);
  }

  /** Goes to the next or previous cell with a finding, round the end. */
  private go(step: number): void {
    const keys = [...new Set(this.open().map((m) => this.keyOf(m)))];
    if (!keys.length) return;
    let at = keys.indexOf(this.current);
    if (at < 0) {
      // The current cell was corrected: go on from its place.
      const all = [...new Set(this.shown().map((m) => this.keyOf(m)))];
      const place = all.indexOf(this.current);
      at = keys.findIndex((k) => all.indexOf(k) > place);
      if (step > 0) at = at < 0 ? -1 : at - 1;
      else if (at < 0) at = 0;
    }
    this.jump(keys[(at + step + keys.length) % keys.length]!);
  }

  private jump(key: string): void {
    const found = this.marked.find((m) => this.keyOf(m) === key);
    if (!found) return;
    if (found.table !== this.table) this.toTable(found.table);
    this.current = key;
    const at = this.rowsShown().indexOf(found.row);
    if (at >= 0) this.firstRow = Math.floor(at / ROWS) * ROWS;
    this.draw();
    const cell = this.results.querySelector<HTMLElement>('.check-cell[aria-current="true"]');
    cell?.scrollIntoView({ block: "nearest", inline: "center" });
    cell?.focus();
  }

  private correct(key: string, cell: string, finding: { file: string; sheet: string; column: string }, was: string, value: string): void {
    const before = this.corrections.get(key);
    this.corrections.set(key, { file: finding.file, sheet: finding.sheet, cell, column: finding.column, was: before?.was ?? was, value });
    this.sinceCheck.add(key);
    this.stale = true;
  }

  private accept(m: Marked, value: string): void {
    const table = this.reply!.tables[m.table]!;
    this.correct(this.keyOf(m), m.cell, m.finding, this.text(table, m), value);
    this.current = this.keyOf(m);
    this.draw();
    this.tell([this.say("validate-js-accepted", { place: m.cell, value: value || this.say("validate-js-empty") })]);
    this.results.querySelector<HTMLElement>("[data-next]")?.focus();
  }

  private text(table: Table, at: { row: number; column: number }): string {
    if (at.row === table.header_row) return table.header[at.column] ?? "";
    return table.rows[table.row_numbers.indexOf(at.row)]?.[at.column] ?? "";
  }

  private suggested(): Map<string, Marked> {
    const out = new Map<string, Marked>();
    for (const m of this.open()) if (m.finding.replacement !== null && !out.has(this.keyOf(m))) out.set(this.keyOf(m), m);
    return out;
  }

  private undo(keys: string[]): void {
    for (const key of keys) { this.corrections.delete(key); this.sinceCheck.delete(key); }
    this.stale = true;
    this.draw();
    (this.results.querySelector<HTMLElement>("[data-undo]") ?? this.results.querySelector<HTMLElement>("h2"))?.focus();
  }

  private draw(): void {
    const say = this.say;
    const { conforms, counts, tables } = this.reply!;
    if (!this.stale) this.sinceCheck.clear();
    const suggested = this.suggested();
    const put = this.corrections.size;
    const summary = [
      el("h2", { tabindex: -1 }, say("validate-js-found")),
      el("p", { class: "check-verdict" }, el("strong", {}, say(conforms ? "validate-js-conforms" : "validate-js-not-conforms")), " ", say("validate-js-counts", { violations: counts.violation, warnings: counts.warning, infos: counts.info })),
      ...(this.stale ? [el("p", { class: "check-told" }, say("validate-js-stale"))] : []),
      el("p", { class: "actions" },
        el("button", { type: "button", class: this.stale ? "primary" : undefined, click: () => { void this.check(); } }, say("validate-js-again")),
        ...(suggested.size ? [el("button", { type: "button", click: () => {
          for (const [key, m] of suggested) this.correct(key, m.cell, m.finding, this.text(tables[m.table]!, m), m.finding.replacement!);
          this.draw();
          this.results.querySelector<HTMLElement>("h2")?.focus();
        } }, say("validate-js-accept-all", { n: suggested.size }))] : [])),
      el("p", { class: "actions" }, el("span", { class: "quiet" }, say("validate-js-save")),
        ...DOWNLOADS.filter((form) => form !== "corrected" || put > 0).map((form) => el("button", { type: "button", click: () => { void this.download(form); } }, say(`validate-js-save-${form}`)))),
    ];
    const filters = el("fieldset", { class: "filters" }, el("legend", {}, say("validate-js-show")),
      ...SEVERITIES.filter((s) => counts[s] > 0).map((s) => el("label", {}, el("input", { type: "checkbox", value: s, checked: this.severities.has(s), change: () => {
        if (!this.severities.delete(s)) this.severities.add(s);
        this.draw();
        this.results.querySelector<HTMLElement>(`.filters input[value="${s}"]`)?.focus();
      } }), `${say(`validate-js-sign-${s}`)} ${say(`validate-js-severity-${s}`)} (${counts[s]})`)));
    const move = el("p", { class: "actions" },
      el("button", { type: "button", disabled: !this.open().length, click: () => { this.go(-1); } }, say("validate-js-previous")),
      el("button", { type: "button", "data-next": true, disabled: !this.open().length, click: () => { this.go(1); } }, say("validate-js-next")));
    const table = tables[this.table];
    const scrolled = this.results.querySelector(".check-grid");
    const [left, top] = [scrolled?.scrollLeft ?? 0, scrolled?.scrollTop ?? 0];
    this.results.replaceChildren(...summary, ...(this.reply!.messages.length ? [filters] : []),
      el("div", { class: "columns check-work" },
        el("div", {}, ...(this.marked.length ? [move] : []), ...this.sheets(), ...(table ? this.grid(table) : [])),
        el("div", { class: "check-beside" }, ...this.panel(), ...this.list(), ...this.collected())),
      ...this.general());
    this.results.querySelector(".check-grid")?.scrollTo(left, top);
  }

  private sheets(): HTMLElement[] {
    const { tables } = this.reply!;
    if (tables.length < 2) return [];
    const several = new Set(tables.map((t) => t.file)).size > 1;
    return [el("ul", { class: "check-sheets", "aria-label": this.say("validate-js-sheets") }, ...tables.map((t, i) => el("li", {}, el("button", {
      type: "button", "aria-pressed": i === this.table ? "true" : "false", click: () => {
        this.toTable(i);
        this.draw();
        this.results.querySelector<HTMLElement>('.check-sheets [aria-pressed="true"]')?.focus();
      },
    }, this.say("validate-js-sheet", { name: several || !t.sheet ? [t.file, t.sheet].filter(Boolean).join(" · ") : t.sheet, n: this.shown().filter((m) => m.table === i).length })))))];
  }

  private rowsShown(): number[] {
    const table = this.reply!.tables[this.table]!;
    const found = new Set(this.shown().filter((m) => m.table === this.table).map((m) => m.row));
    return table.row_numbers.filter((n) => n !== table.header_row && (!this.onlyFound || found.has(n))).sort((a, b) => a - b);
  }

  private grid(table: Table): HTMLElement[] {
    const say = this.say;
    const rows = this.rowsShown();
    if (this.firstRow >= rows.length) this.firstRow = 0;
    const page = rows.slice(this.firstRow, this.firstRow + ROWS);
    const at = new Map<string, Marked[]>();
    for (const m of this.shown()) if (m.table === this.table) at.set(m.cell, [...(at.get(m.cell) ?? []), m]);
    const index = new Map(table.row_numbers.map((n, i) => [n, i]));
    const name = table.sheet || table.file;
    const cell = (tag: "td" | "th", row: number, column: number, text: string, before: Node[] = []): HTMLElement => {
      const address = `${table.columns[column]!.letters}${row}`;
      const key = cellKey(table.file, table.sheet, address);
      const found = at.get(address);
      const put = this.corrections.get(key);
      const shown = put ? put.value : text;
      const head = tag === "th" ? { scope: "col" } : {};
      if (!found) return el(tag, { ...head, class: put ? "check-put" : undefined }, ...before, ...(put ? [el("span", { class: "vh" }, say("validate-js-sign-put")), shown] : [shown]));
      const [first] = found;
      const column_ = table.columns[column]!.name || table.header[column] || table.columns[column]!.letters;
      const done = this.pending(key);
      const value = shown || say("validate-js-empty");
      const label = done ? say("validate-js-cell-put", { column: column_, row, value })
        : found.map((m) => say("validate-js-cell", { column: column_, row, value, severity: say(`validate-js-severity-${m.finding.severity}`), message: m.finding.message })).join(" ");
      return el(tag, { ...head, class: "is-found" }, ...before, el("button", {
        type: "button", class: done ? "check-cell is-put" : "check-cell", "data-severity": done ? undefined : first!.finding.severity, "aria-label": label,
        "aria-current": this.current === key ? "true" : undefined, click: () => { this.jump(key); },
      }, el("span", { class: "check-sign", "aria-hidden": "true" }, say(done ? "validate-js-sign-put" : `validate-js-sign-${first!.finding.severity}`)), shown));
    };
    const header = el("tr", {}, el("th", { scope: "col" }, say("validate-js-row")), ...table.columns.map((c, i) => {
      const letters = el("span", { class: "check-letters" }, c.letters);
      return table.header_row === null ? el("th", { scope: "col" }, letters) : cell("th", table.header_row, i, table.header[i] ?? "", [letters]);
    }));
    const body = page.map((n) => el("tr", {}, el("th", { scope: "row" }, String(n)), ...table.columns.map((_, i) => cell("td", n, i, table.rows[index.get(n)!]?.[i] ?? ""))));
    const pages = rows.length > ROWS ? [el("p", { class: "actions" },
      el("button", { type: "button", disabled: this.firstRow === 0, click: () => { this.firstRow -= ROWS; this.draw(); } }, say("validate-js-rows-previous")),
      el("span", {}, say("validate-js-rows-from", { from: this.firstRow + 1, to: this.firstRow + page.length, all: rows.length })),
      el("button", { type: "button", disabled: this.firstRow + ROWS >= rows.length, click: () => { this.firstRow += ROWS; this.draw(); } }, say("validate-js-rows-next")))] : [];
    return [
      ...(table.truncated ? [el("p", { class: "check-told" }, say("validate-js-truncated", { rows: table.row_numbers.length, all: table.row_count }))] : []),
      el("p", {}, el("label", {}, el("input", { type: "checkbox", "data-only": true, checked: this.onlyFound, change: () => {
        this.onlyFound = !this.onlyFound;
        this.firstRow = 0;
        this.draw();
        this.results.querySelector<HTMLElement>("[data-only]")?.focus();
      } }), " ", say("validate-js-only-found"))),
      el("section", { class: "scroller check-grid", tabindex: 0, "aria-label": name },
        el("table", {}, el("caption", {}, say("validate-js-caption", { name, n: table.row_count })), el("thead", {}, header), el("tbody", {}, ...body))),
      ...pages,
    ];
  }

  private panel(): HTMLElement[] {
    const say = this.say;
    const found = this.marked.filter((m) => this.keyOf(m) === this.current);
    const first = found[0];
    if (!first) return [];
    const table = this.reply!.tables[first.table]!;
    const column = table.columns[first.column]!;
    const value = this.corrections.get(this.current)?.value ?? this.text(table, first);
    const field = el("textarea", { id: "check-value", rows: 2, maxlength: 32767 });
    field.value = value;
    const facts = (name: string, text: string | null): HTMLElement[] => (text ? [el("div", {}, el("dt", {}, say(name)), el("dd", {}, text))] : []);
    const choose = el("select", { id: "check-choice", change: () => { if (choose.value) field.value = choose.value; } },
      el("option", { value: "" }, say("validate-js-choose-none")), ...column.choices.map((c) => el("option", { value: c }, c)));
    const offered = new Set<string>();
    return [el("section", { class: "panel", "aria-labelledby": "check-here" },
      el("h3", { id: "check-here" }, say("validate-js-here", { sheet: table.sheet || table.file, cell: first.cell, column: first.finding.column || column.name })),
      ...found.flatMap((m) => [
        el("p", { "data-severity": m.finding.severity }, el("span", { class: "check-sign" }, say(`validate-js-sign-${m.finding.severity}`)), el("strong", {}, say(`validate-js-severity-${m.finding.severity}`)), " ", m.finding.message),
        el("dl", { class: "facts small" }, ...facts("validate-js-value", m.finding.value || say("validate-js-empty")), ...facts("validate-js-suggestion", m.finding.suggestion)),
        ...(m.finding.replacement !== null && !offered.has(m.finding.replacement) && !this.pending(this.current) && offered.add(m.finding.replacement) ? [el("p", {}, el("button", {
          type: "button", class: "primary", click: () => { this.accept(m, m.finding.replacement!); },
        }, m.finding.replacement ? say("validate-js-accept", { value: m.finding.replacement }) : say("validate-js-accept-empty")))] : []),
      ]),
      ...(column.choices.length ? [el("p", {}, el("label", { for: "check-choice" }, say("validate-js-choose")), " ", choose)] : []),
      el("p", {}, el("label", { for: "check-value" }, say("validate-js-other")), field),
      el("p", { class: "actions" }, el("button", { type: "button", click: () => { this.accept(first, field.value); } }, say("validate-js-put"))),
      ...(column.description || column.holds ? [el("dl", { class: "facts small" }, ...facts("validate-js-holds", column.description || column.holds))] : []))];
  }

  private list(): HTMLElement[] {
    const say = this.say;
    const open = this.open();
    if (!this.marked.length) return [];
    return [el("h3", {}, say("validate-js-list", { n: open.length })), ...(open.length ? [el("ul", { class: "check-list", tabindex: 0, "aria-label": say("validate-js-list", { n: open.length }) },
      ...open.slice(0, MOST_LISTED).map((m) => el("li", {}, el("button", { type: "button", "data-severity": m.finding.severity, click: () => { this.jump(this.keyOf(m)); } },
        el("span", { class: "check-sign" }, say(`validate-js-sign-${m.finding.severity}`)), el("strong", {}, `${[m.finding.sheet || m.finding.file, m.cell].join(" ")} `), m.finding.message))))] : [el("p", { class: "quiet" }, say("validate-js-none"))]),
    ...(open.length > MOST_LISTED ? [el("p", { class: "quiet small" }, say("validate-js-list-more", { n: open.length - MOST_LISTED }))] : [])];
  }

  private collected(): HTMLElement[] {
    const say = this.say;
    const entries = [...this.corrections];
    if (!entries.length) return [];
    const empty = say("validate-js-empty");
    return [el("h3", {}, say("validate-js-corrections", { n: entries.length })),
      el("ul", { class: "check-list check-corrections", tabindex: 0, "aria-label": say("validate-js-corrections", { n: entries.length }) }, ...entries.map(([key, c]) => {
        const place = `${c.sheet || c.file} ${c.cell}`;
        return el("li", {}, say("validate-js-correction", { place, column: c.column, was: c.was || empty, value: c.value || empty }), " ",
          el("span", { class: "actions" }, el("button", { type: "button", "data-undo": true, "aria-label": say("validate-js-undo-name", { place }), click: () => { this.undo([key]); } }, say("validate-js-undo"))));
      })),
      el("p", { class: "actions" }, el("button", { type: "button", click: () => { this.undo(entries.map(([key]) => key)); } }, say("validate-js-undo-all")))];
  }

  private general(): HTMLElement[] {
    const say = this.say;
    const shown = this.apart.filter((f) => this.severities.has(f.severity));
    if (!shown.length) return [];
    return [el("h3", {}, say("validate-js-apart")), el("ul", { class: "check-list", tabindex: 0, "aria-label": say("validate-js-apart") }, ...shown.slice(0, MOST_LISTED).map((f) => el("li", { "data-severity": f.severity },
      el("span", { class: "check-sign" }, say(`validate-js-sign-${f.severity}`)), el("strong", {}, `${say(`validate-js-severity-${f.severity}`)} · ${[f.file, f.sheet, f.row === null ? "" : `${say("validate-js-row")} ${f.row}`, f.column].filter(Boolean).join(" · ")} `),
      f.message, ...(f.suggestion ? [el("br"), el("span", { class: "quiet" }, `${say("validate-js-suggestion")}: ${f.suggestion}`)] : []))))];
  }
}

document.querySelectorAll<HTMLElement>('[data-island="validate"]').forEach((root) => {
  new Checking(root);
  started(root, "validate");
});
