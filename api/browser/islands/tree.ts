/**
 * The hierarchy of an edition: fold and open all, filter, hide definitions, and walk it with the arrow keys.
 * Without it each branch still folds by itself. What is folded stands in the address (`folded=`), so that it can be sent and comes back.
 */
import { started } from "./shared/ready";
import { words } from "./shared/words";

/** Returns what folds below a node; null for a leaf. */
function branchOf(node: Element): HTMLDetailsElement | null {
  return node.querySelector<HTMLDetailsElement>(":scope > details.branch");
}

function startTree(tree: HTMLElement): void {
  const say = words(tree);
  const branches = [...tree.querySelectorAll<HTMLDetailsElement>("details.branch")];
  const names = [...tree.querySelectorAll<HTMLElement>(".node > .node-name > a")];
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
    const own = (node: Element): string => (node.querySelector(":scope > .node-name")!.textContent! + (node.querySelector(":scope > .node-line .node-definition")?.textContent ?? "")).toLocaleLowerCase();
    const visit = (node: Element): boolean => {
      const branch = branchOf(node);
      const here = !wanted || own(node).includes(wanted);
      const below = [...(branch?.querySelectorAll(":scope > ul > li") ?? [])].map(visit).some(Boolean);
      (node as HTMLElement).hidden = !(here || below);
      if (here) shown += 1;
      if (wanted && below && branch) branch.open = true;
      return here || below;
    };
    tree.querySelectorAll(".tree-top > li").forEach(visit);
    status.textContent = wanted ? say("framework-js-shown", { n: shown }) : "";
  });

  tree.addEventListener("keydown", (event) => {
    const name = (event.target as HTMLElement).closest<HTMLElement>(".node-name > a");
    if (!name) return;
    const node = name.closest(".node")!;
    const branch = branchOf(node);
    const all = names.filter((n) => n.checkVisibility());
    const at = all.indexOf(name);
    const go = (to: HTMLElement | null | undefined): void => { if (to) { event.preventDefault(); to.focus(); } };
    const fold = (open: boolean): void => { event.preventDefault(); branch!.open = open; };
    if (event.key === "ArrowDown") go(all[at + 1]);
    else if (event.key === "ArrowUp") go(all[at - 1]);
    else if (event.key === "Home") go(all[0]);
    else if (event.key === "End") go(all[all.length - 1]);
    else if (event.key === "ArrowRight" && branch) { if (branch.open) go(all[at + 1]); else fold(true); }
    else if (event.key === "ArrowLeft") { if (branch?.open) fold(false); else go(node.parentElement!.closest(".node")?.querySelector<HTMLElement>(":scope > .node-name > a")); }
  });
  started(tree, "tree");
}

document.querySelectorAll<HTMLElement>('[data-island="tree"]').forEach(startTree);
