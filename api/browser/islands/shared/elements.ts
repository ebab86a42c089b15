/** Elements made in one call; texts are never read as markup. */

type Given = { [name: string]: string | number | boolean | undefined | ((event: Event) => void) };

/** Makes an element: values are attributes (false and undefined leave them out), functions are listeners. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, given: Given = {}, ...content: (Node | string)[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...content);
  return made;
}
