/**
 * The drawing of an explanation or of paths. It has one stop for the Tab key; arrow keys walk along the steps, Enter follows to the text or the construct, Escape leaves.
 * A step that has the focus is marked in the text, and a step of the text in the drawing. Without it, everything stands in the text.
 */
import { download } from "./shared/picture";
import { started, wait } from "./shared/ready";
import { drawn, standalone, type Drawn, type Stop } from "./shared/step_drawing";
import type { Drawing } from "./shared/step_layout";
import { data, words, type Say } from "./shared/words";

/** How small a drawing is made, against its own size, before it scrolls. */
const LEAST_SCALE = 0.75;

class StepsGraph {
  private readonly say: Say;
  private readonly drawing: Drawing;
  private readonly room: HTMLElement;
  private readonly scroller: HTMLElement;
  private shown: Drawn;
  private active: Stop;

  constructor(private readonly root: HTMLElement) {
    this.say = words(root);
    this.drawing = data<Drawing>(root, "drawing")!;
    this.room = root.querySelector<HTMLElement>(".graph-room")!;
    this.scroller = document.createElement("div");
    this.scroller.className = "scroller";
    this.room.replaceChildren(this.tools(), this.scroller);
    this.shown = this.draw();
    this.listen();
    this.active = this.shown.stops[0]!;
    this.stopAt(this.active);
    addEventListener("resize", () => this.redraw());
    addEventListener("hashchange", () => this.follow());
    document.addEventListener("mouseover", (event) => this.light(step(event.target)));
    document.addEventListener("focusin", (event) => { if (!this.root.contains(event.target as Node)) this.light(step(event.target)); });
    this.follow();
    started(root, "graph");
  }

  private tools(): HTMLElement {
    const tools = document.createElement("p");
    tools.className = "graph-tools";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = this.say("graph-js-download");
    button.addEventListener("click", () => download(standalone(this.shown.svg), `${this.drawing.name.replace(/[^\p{L}\p{N}.]+/gu, "-")}.svg`));
    const keys = document.createElement("span");
    keys.textContent = this.say("graph-js-keys");
    tools.append(button, keys);
    return tools;
  }

  private draw(): Drawn {
    const room = this.room.clientWidth - 2;
    const found = drawn(this.drawing, room, this.say);
    const { width, height } = found.layout;
    // A little smaller is still read; what would be smaller yet scrolls in its box.
    const scale = width > room ? Math.max(room / width, LEAST_SCALE) : 1;
    found.svg.style.width = `${Math.floor(width * scale)}px`;
    found.svg.style.height = `${Math.floor(height * scale)}px`;
    this.scroller.replaceChildren(found.svg);
    this.showFirst(found);
    return found;
  }

  /** Scrolls the box, where it is too narrow, so that the first step is whole in it. */
  private showFirst(found: Drawn): void {
    const first = found.stops.find((stop) => stop.kind === "edge" && stop.id === "1");
    if (!first) return;
    const plate = (first.element.querySelector(".edge-plate") ?? first.element).getBoundingClientRect();
    const box = this.scroller.getBoundingClientRect();
    if (plate.right > box.right) this.scroller.scrollLeft += Math.min(plate.right - box.right + 8, plate.left - box.left);
  }

  /** Listens around the drawing: Chromium gives the focus to an SVG that listens for it itself. */
  private listen(): void {
    this.scroller.addEventListener("keydown", (event) => this.pressed(event));
    this.scroller.addEventListener("focusin", (event) => {
      const stop = this.shown.stops.find((s) => s.element === (event.target as Element).closest<SVGAElement>("a"));
      if (stop) { this.stopAt(stop); this.mark(stop); }
    });
    this.scroller.addEventListener("focusout", () => this.mark(null));
    this.scroller.addEventListener("click", (event) => {
      const link = (event.target as Element).closest("a");
      // The place is in the address already, so that nothing would tell of the click.
      if (link && link.getAttribute("href") === location.hash) { event.preventDefault(); this.follow(); }
    });
  }

  /** Draws anew when the window has another width, and keeps what has the focus. */
  private redraw(): void {
    const { kind, id } = this.active;
    const focused = this.active.element === document.activeElement;
    this.shown = this.draw();
    this.stopAt(this.shown.stops.find((s) => s.kind === kind && s.id === id) ?? this.shown.stops[0]!);
    if (focused) this.active.element.focus();
  }

  private stopAt(stop: Stop): void {
    this.active.element.setAttribute("tabindex", "-1");
    this.active = stop;
    stop.element.setAttribute("tabindex", "0");
  }

  private pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const [forward, back, next, last] = this.shown.layout.down ? ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"] : ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"];
    let to: Stop | undefined;
    if (event.key === forward) to = this.active.after[0];
    else if (event.key === back) to = this.active.before[0];
    else if (event.key === next) to = this.beside(1);
    else if (event.key === last) to = this.beside(-1);
    else if (event.key === "Home") to = this.shown.stops[0];
    else if (event.key === "End") to = this.shown.stops.filter((s) => s.kind === "node").at(-1);
    else if (event.key === "Escape") {
      event.preventDefault();
      document.getElementById(this.root.dataset.leave!)?.focus();
      return;
    } else return;
    event.preventDefault();
    to?.element.focus();
  }

  /** Returns what stands beside what has the focus, among things of its kind in the same rank. */
  private beside(by: number): Stop | undefined {
    const same = this.shown.stops.filter((s) => s.kind === this.active.kind && s.rank === this.active.rank).sort((a, b) => a.across - b.across);
    return same[same.indexOf(this.active) + by];
  }

  /** Marks in the text what has the focus in the drawing. */
  private mark(stop: Stop | null): void {
    document.querySelectorAll(".is-shown").forEach((element) => element.classList.remove("is-shown"));
    if (!stop || stop.kind === "node") return;
    const places = stop.kind === "edge" ? [...document.querySelectorAll<HTMLElement>(`[data-step="${stop.id}"]`)] : [document.getElementById(`reason-${stop.id}`)!];
    places.forEach((place) => place.classList.add("is-shown"));
    // Only where the text stands beside the drawing; below it, the page would jump away from what has the focus.
    const beside = places[0] && places[0].getBoundingClientRect().left >= this.root.getBoundingClientRect().right;
    if (beside) places[0]!.scrollIntoView({ block: "nearest" });
  }

  /** Shows in the drawing which step of the text is pointed at. */
  private light(number: string | null): void {
    for (const stop of this.shown.stops) if (stop.kind === "edge") stop.element.classList.toggle("edge-lit", stop.id === number);
  }

  /** Goes to what the address names; without a name back to where one came from. */
  private follow(): void {
    const name = decodeURIComponent(location.hash.slice(1));
    if (!/^(step|reason)-/.test(name)) {
      if (!name && document.activeElement?.matches("[data-step], [id^=reason-]")) this.active.element.focus();
      return;
    }
    const place = document.getElementById(name);
    if (!place) return;
    for (let at: HTMLElement | null = place; at; at = at.parentElement) if (at instanceof HTMLDetailsElement) at.open = true;
    const stop = this.shown.stops.find((s) => s.kind === "edge" && `step-${s.id}` === name);
    if (stop) this.stopAt(stop);
    place.focus();
    place.scrollIntoView({ block: "start" });
    this.light(stop?.id ?? null);
  }
}

function step(target: EventTarget | null): string | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-step]")?.dataset.step ?? null : null;
}

async function start(root: HTMLElement): Promise<void> {
  wait("graph");
  // Words are measured, so that their type has to be there.
  await document.fonts.ready;
  try {
    new StepsGraph(root);
  } catch (error) {
    root.querySelector(".graph-status")!.textContent = words(root)("graph-js-failed");
    console.error(error);
    started(root, "graph");
  }
}

document.querySelectorAll<HTMLElement>('[data-island="graph"]').forEach((root) => void start(root));
