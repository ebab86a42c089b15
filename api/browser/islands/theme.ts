/** Sets the theme that was chosen before the page is drawn; loaded first, as a classic script. */
const chosen = (() => { try { return localStorage.getItem("imri-kg-theme"); } catch { return null; } })();
if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
