/** Check my data: files are sent to the API, its findings are shown at their cells, and corrections are collected until they are sent with the files again. */
import { corrected, general, list, panel, type Acts } from "./shared/checking/beside";
import { Findings, type Place } from "./shared/checking/findings";
import { Grid } from "./shared/checking/grid";
import { type Reply, SEVERITIES, nameOf, refusal, save, send } from "./shared/checking/protocol";
import { el } from "./shared/elements";
import { started } from "./shared/ready";
import { words, type Say } from "./shared/words";

/** Bytes beyond which files may hold more rows than can be checked at a time: 5,000 rows of case data have about one MiB as CSV. */
const LARGE = 2 * 1048576;
const DOWNLOADS = ["corrected", "xlsx", "html", "csv"] as const;

class Checking {
  private readonly say: Say;
  private readonly told: HTMLElement;
  private readonly results: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly select: HTMLSelectElement;
  private readonly findings = new Findings();
  private readonly grid: Grid;
  private readonly acts: Acts;
  /** Parts of the results, each drawn anew by itself. */
  private readonly parts = { head: el("div"), sheets: el("div"), grid: el("div"), panel: el("div"), lists: el("div"), foot: el("div") };
  private files: File[] = [];
  private busy = false;
  private pressing = false;
  /** Takes what was written into the panel. */
  private leave = (): void => undefined;
  /** What has to wait until the pointer is released. */
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly root: HTMLElement) {
    this.say = words(root);
    this.told = root.querySelector("[data-told]")!;
    this.results = root.querySelector("[data-results]")!;
    this.input = root.querySelector('input[type="file"]')!;
    this.select = root.querySelector("select")!;
    this.acts = {
      jump: (place) => { this.jump(place); },
      accept: (place, value) => { this.accept(place, value); },
      put: (place, value) => { this.put(place, value); },
      undo: (keys) => { this.undo(keys); },
    };
    this.grid = new Grid({
      say: this.say, findings: this.findings,
      chosen: () => { this.leave(); this.draw(["panel"]); },
      put: (place, value) => { this.put(place, value); },
      redraw: () => { this.draw(["grid"]); },
    });
    for (const without of root.querySelectorAll<HTMLElement>("[data-without-script]")) without.hidden = true;
    for (const only of root.querySelectorAll<HTMLElement>("[data-with-script]")) only.hidden = false;
    this.select.addEventListener("change", () => { this.nameTemplate(); });
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
    document.addEventListener("pointerdown", () => { this.pressing = true; }, true);
    for (const over of ["pointerup", "pointercancel"]) document.addEventListener(over, () => { this.released(); }, true);
    addEventListener("beforeunload", (event) => { if (this.findings.unsaved) event.preventDefault(); });
    // Single letters are keys only while the focus is on the results (WCAG 2.1.4).
    this.results.addEventListener("keydown", (event) => {
      const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
      if (typing || event.ctrlKey || event.metaKey || event.altKey || (event.key !== "n" && event.key !== "p")) return;
      event.preventDefault();
      this.go(event.key === "n" ? 1 : -1);
    });
  }

  private released(): void {
    this.pressing = false;
    const waiting = this.waiting.splice(0);
    // The click comes after it.
    if (waiting.length) setTimeout(() => { waiting.forEach((act) => { act(); }); });
  }

  private tell(content: (Node | string)[], wrong = false): void {
    this.told.replaceChildren(...(content.length ? [el("div", { class: wrong ? "check-told is-wrong" : "check-told" }, ...content)] : []));
  }

  /** Leads to the empty workbook of the edition that was chosen. */
  private nameTemplate(): void {
    const link = this.root.querySelector<HTMLAnchorElement>("[data-template]")!;
    const address = new URL(link.href);
    const edition = this.select.value || link.dataset.template!;
    address.searchParams.set("framework", edition);
    link.href = address.href;
    link.textContent = this.say("validate-js-template-empty", { edition: this.select.querySelector(`option[value="${CSS.escape(edition)}"]`)!.textContent! });
  }

  /** Says at once what cannot be sent; the files are kept in mind only where all of them can, and corrections are given up only when that was asked. */
  private choose(files: File[]): boolean {
    if (this.findings.unsaved && !confirm(this.say("validate-js-lose", { n: this.findings.corrections.size }))) {
      this.input.value = "";
      return false;
    }
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
    this.findings.clear();
    this.results.replaceChildren();
    if (wrong.length) this.tell(wrong.map((text) => el("p", {}, text)), true);
    else this.tell(files.length ? [
      el("p", {}, this.say("validate-js-chosen", { n: files.length, names: files.map((f) => f.name).join(", "), kib: Math.ceil(bytes / 1024) })),
      ...(bytes > LARGE ? [el("p", {}, this.say("validate-js-large"))] : []),
    ] : []);
    return files.length > 0 && wrong.length === 0;
  }

  private address(parameters: Record<string, string>): string {
    return `${this.root.dataset.api}?${new URLSearchParams(this.select.value ? { ...parameters, framework: this.select.value } : parameters)}`;
  }

  /** Asks the server; null where it refused, which is told. */
  private async ask(parameters: Record<string, string>): Promise<XMLHttpRequest | null> {
    if (this.busy) return null;
    this.leave();
    if (!this.files.length) {
      this.tell([this.say("validate-js-no-file")], true);
      return null;
    }
    this.busy = true;
    const bar = el("progress", { max: 1, value: 0, "aria-label": this.say("validate-js-progress") });
    const line = el("p", {}, this.say("validate-js-sending", { percent: 0 }));
    this.tell([line, bar]);
    try {
      const request = await send(this.address(parameters), this.files, [...this.findings.corrections.values()], (part) => {
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
    const first = this.findings.reply === null;
    const request = await this.ask({ format: "json", tables: "true" });
    if (!request) return;
    this.findings.take(JSON.parse(await (request.response as Blob).text()) as Reply);
    this.tell([]);
    if (first) this.grid.toTable(this.findings.marked[0]?.table ?? 0);
    this.grid.current = null;
    const { head, sheets, grid, panel: beside, lists, foot } = this.parts;
    beside.replaceChildren();
    this.results.replaceChildren(head, sheets, el("div", { class: "columns check-work" }, grid, el("div", { class: "check-beside" }, beside, lists)), foot);
    this.draw();
    const heading = this.results.querySelector<HTMLElement>("h2")!;
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: "start" });
  }

  private async download(form: string): Promise<void> {
    const request = await this.ask({ format: form });
    if (!request) return;
    const name = nameOf(request, `findings.${form}`);
    save(request.response as Blob, name);
    if (form === "corrected") this.findings.unsaved = false;
    this.tell([this.say("validate-js-saved", { name })]);
  }

  /** Goes to the next or previous cell with a finding, round the end. */
  private go(step: 1 | -1): void {
    this.leave();
    const next = this.findings.next(this.grid.current, step);
    if (next) this.jump(next);
  }

  private jump(place: Place): void {
    if (!this.grid.shows(place)) {
      this.grid.show(place);
      this.draw(["sheets", "grid"]);
    }
    this.grid.focus(place);
  }

  private accept(place: Place, value: string): void {
    if (!this.grid.shows(place)) {
      this.grid.show(place);
      this.draw(["grid"]);
    }
    this.put(place, value);
    this.results.querySelector<HTMLElement>('[data-key="next"]:enabled, [data-key="again"]')?.focus();
  }

  /** Takes a value for a cell at once, and shows it. */
  private put(place: Place, value: string): void {
    this.findings.correct(place, value);
    this.shown(place, value);
  }

  /** Draws anew what a corrected cell changes: it alone in the grid, and what counts or lists findings. */
  private shown(place: Place, value: string): void {
    if (this.pressing) {
      // A cell or the panel was left by pressing on something else, which has to stay until it was clicked.
      this.waiting.push(() => { this.shown(place, value); });
      return;
    }
    this.grid.refresh(place);
    this.draw(["head", "sheets", "lists", "panel"]);
    // What was pressed may have begun a check or taken the correction back, which has been told.
    if (!this.busy && this.findings.value(place) === value) this.tell([this.say("validate-js-accepted", { place: this.findings.cell(place), value: value || this.say("validate-js-empty") })]);
  }

  private acceptAll(): void {
    this.leave();
    for (const m of this.findings.suggested().values()) this.findings.correct(m, m.finding.replacement!);
    this.draw();
    this.results.querySelector<HTMLElement>("h2")?.focus();
  }

  private undo(keys: string[]): void {
    this.findings.undo(keys);
    this.draw();
    (this.results.querySelector<HTMLElement>("[data-undo]") ?? this.results.querySelector<HTMLElement>("h2"))?.focus();
  }

  /** Draws parts of the results anew; what had the focus has it again where it is still there. */
  private draw(parts: (keyof typeof this.parts)[] = ["head", "sheets", "grid", "panel", "lists", "foot"]): void {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;
    const { say, findings, grid } = this;
    const scrolled = this.parts.grid.querySelector(".check-grid");
    const [left, top] = [scrolled?.scrollLeft ?? 0, scrolled?.scrollTop ?? 0];
    for (const part of parts) {
      const shown = part === "head" ? this.head() : part === "sheets" ? this.sheets() : part === "grid" ? grid.draw() : part === "lists" ? [...list(say, findings, this.acts), ...corrected(say, findings, this.acts)]
        : part === "foot" ? general(say, findings) : this.beside();
      this.parts[part].replaceChildren(...shown);
    }
    this.parts.grid.querySelector(".check-grid")?.scrollTo(left, top);
    if (focused && document.activeElement === document.body) this.results.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
  }

  private beside(): HTMLElement[] {
    if (!this.grid.current) return [];
    const { shown, leave } = panel(this.say, this.findings, this.grid.current, this.acts);
    this.leave = leave;
    return [shown];
  }

  private head(): HTMLElement[] {
    const { say, findings } = this;
    const { conforms, counts, messages, datasets } = findings.reply!;
    const checked = datasets.some((d) => Object.values(d.rows).some((n) => n > 0));
    const suggested = findings.suggested().size;
    const open = findings.open().length;
    const button = (key: string, text: string, click: () => void, more: { class?: string; disabled?: boolean } = {}): HTMLElement => el("button", { type: "button", "data-key": key, click, ...more }, text);
    return [
      el("h2", { tabindex: -1 }, say("validate-js-found")),
      el("p", { class: "check-verdict" }, el("strong", {}, say(!checked ? "validate-js-nothing-checked" : conforms ? "validate-js-conforms" : "validate-js-not-conforms")), " ", say("validate-js-counts", { violations: counts.violation, warnings: counts.warning, infos: counts.info })),
      ...(findings.stale ? [el("p", { class: "check-told" }, say("validate-js-stale"))] : []),
      el("p", { class: "actions" },
        button("again", say("validate-js-again"), () => { void this.check(); }, { class: findings.stale ? "primary" : undefined }),
        ...(suggested ? [button("accept-all", say("validate-js-accept-all", { n: suggested }), () => { this.acceptAll(); })] : [])),
      el("p", { class: "actions" }, el("span", { class: "quiet" }, say("validate-js-save")),
        ...DOWNLOADS.filter((form) => form !== "corrected" || findings.corrections.size > 0).map((form) => button(`save-${form}`, say(`validate-js-save-${form}`), () => { void this.download(form); }))),
      ...(messages.length ? [el("fieldset", { class: "filters" }, el("legend", {}, say("validate-js-show")),
        ...SEVERITIES.filter((s) => counts[s] > 0).map((s) => el("label", {}, el("input", { type: "checkbox", "data-key": `show-${s}`, value: s, checked: findings.severities.has(s), change: () => {
          if (!findings.severities.delete(s)) findings.severities.add(s);
          this.draw();
        } }), `${say(`validate-js-sign-${s}`)} ${say(`validate-js-severity-${s}`)} (${counts[s]})`)))] : []),
      ...(findings.marked.length ? [el("p", { class: "actions" },
        button("previous", say("validate-js-previous"), () => { this.go(-1); }, { disabled: !open }), button("next", say("validate-js-next"), () => { this.go(1); }, { disabled: !open }))] : []),
    ];
  }

  private sheets(): HTMLElement[] {
    const { tables } = this.findings.reply!;
    if (tables.length < 2) return [];
    const several = new Set(tables.map((t) => t.file)).size > 1;
    const shown = this.findings.open();
    return [el("ul", { class: "check-sheets", "aria-label": this.say("validate-js-sheets") }, ...tables.map((t, i) => el("li", {}, el("button", {
      type: "button", "data-key": `sheet-${i}`, "aria-pressed": i === this.grid.table ? "true" : "false", click: () => {
        this.grid.toTable(i);
        this.grid.current = null;
        this.draw(["sheets", "grid", "panel"]);
      },
    }, this.say("validate-js-sheet", { name: several || !t.sheet ? [t.file, t.sheet].filter(Boolean).join(" · ") : t.sheet, n: shown.filter((m) => m.table === i).length })))))];
  }
}

document.querySelectorAll<HTMLElement>('[data-island="validate"]').forEach((root) => {
  new Checking(root);
  started(root, "validate");
});
