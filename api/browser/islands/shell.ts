/** What every page does with scripts: the switch of the theme, and search as one types. */
import { ready } from "./shared/ready";
import { startSearch } from "./shared/search";

function startThemeSwitch(button: HTMLButtonElement): void {
  const root = document.documentElement;
  const isDark = (): boolean => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  button.hidden = false;
  button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    root.dataset.theme = theme;
    button.setAttribute("aria-pressed", String(theme === "dark"));
    // A browser that keeps nothing shows the choice on this page only.
    try { localStorage.setItem("imri-kg-theme", theme); } catch { /* nothing is kept */ }
  });
}

/** On paper nothing can be folded out: the legend is open there, and as it was afterwards. */
function openLegendOnPaper(): void {
  const legends = [...document.querySelectorAll<HTMLDetailsElement>("details.legend")];
  let shut: HTMLDetailsElement[] = [];
  addEventListener("beforeprint", () => {
    shut = legends.filter((legend) => !legend.open);
    for (const legend of shut) legend.open = true;
  });
  addEventListener("afterprint", () => { for (const legend of shut) legend.open = false; });
}

document.querySelectorAll<HTMLButtonElement>("[data-theme-switch]").forEach(startThemeSwitch);
document.querySelectorAll<HTMLFormElement>('[data-island="search"]').forEach(startSearch);
openLegendOnPaper();
ready("shell");
