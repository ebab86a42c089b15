/**
 * Keeps in the address which records are folded out, so that back, reload and a copied address show the same; opens what a fragment points at.
 * Without it the records fold by themselves, and the address can still say which are open.
 */
import { started } from "./shared/ready";

function startFolds(box: HTMLElement): void {
  const folds = [...box.querySelectorAll<HTMLDetailsElement>("details[data-fold]")];
  const name = (fold: HTMLDetailsElement): string => fold.dataset.fold!;
  const usual = (fold: HTMLDetailsElement): boolean => "foldOpen" in fold.dataset;

  function keep(): void {
    const address = new URL(location.href);
    address.searchParams.delete("open");
    address.searchParams.delete("closed");
    for (const fold of folds) if (fold.open !== usual(fold)) address.searchParams.append(fold.open ? "open" : "closed", name(fold));
    if (address.href !== location.href) history.replaceState(history.state, "", address);
  }
  function follow(): void {
    const found = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    if (!found || !box.contains(found)) return;
    for (let at: HTMLElement | null = found; at && at !== box; at = at.parentElement) if (at instanceof HTMLDetailsElement) at.open = true;
    found.scrollIntoView();
  }

  folds.forEach((fold) => fold.addEventListener("toggle", keep));
  addEventListener("hashchange", follow);
  follow();
  started(box, "folds");
}

document.querySelectorAll<HTMLElement>('[data-island="folds"]').forEach(startFolds);
