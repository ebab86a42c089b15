/**
 * Where the boxes, steps and joints of a drawing stand. dagre gives ranks and order, with room for the words of each step; here the steps get ports of
 * their own at each box and run straight through a rank, so that no line crosses a word.
 */
import dagre from "@dagrejs/dagre";

export interface StepNode { id: string; code: string; label: string; framework: string; name: string; mark: string; href: string; end: "" | "from" | "to" }
export interface StepEdge { number: number; from: string; to: string; turned: boolean; kind: string; verb: string; basis: string; whose: string; exploratory: boolean; negated: boolean; rule: string; moderators: string[] }
export interface Joint { first: number; second: number; rule: string; letter: string; reason: string }
export interface Drawing { name: string; nodes: StepNode[]; layers: Record<string, number>; edges: StepEdge[]; joints: Joint[] }

export interface Point { x: number; y: number }
/** A box of lines of text, by its centre. */
export interface Box extends Point { width: number; height: number; lines: string[] }
/** The words of a step; `aside` says what else is recorded of it. */
export interface Plate extends Box { aside: string }
export interface PlacedNode extends Box { node: StepNode }
/** A step: its line begins at the box where the walk leaves it, which is the end of the record where that is taken backwards. */
export interface PlacedEdge { edge: StepEdge; source: PlacedNode; target: PlacedNode; path: string; start: Point; end: Point; plate: Plate; joints: Joint[] }
export interface Layout { width: number; height: number; down: boolean; nodes: PlacedNode[]; edges: PlacedEdge[] }
export type Measure = (text: string, font: "code" | "name" | "label" | "mark" | "number" | "verb") => number;

export const NODE = { band: 6, pad: 8, code: 16, line: 18, mark: 16, most: 138 };
export const PLATE = { pad: 6, head: 17, line: 16, sign: 14, gap: 4, most: 104 };
/** From a box to the break in a line, and to the letter beside it. */
export const JOINT = { at: 9, disc: 27, radius: 9, stub: 38 };
const RANKS = 62;
const APART = 22;
const PORT = 24;
const MARGIN = 12;

/** Cuts a text into lines between words, and after hyphens and strokes; a word that is too long for a line is cut itself. */
export function wrapped(text: string, most: number, measure: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = "";
  for (let word of text.match(/[^\s/-]+[/-]*\s*|[/-]+\s*/g) ?? []) {
    if (line && measure((line + word).trimEnd()) <= most) { line += word; continue; }
    if (line) lines.push(line.trimEnd());
    while (measure(word.trimEnd()) > most && word.length > 1) {
      let end = word.length - 1;
      while (end > 1 && measure(word.slice(0, end)) > most) end -= 1;
      lines.push(word.slice(0, end));
      word = word.slice(end);
    }
    line = word;
  }
  if (line) lines.push(line.trimEnd());
  return lines;
}

/** Lays a drawing out from left to right, or from top to bottom (`down`); `aside` gives a last line to the words of a step. */
export function laidOut(drawing: Drawing, down: boolean, measure: Measure, aside: (edge: StepEdge) => string): Layout {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: down ? "TB" : "LR", ranksep: 2 * RANKS, nodesep: APART, edgesep: APART, marginx: MARGIN, marginy: MARGIN });
  const leaving = (e: StepEdge): string => (e.turned ? e.to : e.from);
  const reaching = (e: StepEdge): string => (e.turned ? e.from : e.to);
  const count = (of: (e: StepEdge) => string, id: string): number => drawing.edges.filter((e) => of(e) === id).length;

  const nodes = new Map<string, PlacedNode>();
  for (const node of drawing.nodes) {
    const lines = wrapped(node.label, NODE.most, (text) => measure(text, "label"));
    const head = measure(node.code, "code") + (node.code ? 8 : 0) + measure(node.name, "name");
    const inner = Math.max(70, head, node.mark ? measure(node.mark, "mark") : 0, ...lines.map((line) => measure(line, "label")));
    const ports = PORT * Math.max(count(leaving, node.id), count(reaching, node.id));
    const width = Math.max(inner + NODE.band + 2 * NODE.pad, down ? ports : 0);
    const height = Math.max(2 * NODE.pad + NODE.code + lines.length * NODE.line + (node.mark ? NODE.mark : 0), down ? 0 : ports);
    nodes.set(node.id, { node, lines, width, height, x: 0, y: 0 });
    graph.setNode(node.id, { width, height });
  }
  const layer = (id: string): number => drawing.layers[nodes.get(id)!.node.framework] ?? NaN;
  const plates = new Map<number, Plate>();
  for (const edge of drawing.edges) {
    const lines = wrapped(edge.verb, PLATE.most, (text) => measure(text, "verb"));
    const signs = (edge.basis ? 1 : 0) + (edge.exploratory ? 1 : 0);
    const head = measure(String(edge.number), "number") + signs * (PLATE.sign + PLATE.gap) + (edge.rule ? PLATE.gap + measure(edge.rule, "number") : 0);
    const more = aside(edge);
    const width = Math.max(head, measure(more, "name"), ...lines.map((line) => measure(line, "verb"))) + 2 * PLATE.pad;
    const height = PLATE.head + (lines.length + (more ? 1 : 0)) * PLATE.line + PLATE.pad;
    plates.set(edge.number, { lines, aside: more, width, height, x: 0, y: 0 });
    const between = layer(reaching(edge)) - layer(leaving(edge));
    graph.setEdge({ v: leaving(edge), w: reaching(edge), name: String(edge.number) }, { width, height, labelpos: "c", minlen: between > 1 ? between : 1 });
  }
  dagre.layout(graph);
  for (const [id, placed] of nodes) Object.assign(placed, pick(graph.node(id)));
  for (const edge of drawing.edges) Object.assign(plates.get(edge.number)!, pick(graph.edge({ v: leaving(edge), w: reaching(edge), name: String(edge.number) })));

  // Below, `main` runs along the walk and `cross` across it.
  const main = (p: Point): number => (down ? p.y : p.x);
  const cross = (p: Point): number => (down ? p.x : p.y);
  const at = (m: number, c: number): Point => (down ? { x: c, y: m } : { x: m, y: c });
  const half = (b: Box): number => (down ? b.height : b.width) / 2;
  const thick = new Map<number, number>();
  for (const box of [...nodes.values(), ...plates.values()]) thick.set(Math.round(main(box)), Math.max(half(box), thick.get(Math.round(main(box))) ?? 0));

  const inner = new Map<number, Point[]>();
  for (const edge of drawing.edges) {
    const points = graph.edge({ v: leaving(edge), w: reaching(edge), name: String(edge.number) }).points as Point[];
    const way = points.slice(1, -1);
    inner.set(edge.number, way.length ? way : [plates.get(edge.number)!]);
  }
  const port = (edge: StepEdge, out: boolean): number => {
    const id = out ? leaving(edge) : reaching(edge);
    const first = (e: StepEdge): number => cross(out ? inner.get(e.number)![0]! : inner.get(e.number)!.at(-1)!);
    const same = drawing.edges.filter((e) => (out ? leaving(e) : reaching(e)) === id).sort((a, b) => first(a) - first(b) || a.number - b.number);
    return cross(nodes.get(id)!) + (same.indexOf(edge) - (same.length - 1) / 2) * PORT;
  };

  const edges = drawing.edges.map((edge): PlacedEdge => {
    const [source, target] = [nodes.get(leaving(edge))!, nodes.get(reaching(edge))!];
    // Backwards where the walk comes round to an earlier rank.
    const way = main(target) >= main(source) ? 1 : -1;
    const start = at(main(source) + way * half(source), port(edge, true));
    const end = at(main(target) - way * half(target), port(edge, false));
    const joints = drawing.joints.filter((j) => j.second === edge.number);
    const stops: Point[] = [start];
    if (joints.length) stops.push(at(main(start) + way * JOINT.stub, cross(start)));
    for (const p of inner.get(edge.number)!) {
      const t = thick.get(Math.round(main(p))) ?? 0;
      stops.push(at(main(p) - way * t, cross(p)), at(main(p) + way * t, cross(p)));
    }
    stops.push(at(main(end) - way * 12, cross(end)), end);
    let path = `M${place(start)}`;
    for (let i = 1; i < stops.length; i++) {
      const [a, b] = [stops[i - 1]!, stops[i]!];
      if (cross(a) === cross(b)) { path += `L${place(b)}`; continue; }
      const middle = (main(a) + main(b)) / 2;
      path += `C${place(at(middle, cross(a)))} ${place(at(middle, cross(b)))} ${place(b)}`;
    }
    return { edge, source, target, path, start, end, plate: plates.get(edge.number)!, joints };
  });
  const size = graph.graph() as { width?: number; height?: number };
  // Ports and letters can stand beyond what dagre knows of.
  const right = Math.max(size.width ?? 0, ...edges.flatMap((e) => [e.start.x, e.end.x].map((x) => x + JOINT.stub)));
  return { width: Math.ceil(down ? right : size.width ?? 0), height: Math.ceil(size.height ?? 0), down, nodes: [...nodes.values()], edges };
}

function pick(p: Point): Point {
  return { x: p.x, y: p.y };
}

function place(p: Point): string {
  return `${p.x.toFixed(1)} ${p.y.toFixed(1)}`;
}
