/** Says that the islands of a page can be used; tests and measurements wait for it. */

const waiting = new Set<string>();
let shellDone = false;

/** Names an island that the page has and that is not ready yet. */
export function wait(name: string): void {
  waiting.add(name);
}

/** Says that an island can be used. The page is ready when its shell and every island that has called `wait` are. */
export function ready(name: string): void {
  waiting.delete(name);
  if (name === "shell") shellDone = true;
  // Islands are modules that run one after the other; the last of them finds nobody waiting.
  queueMicrotask(() => {
    const asked = document.querySelectorAll("[data-island]").length;
    const done = document.querySelectorAll("[data-island-ready]").length;
    if (shellDone && waiting.size === 0 && asked === done && !document.documentElement.dataset.ready) {
      performance.mark("islands-ready");
      document.documentElement.dataset.ready = "true";
    }
  });
}

/** Marks an island's element as ready. */
export function started(element: HTMLElement, name: string): void {
  element.dataset.islandReady = "";
  ready(name);
}
