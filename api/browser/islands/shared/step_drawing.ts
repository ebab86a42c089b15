/** The drawing of steps as SVG: boxes, lines with the words of their step, and marks where two steps meet; colours come from the style sheet. */
import { JOINT, NODE, PLATE, laidOut, type Drawing, type Joint, type Layout, type Measure, type PlacedEdge, type PlacedNode, type Point, type StepEdge } from "./step_layout";
import type { Say } from "./words";

const SVG = "http://www.w3.org/2000/svg";
/** What is copied into a file that stands alone. */
const COPIED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-weight", "font-style", "color"];

/** Something that can have the focus: a box, a step, or a joint that no rule makes. */
export interface Stop {
  kind: "node" | "edge" | "joint";
  element: SVGAElement;
  id: string;
  /** Place along the walk, rounded, and across it. */
  rank: number;
  across: number;
  /** Steps back and forward; the first of each is where an arrow key leads. */
  before: Stop[];
  after: Stop[];
}

export interface Drawn { svg: SVGSVGElement; stops: Stop[]; layout: Layout }

/** Draws what fits the room: from left to right, or downwards where that is too wide. */
export function drawn(drawing: Drawing, room: number, say: Say): Drawn {
  const measure = measuring();
  const aside = (edge: StepEdge): string => (edge.moderators.length ? say("graph-js-moderators", { n: edge.moderators.length }) : "");
  const across = laidOut(drawing, false, measure, aside);
  let layout = across;
  if (across.width > room) {
    const down = laidOut(drawing, true, measure, aside);
    if (down.width <= room || down.width < 0.6 * across.width) layout = down;
  }
  const svg = make("svg", {
    class: "steps-drawing", role: "group", width: layout.width, height: layout.height, viewBox: `0 0 ${layout.width} ${layout.height}`,
    "aria-label": say("graph-js-label", { name: drawing.name, nodes: layout.nodes.length, edges: layout.edges.length }),
  });
  const stops = ordered(layout, say);
  // Lines lie below boxes; what can have the focus keeps its order within both.
  svg.append(...stops.map((stop) => stop.element));
  return { svg, stops, layout };
}

function ordered(layout: Layout, say: Say): Stop[] {
  const main = (p: Point): number => (layout.down ? p.y : p.x);
  const cross = (p: Point): number => (layout.down ? p.x : p.y);
  const labels = new Map(layout.nodes.map((n) => [n.node.id, n.node.label]));
  const nodes = new Map<PlacedNode, Stop>();
  const out: Stop[] = [];
  const stop = (kind: Stop["kind"], element: SVGAElement, id: string, at: Point): Stop => ({ kind, element, id, rank: Math.round(main(at)), across: cross(at), before: [], after: [] });
  const sorted = [...layout.nodes].sort((a, b) => main(a) - main(b) || cross(a) - cross(b));
  for (const n of sorted) nodes.set(n, stop("node", box(n, say), n.node.id, n));
  for (const n of sorted) {
    const from = nodes.get(n)!;
    out.push(from);
    for (const e of layout.edges.filter((e) => e.source === n).sort((a, b) => cross(a.start) - cross(b.start))) {
      const to = nodes.get(e.target)!;
      const edge = stop("edge", line(e, say, labels), String(e.edge.number), e.plate);
      const refused = e.joints.filter((j) => j.letter);
      edge.after = [to];
      to.before.push(edge);
      if (refused.length) {
        const joint = stop("joint", broken(e, refused, layout.down, say), refused[0]!.letter, e.start);
        joint.before = [from];
        joint.after = [edge];
        edge.before = [joint];
        from.after.push(joint);
        out.push(edge, joint);
      } else {
        if (e.joints.length) edge.element.append(make("circle", { class: "joint-dot", ...centre(along(e, layout.down, 18)), r: 5 }));
        edge.before = [from];
        from.after.push(edge);
        out.push(edge);
      }
    }
  }
  return out;
}

function box(n: PlacedNode, say: Say): SVGAElement {
  const { node } = n;
  const [left, top] = [n.x - n.width / 2, n.y - n.height / 2];
  const end = node.end ? `. ${say(`graph-js-${node.end}`)}` : "";
  // The name begins with what can be read, in its order, so that it can be called by it (WCAG 2.5.3).
  const name = [node.code, node.name, node.label, node.mark].filter(Boolean).join(" ");
  const link = anchor(node.href, `node ${node.framework ? `code-${node.framework}` : ""}${node.end ? " node-end" : ""}`, `${name}${end}`);
  link.append(make("rect", { class: "node-box", x: left, y: top, width: n.width, height: n.height }), make("rect", { class: "node-band", x: left, y: top, width: NODE.band, height: n.height }));
  const x = left + NODE.band + NODE.pad;
  const content = NODE.code + n.lines.length * NODE.line + (node.mark ? NODE.mark : 0);
  let y = n.y - content / 2 + 12;
  const head = words("text", "node-head", x, y, "");
  if (node.code) head.append(make("tspan", { class: "node-code" }, node.code), " ", make("tspan", { class: "node-name", dx: 4 }, node.name));
  else head.append(make("tspan", { class: "node-name" }, node.name));
  link.append(head);
  n.lines.forEach((text, i) => link.append(between(n.lines, i), words("text", "node-label", x, (y += NODE.line), text)));
  if (node.mark) link.append(" ", words("text", "node-mark", x, y + NODE.mark, node.mark));
  return link;
}

function line(e: PlacedEdge, say: Say, labels: Map<string, string>): SVGAElement {
  const { edge, plate } = e;
  const begin = [edge.number, edge.rule, edge.verb, plate.aside].filter(Boolean).join(" ");
  const told = say("graph-js-edge", { step: begin, from: labels.get(edge.from)!, to: labels.get(edge.to)!, whose: edge.whose });
  const link = anchor(`#step-${edge.number}`, `edge${edge.negated ? " edge-negated" : ""}`, [told, edge.exploratory && say("graph-js-exploratory"), edge.moderators.length && say("graph-js-moderated", { by: edge.moderators.join(", ") })].filter(Boolean).join(", "));
  const look = edge.negated ? "negated" : edge.kind === "derived" ? "derived" : edge.kind === "hierarchy" ? "hierarchy" : edge.exploratory ? "exploratory" : edge.basis === "author-stated" ? "stated" : "solid";
  link.append(make("path", { class: "edge-hit", d: e.path }), make("path", { class: `edge-line edge-line-${look}`, d: e.path }), head(e));
  const [left, top] = [plate.x - plate.width / 2, plate.y - plate.height / 2];
  link.append(make("rect", { class: "edge-plate", x: left, y: top, width: plate.width, height: plate.height, rx: 2 }));
  let x = left + PLATE.pad;
  const y = top + 14;
  link.append(words("text", "edge-number", x, y, String(edge.number)));
  x += 8 * String(edge.number).length + PLATE.gap;
  for (const sign of [edge.basis, edge.exploratory ? "exploratory" : ""].filter(Boolean)) {
    link.append(make("use", { class: "edge-sign", href: `#sign-${sign}`, x, y: y - 11, width: PLATE.sign, height: PLATE.sign }));
    x += PLATE.sign + PLATE.gap;
  }
  if (edge.rule) link.append(" ", words("text", "edge-rule", x, y, edge.rule));
  plate.lines.forEach((text, i) => link.append(between(plate.lines, i), words("text", "edge-verb", left + PLATE.pad, y + (i + 1) * PLATE.line, text)));
  if (plate.aside) link.append(" ", words("text", "edge-aside", left + PLATE.pad, y + (plate.lines.length + 1) * PLATE.line, plate.aside));
  return link;
}

/** The head of the arrow, at the object of the record. */
function head(e: PlacedEdge): SVGElement {
  const tip = e.edge.turned ? e.start : e.end;
  const inside = e.edge.turned ? e.source : e.target;
  const [dx, dy] = Math.abs(tip.y - inside.y) < inside.height / 2 - 0.5 ? [Math.sign(inside.x - tip.x), 0] : [0, Math.sign(inside.y - tip.y)];
  const back = { x: tip.x - dx * 9, y: tip.y - dy * 9 };
  return make("path", { class: "edge-head", d: `M${tip.x} ${tip.y}L${back.x - dy * 4.5} ${back.y - dx * 4.5}L${back.x + dy * 4.5} ${back.y + dx * 4.5}z` });
}

/** A break in the line where no rule joins the step to the one before, with the letters of the reasons. */
function broken(e: PlacedEdge, refused: Joint[], down: boolean, say: Say): SVGAElement {
  const letters = [...new Set(refused.map((j) => j.letter))];
  const told = refused.map((j) => say(j.first === j.second ? "graph-js-joint-alone" : "graph-js-joint", { first: j.first, second: j.second, reason: j.reason }));
  const link = anchor(`#reason-${letters[0]}`, "joint-mark", `${letters.join(" ")}: ${[...new Set(told)].join(" ")}`);
  const gap = along(e, down, JOINT.at);
  const ends = [along(e, down, JOINT.at - 4), along(e, down, JOINT.at + 4)];
  link.append(make("path", { class: "joint-gap", d: `M${ends[0]!.x} ${ends[0]!.y}L${ends[1]!.x} ${ends[1]!.y}` }));
  const slash = (p: Point): string => (down ? `M${p.x - 6} ${p.y + 2}L${p.x + 6} ${p.y - 2}` : `M${p.x - 2} ${p.y + 6}L${p.x + 2} ${p.y - 6}`);
  link.append(make("path", { class: "joint-break", d: ends.map(slash).join("") }));
  const at = along(e, down, JOINT.disc);
  const wide = JOINT.radius * 2 + (letters.length - 1) * 9;
  link.append(make("rect", { class: "joint-disc", x: at.x - wide / 2, y: at.y - JOINT.radius, width: wide, height: 2 * JOINT.radius, rx: JOINT.radius }));
  link.append(make("text", { class: "joint-text", x: at.x, y: at.y + 4, "text-anchor": "middle" }, letters.join(" ")));
  link.append(make("circle", { class: "edge-hit", ...centre(gap), r: 8 }));
  return link;
}

/** What stands before a line for those who hear it: nothing where a word goes on. */
function between(lines: string[], i: number): string {
  return /[-/]$/.test(lines[i - 1] ?? "") ? "" : " ";
}

function along(e: PlacedEdge, down: boolean, far: number): Point {
  const way = down ? Math.sign(e.start.y - e.source.y) : Math.sign(e.start.x - e.source.x);
  return down ? { x: e.start.x, y: e.start.y + way * far } : { x: e.start.x + way * far, y: e.start.y };
}

const centre = (p: Point): { cx: number; cy: number } => ({ cx: p.x, cy: p.y });

/** Returns the drawing as a file of its own, in light colours; its words keep their width in whatever type opens it. */
export function standalone(svg: SVGSVGElement): Blob {
  const root = document.documentElement;
  const theme = root.dataset.theme;
  root.dataset.theme = "light";
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [from, to] = [[svg, ...svg.querySelectorAll<SVGElement>("*")], [copy, ...copy.querySelectorAll<SVGElement>("*")]];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of COPIED) to[i]!.setAttribute(name, style.getPropertyValue(name));
    for (const name of ["class", "tabindex", "role", "style"]) to[i]!.removeAttribute(name);
    const href = to[i]!.getAttribute("href");
    if (href && to[i]!.tagName === "a") to[i]!.setAttribute("href", new URL(href, location.href).href);
    if (element instanceof SVGTextContentElement && !element.childElementCount && element.textContent) to[i]!.setAttribute("textLength", element.getComputedTextLength().toFixed(1));
  });
  const defs = make("defs", {});
  for (const id of new Set([...copy.querySelectorAll("use")].map((use) => use.getAttribute("href")!.slice(1)))) {
    const symbol = document.getElementById(id);
    if (symbol) defs.append(symbol.cloneNode(true));
  }
  const paper = make("rect", { width: "100%", height: "100%", fill: getComputedStyle(root).backgroundColor });
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  copy.prepend(make("title", {}, svg.getAttribute("aria-label") ?? ""), defs, paper);
  copy.setAttribute("xmlns", SVG);
  return new Blob([`<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`], { type: "image/svg+xml" });
}

function measuring(): Measure {
  const context = document.createElement("canvas").getContext("2d")!;
  const root = getComputedStyle(document.documentElement);
  const [sans, mono] = [root.getPropertyValue("--sans"), root.getPropertyValue("--mono")];
  const fonts = { code: `600 12px ${mono}`, name: `400 12px ${sans}`, label: `400 14px ${sans}`, mark: `italic 400 12px ${sans}`, number: `700 12px ${sans}`, verb: `italic 400 13px ${sans}` };
  return (text, font) => {
    context.font = fonts[font];
    return context.measureText(text).width;
  };
}

function anchor(href: string, name: string, label: string): SVGAElement {
  return make("a", { href, class: name.trim(), "aria-label": label, tabindex: -1 });
}

function words(tag: "text", name: string, x: number, y: number, text: string): SVGTextElement {
  return make(tag, { class: name, x, y }, text);
}

function make<K extends keyof SVGElementTagNameMap>(tag: K, given: Record<string, string | number>, text = ""): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(given)) element.setAttribute(name, typeof value === "number" ? String(Math.round(value * 10) / 10) : value);
  if (text) element.textContent = text;
  return element;
}
