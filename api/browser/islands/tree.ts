/**
 * The hierarchy of an edition: fold and open all, filter, hide definitions, and walk it with the arrow keys.
 * Without it each branch still folds by itself. What is folded stands in the address (`folded=`), so that it can be sent and comes back.
 */
import { started } from "./shared/ready";
import { words } from "./shared/words";

function startTree(tree: HTMLElement): void {
  const say = words(tree);
  const branches = [...tree.querySelectorAll<HTMLDetailsElement>("details.node")];
  const nodes = [...tree.querySelectorAll<HTMLElement>(".node")];
  const status = tree.querySelector<HTMLElement>('[data-tree="status"]')!;
  const filter = tree.querySelector<HTMLInputElement>('[data-tree="filter"]')!;
  tree.querySelector<HTMLElement>(".tree-tools")!.hidden = false;

  function remember(): void {
    if (filter.value.trim()) return;
    const address = new URL(location.href);
    address.searchParams.delete("folded");
    branches.filter((b) => !b.open).forEach((b) => address.searchParams.append("folded", b.dataset.curie!));
    history.replaceState(history.state, "", address);
  }
  branches.forEach((branch) => branch.addEventListener("toggle", remember));
  tree.querySelector('[data-tree="open"]')!.addEventListener("click", () => branches.forEach((b) => { b.open = true; }));
  tree.querySelector('[data-tree="fold"]')!.addEventListener("click", () => branches.forEach((b) => { b.open = false; }));
  tree.querySelector('[data-tree="definitions"]')!.addEventListener("change", (event) => {
    tree.classList.toggle("no-definitions", !(event.target as HTMLInputElement).checked);
  });

  // A branch stays where something below it matches.
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLocaleLowerCase();
    let shown = 0;
    const own = (node: HTMLElement): string => (node.querySelector(":scope > summary, :scope > .node-name")!.textContent! + (node.querySelector(":scope > .node-line .node-definition")?.textContent ?? "")).toLocaleLowerCase();
    const visit = (item: Element): boolean => {
      const node = item.querySelector<HTMLElement>(":scope > .node")!;
      const here = !wanted || own(node).includes(wanted);
      const below = [...node.querySelectorAll(":scope > ul > li")].map(visit).some(Boolean);
      (item as HTMLElement).hidden = !(here || below);
      if (here) shown += 1;
      if (wanted && below && node instanceof HTMLDetailsElement) node.open = true;
      return here || below;
    };
    tree.querySelectorAll(".tree-top > li").forEach(visit);
    status.textContent = wanted ? say("framework-js-shown", { n: shown }) : "";
  });

  const visible = (): HTMLElement[] => nodes.map((n) => n.querySelector<HTMLElement>(":scope > summary, :scope > .node-name > a")!).filter((e) => e.checkVisibility());
  tree.addEventListener("keydown", (event) => {
    const node = (event.target as HTMLElement).closest<HTMLElement>("summary, .node-leaf");
    if (!node || !(event.target as HTMLElement).closest("summary, .node-name")) return;
    const branch = node.parentElement instanceof HTMLDetailsElement && node.tagName === "SUMMARY" ? node.parentElement : null;
    const all = visible();
    const at = all.findIndex((e) => e === node || node.contains(e));
    const go = (to: HTMLElement | null | undefined): void => { if (to) { event.preventDefault(); to.focus(); } };
    if (event.key === "ArrowDown") go(all[at + 1]);
    else if (event.key === "ArrowUp") go(all[at - 1]);
    else if (event.key === "Home") go(all[0]);
    else if (event.key === "End") go(all[all.length - 1]);
    else if (event.key === "ArrowRight" && branch) { if (!branch.open) { event.preventDefault(); branch.open = true; } else go(all[at + 1]); }
    else if (event.key === "ArrowLeft") {
      if (branch?.open) { event.preventDefault(); branch.open = false; }
      else go((node.closest("li")!.parentElement!.closest("details.node") as HTMLElement | null)?.querySelector<HTMLElement>(":scope > summary"));
    }
  });
  started(tree, "tree");
}

document.querySelectorAll<HTMLElement>('[data-island="tree"]').forEach(startTree);
