/**
 * The matrix of a crosswalk as a grid (WAI-ARIA authoring practices): arrow keys walk it, Enter opens a cell, headings fold, a panel shows the pair.
 * Without it every recorded cell and every fold is a link to the same page. What is folded and open stands in the address, so that back and reload work.
 */
import { walked } from "./shared/grid_keys";
import { download, pictureOf } from "./shared/picture";
import { started } from "./shared/ready";
import { words, type Say } from "./shared/words";

class CrosswalkMatrix {
  private readonly view: HTMLElement;
  private readonly status: HTMLElement;
  private readonly say: Say;
  private readonly name: string;
  private table: HTMLTableElement | null = null;
  private active: HTMLTableCellElement | null = null;
  /** What had the focus when the panel was opened. */
  private opener: HTMLElement | null = null;
  private shown = new URL(location.href);
  private asking: AbortController | null = null;

  constructor(root: HTMLElement) {
    this.view = root.querySelector<HTMLElement>("#cw-view")!;
    this.status = root.querySelector<HTMLElement>('[data-cw="status"]')!;
    this.say = words(root);
    this.name = root.dataset.name!;
    this.prepare();
    this.view.addEventListener("click", (event) => this.clicked(event));
    this.view.addEventListener("keydown", (event) => this.pressed(event));
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.panel() && !event.defaultPrevented) { event.preventDefault(); this.close(); } });
    addEventListener("popstate", () => void this.follow());
    this.offerPicture();
    this.bringIntoSight(this.cellOf(this.shown.searchParams.get("cell")));
    started(root, "matrix");
  }

  private panel(): HTMLElement | null {
    return this.view.querySelector<HTMLElement>("#cw-panel");
  }

  /** Makes the table that the server drew a grid with one stop for the Tab key, and names each cell by row, column and state. */
  private prepare(): void {
    this.table = this.view.querySelector<HTMLTableElement>(".cw-grid");
    this.active = null;
    if (!this.table) return;
    this.table.setAttribute("role", "grid");
    // What scrolls is reached by its cells.
    this.view.querySelector(".cw-scroll")!.removeAttribute("tabindex");
    this.table.querySelectorAll<HTMLElement>("a").forEach((link) => { link.tabIndex = -1; });
    const columns = [...this.table.tHead!.rows[0]!.cells].map((cell) => this.heading(cell));
    for (const row of this.table.tBodies[0]!.rows) {
      const name = this.heading(row.cells[0]!);
      for (let i = 1; i < row.cells.length; i++) {
        const cell = row.cells[i]!;
        const link = cell.firstElementChild?.getAttribute("aria-label");
        cell.setAttribute("aria-label", link ?? this.say("crosswalk-js-name", { row: name, column: columns[i]!, state: (cell.querySelector(".vh") ?? cell).textContent!.trim() }));
      }
    }
    for (const cell of this.table.querySelectorAll<HTMLTableCellElement>("th")) {
      const fold = cell.querySelector("[data-fold]");
      if (fold) cell.setAttribute("aria-expanded", String(fold.textContent !== "+"));
    }
    this.mark();
    this.activate(this.cellOf(this.shown.searchParams.get("cell")) ?? this.table.tBodies[0]!.rows[0]?.cells[1] ?? null, false);
  }

  private heading(cell: HTMLTableCellElement): string {
    return cell.querySelector(".n")?.textContent?.replace(/\s+/g, " ").trim() ?? "";
  }

  private rows(): HTMLTableRowElement[] {
    return [...this.table!.rows];
  }

  private cellOf(pair: string | null): HTMLTableCellElement | null {
    const [row, column] = pair?.split(",") ?? [];
    if (!this.table || !row || !column) return null;
    const at = [...this.table.tHead!.rows[0]!.cells].findIndex((cell) => cell.dataset.c === column);
    const line = [...this.table.tBodies[0]!.rows].find((found) => found.dataset.c === row);
    return at > 0 && line ? line.cells[at]! : null;
  }

  private pairOf(cell: HTMLTableCellElement): string {
    return `${(cell.parentElement as HTMLElement).dataset.c},${this.table!.tHead!.rows[0]!.cells[cell.cellIndex]!.dataset.c}`;
  }

  private activate(cell: HTMLTableCellElement | null, focus = true): void {
    if (!cell) return;
    if (this.active) this.active.tabIndex = -1;
    this.active = cell;
    cell.tabIndex = 0;
    if (focus) cell.focus();
  }

  /** Scrolls the matrix, and not the page, to a cell of a wide crosswalk. */
  private bringIntoSight(cell: HTMLTableCellElement | null): void {
    const scroller = this.view.querySelector(".cw-scroll");
    if (!cell || !scroller) return;
    const [inner, outer] = [cell.getBoundingClientRect(), scroller.getBoundingClientRect()];
    if (inner.right > outer.right || inner.bottom > outer.bottom) {
      scroller.scrollTo(Math.max(0, scroller.scrollLeft + inner.right - outer.left - outer.width / 1.3), Math.max(0, scroller.scrollTop + inner.bottom - outer.top - outer.height / 1.3));
    }
  }

  private mark(): void {
    this.table?.querySelectorAll('[aria-current="true"]').forEach((cell) => cell.removeAttribute("aria-current"));
    this.table?.querySelectorAll(".is-crossed").forEach((cell) => cell.classList.remove("is-crossed"));
    const cell = this.cellOf(this.shown.searchParams.get("cell"));
    cell?.setAttribute("aria-current", "true");
    for (const heading of cell ? [this.table!.tHead!.rows[0]!.cells[cell.cellIndex], cell.parentElement!.firstElementChild] : []) heading?.classList.add("is-crossed");
  }

  private pressed(event: KeyboardEvent): void {
    const cell = (event.target as HTMLElement).closest<HTMLTableCellElement>(".cw-grid th, .cw-grid td");
    if (!cell || !this.table || event.altKey || event.metaKey) return;
    const rows = this.rows();
    const at = { row: (cell.parentElement as HTMLTableRowElement).rowIndex, column: cell.cellIndex };
    const to = walked(event, at, { rows: rows.length, columns: rows[0]!.cells.length }, { row: 1, column: 1 });
    if (to) {
      event.preventDefault();
      this.activate(rows[to.row]!.cells[to.column]!);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (cell.tagName === "TH") (cell.querySelector<HTMLElement>("[data-fold]") ?? cell.querySelector<HTMLElement>(".n"))?.click();
      else this.openCell(cell);
    }
  }

  private clicked(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const target = event.target as HTMLElement;
    const link = target.closest<HTMLAnchorElement>("a");
    if (link?.matches("[data-close]")) { event.preventDefault(); this.close(); return; }
    if (link?.matches("[data-fold]")) { event.preventDefault(); void this.fold(link); return; }
    if (link?.matches("[data-cell]")) { event.preventDefault(); this.open(new URL(link.href).searchParams.get("cell")!, link); return; }
    const cell = target.closest<HTMLTableCellElement>(".cw-grid tbody td");
    if (cell) { event.preventDefault(); this.activate(cell); this.openCell(cell); }
  }

  private openCell(cell: HTMLTableCellElement): void {
    // A square of a folded group, or of a construct with itself, is no pair.
    if (cell.matches(".s, .z, .x, .k")) return;
    this.open(this.pairOf(cell), cell);
  }

  private open(pair: string, opener: HTMLElement): void {
    this.opener = opener;
    const address = new URL(location.href);
    const already = address.searchParams.has("cell");
    address.searchParams.set("cell", pair);
    if (already) history.replaceState(history.state, "", address);
    else history.pushState({ panel: true }, "", address);
    void this.follow(true);
  }

  private close(): void {
    // Where the panel was opened on this page, going back closes it; where the address came with it, there is nothing to go back to.
    if ((history.state as { panel?: boolean } | null)?.panel) { history.back(); return; }
    const address = new URL(location.href);
    address.searchParams.delete("cell");
    history.pushState(null, "", address);
    void this.follow();
  }

  private async fold(link: HTMLAnchorElement): Promise<void> {
    const heading = link.closest<HTMLElement>("th");
    const axis = heading?.closest("thead") ? "thead th" : "tbody tr";
    const curie = heading ? heading.dataset.c ?? heading.parentElement!.dataset.c : "";
    const address = new URL(link.href);
    const pair = new URL(location.href).searchParams.get("cell");
    if (pair) address.searchParams.set("cell", pair);
    else address.searchParams.delete("cell");
    history.pushState(history.state, "", address);
    await this.follow();
    const found = curie ? this.view.querySelector<HTMLElement>(`.cw-grid ${axis}[data-c="${CSS.escape(curie)}"]`) : null;
    this.activate(found instanceof HTMLTableRowElement ? found.cells[0]! : (found as HTMLTableCellElement | null) ?? this.active);
    if (this.table) this.status.textContent = this.say("crosswalk-js-folded", { rows: this.table.tBodies[0]!.rows.length, columns: this.table.tHead!.rows[0]!.cells.length - 1 });
  }

  /** Shows what the address asks for: another view, another pair in the panel, or none. */
  private async follow(focus = false): Promise<void> {
    const wanted = new URL(location.href);
    if (viewKey(wanted) !== viewKey(this.shown)) {
      const nodes = await this.fetched(wanted, "view");
      if (!nodes) return;
      const scroller = this.view.querySelector(".cw-scroll");
      const [left, top] = [scroller?.scrollLeft ?? 0, scroller?.scrollTop ?? 0];
      this.view.replaceChildren(...nodes);
      this.shown = wanted;
      this.view.classList.toggle("has-panel", !!this.panel());
      this.prepare();
      this.view.querySelector(".cw-scroll")?.scrollTo(left, top);
      return;
    }
    const pair = wanted.searchParams.get("cell");
    if (pair === this.shown.searchParams.get("cell")) { if (focus) this.panel()?.focus(); return; }
    const slot = this.view.querySelector<HTMLElement>("#cw-panel-slot")!;
    if (!pair) {
      this.asking?.abort();
      const back = this.opener?.isConnected ? this.opener : this.cellOf(this.shown.searchParams.get("cell")) ?? this.active;
      slot.replaceChildren();
      this.view.classList.remove("has-panel");
      this.shown = wanted;
      this.mark();
      this.status.textContent = this.say("crosswalk-js-closed");
      if (back instanceof HTMLTableCellElement) this.activate(back);
      else back?.focus();
      return;
    }
    this.status.textContent = this.say("crosswalk-js-loading");
    const nodes = await this.fetched(wanted, "panel");
    if (!nodes) return;
    slot.replaceChildren(...nodes);
    this.view.classList.add("has-panel");
    this.shown = wanted;
    this.mark();
    const cell = this.cellOf(pair);
    this.status.textContent = this.say("crosswalk-js-opened", { what: cell?.getAttribute("aria-label") ?? pair });
    // The panel takes room from the matrix; the cell stays in sight.
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (focus) this.panel()?.focus({ preventScroll: innerWidth >= 1024 });
  }

  private async fetched(wanted: URL, part: string): Promise<ChildNode[] | null> {
    this.asking?.abort();
    const asking = this.asking = new AbortController();
    const address = new URL(wanted);
    address.searchParams.set("part", part);
    address.hash = "";
    try {
      const reply = await fetch(address, { headers: { Accept: "text/html" }, signal: asking.signal });
      if (!reply.ok) throw new Error(String(reply.status));
      return [...new DOMParser().parseFromString(await reply.text(), "text/html").body.childNodes];
    } catch (error) {
      if ((error as Error).name !== "AbortError") this.status.textContent = this.say("crosswalk-js-failed");
      return null;
    }
  }

  private offerPicture(): void {
    const place = document.querySelector<HTMLElement>('[data-cw="png"]');
    const drawing = document.querySelector<HTMLAnchorElement>('[data-cw="svg"]');
    if (!place || !drawing) return;
    place.hidden = false;
    const address = (): string => {
      // What was folded since the page came belongs to the drawing too.
      const found = new URL(drawing.href);
      found.search = viewKey(new URL(location.href));
      return found.href;
    };
    drawing.addEventListener("click", () => { drawing.href = address(); });
    place.querySelector("button")!.addEventListener("click", () => {
      pictureOf(address()).then((blob) => download(blob, `${this.name}.png`)).catch(() => { this.status.textContent = this.say("crosswalk-js-failed"); });
    });
  }
}

/** What of an address decides the view: all but the open cell. */
function viewKey(address: URL): string {
  const kept = new URLSearchParams(address.search);
  ["cell", "part"].forEach((name) => kept.delete(name));
  return kept.toString();
}

/** The counts beside the columns are those with the rows of this page; other rows have others. */
document.querySelector('.cw-choose select[name="from"]')?.addEventListener("change", () => {
  document.querySelectorAll<HTMLOptionElement>(".cw-choose option[data-name]").forEach((option) => { option.textContent = option.dataset.name!; });
});

document.querySelectorAll<HTMLElement>('[data-island="matrix"]').forEach((root) => new CrosswalkMatrix(root));
