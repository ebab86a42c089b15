/**
 * The SPARQL page: the editor of YASGUI (yasqe) in place of the text field, and answers without loading the page anew.
 * The server makes the answer as a page, with and without scripts, so that both look the same; this only puts it in its place.
 */
import { started, wait } from "./shared/ready";
import { data, words, type Say } from "./shared/words";
import type { Yasqe } from "@zazuko/yasqe";

/** CURIE and label of a term. */
type Term = [string, string];
/** What the editor hands to what completes; its own types name a package of types that is not there. */
interface Token { string: string; start: number; end: number }

const MOST_HINTS = 60;

wait("sparql");

/** Returns the declarations of our prefixes that a query uses and does not declare. */
function undeclared(query: string, prefixes: Map<string, string>): string[] {
  // Names do not stand in IRIs, strings and comments.
  const code = query.replace(/<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#.*/g, " ");
  const declared = new Set([...code.matchAll(/\bPREFIX\s+([\w-]*):/gi)].map(([, prefix]) => prefix));
  const used = new Set([...code.matchAll(/(?<![\w?$:.-])([A-Za-z][\w-]*):/g)].map(([, prefix]) => prefix!));
  return [...used].filter((prefix) => prefixes.has(prefix) && !declared.has(prefix)).sort().map((prefix) => `PREFIX ${prefix}: <${prefixes.get(prefix)}>`);
}

async function makeEditor(place: HTMLElement, query: string, root: HTMLElement, prefixes: Map<string, string>, say: Say, ask: () => void): Promise<Yasqe> {
  const { default: Editor } = await import("@zazuko/yasqe");
  const terms = (data<Term[]>(root, "terms") ?? []).map(([curie, label]): [string, string, string] => [curie, label, `${curie} ${label}`.toLowerCase()]);
  const labels = new Map(terms.map(([curie, label]) => [curie, label]));
  // Only what is ours completes: those that come with the editor ask other hosts, or offer prefixes that the graph does not use.
  Editor.defaults.autocompleters = [];
  Editor.forkAutocompleter("prefixes", {
    name: "our-prefixes", persistenceId: undefined, bulk: true, autoShow: true, get: () => [...prefixes].map(([prefix, namespace]) => `${prefix}: <${namespace}>`),
  });
  Editor.registerAutocompleter({
    name: "our-terms", bulk: false, autoShow: true,
    isValidCompletionPosition: (editor) => {
      const cursor = editor.getDoc().getCursor();
      const token = editor.getCompleteToken() as unknown as Token;
      return token.end === cursor.ch && /^[A-Za-z][\w-]*:[\w.-]*$/.test(token.string) && !/^\s*PREFIX\b/i.test(editor.getDoc().getLine(cursor.line));
    },
    get: (_editor, token) => {
      const written = (token as unknown as Token | undefined)?.string ?? "";
      const typed = written.toLowerCase();
      const [prefix, rest] = [typed.slice(0, typed.indexOf(":") + 1), typed.slice(typed.indexOf(":") + 1)];
      // A name that is whole is not in the way of the next line.
      if (!prefix || labels.has(written)) return [];
      const own = terms.filter(([, , text]) => text.startsWith(prefix));
      // Classes and properties differ in case alone: what is typed in its own case comes first.
      const begins = own.filter(([, , text]) => text.startsWith(typed)).sort(([a], [b]) => Number(b.startsWith(written)) - Number(a.startsWith(written)));
      const holds = rest.length > 1 ? own.filter((term) => term[2].includes(rest) && !begins.includes(term)) : [];
      return [...begins, ...holds].slice(0, MOST_HINTS).map(([curie]) => curie);
    },
    postprocessHints: (_editor, hints) => hints.map((hint) => ({ ...hint, displayText: `${hint.text}  ${labels.get(hint.text) ?? ""}` })),
  }, false);
  Editor.defaults.autocompleters = ["variables", "our-prefixes", "our-terms"];
  const editor = new Editor(place, {
    value: query, persistenceId: null, consumeShareLink: null, createShareableLink: null, showQueryButton: false, resizeable: false,
    editorHeight: "auto", prefixCcApi: null, lineWrapping: true, screenReaderLabel: say("sparql-js-editor"), viewportMargin: Infinity,
    // The keyboard gets out of the editor as it came in.
    extraKeys: { Tab: false, "Shift-Tab": false, "Ctrl-Enter": ask, "Cmd-Enter": ask, "Ctrl-S": false, "Shift-Ctrl-F": false },
  } as object);
  // What the editor says of a line when the mouse is on it has styles within its text, which the policy of the page forbids; the server says it better.
  place.addEventListener("mouseover", (event) => { if ((event.target as Element).closest(".parseErrorIcon")) event.stopPropagation(); }, true);
  return editor;
}

async function startSparql(root: HTMLElement): Promise<void> {
  const say = words(root);
  const form = root.querySelector<HTMLFormElement>(".sparql-form")!;
  const field = form.querySelector<HTMLTextAreaElement>("textarea")!;
  const status = form.querySelector<HTMLElement>("[data-status]")!;
  const stop = form.querySelector<HTMLButtonElement>("[data-stop]")!;
  const results = (): HTMLElement => root.querySelector<HTMLElement>("#results")!;
  const place = form.querySelector<HTMLElement>(".sparql-editor")!;
  const first = data<string>(root, "first") ?? "";
  let asking: AbortController | null = null;
  let texts: Promise<Map<string, string>> | null = null;

  form.querySelector<HTMLElement>("[data-no-script]")!.hidden = true;
  const prefixes = new Map(data<[string, string][]>(root, "prefixes") ?? []);
  /** Lines that the editor has before the query that the page was asked with. */
  let before = undeclared(field.value, prefixes).length;
  const declared = (query: string): string => [...undeclared(query, prefixes), query].join("\n");
  const editor = await makeEditor(place, declared(field.value), root, prefixes, say, () => void ask());
  const box = place.querySelector<HTMLElement>(".yasqe")!;
  box.querySelector("textarea")!.setAttribute("aria-describedby", "query-hint");
  form.querySelector("label")!.addEventListener("click", (event) => { if (field.hidden) { event.preventDefault(); editor.focus(); } });
  // Lines beyond the height of the editor can be scrolled to by keyboard too.
  const lines = box.querySelector<HTMLElement>(".CodeMirror-scroll")!;
  lines.setAttribute("role", "group");
  lines.setAttribute("aria-label", say("sparql-js-lines"));
  const reachable = (): void => { const size = editor.getScrollInfo(); lines.tabIndex = size.height > size.clientHeight ? 0 : -1; };
  editor.on("update" as never, reachable);
  addEventListener("resize", reachable);
  reachable();
  const plain = form.querySelector<HTMLButtonElement>("[data-plain]")!;
  const current = (): string => (field.hidden ? editor.getValue() : field.value);
  const focus = (): void => (field.hidden ? editor.focus() : field.focus());
  /** Shows the plain text field, which screen readers read better, in place of the editor. */
  function usePlain(on: boolean): void {
    const query = current();
    field.hidden = !on;
    box.hidden = on;
    plain.setAttribute("aria-pressed", String(on));
    put(query);
  }
  function put(query: string): void {
    if (field.hidden) {
      editor.getDoc().setValue(query);
      editor.getDoc().setCursor({ line: 0, ch: 0 });
      editor.refresh();
    } else field.value = query;
  }
  field.hidden = true;
  plain.hidden = false;
  plain.addEventListener("click", () => usePlain(Boolean(field.hidden)));
  field.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); void ask(); } });

  const addressOf = (query: string): string => `${form.action}?${new URLSearchParams({ query })}`;
  const fits = (address: string): boolean => address.length - location.origin.length < Number(root.dataset.limit);

  /** Asks what stands in the editor, or a query of the history, and shows the answer. */
  async function ask(query = current(), remember = true): Promise<void> {
    if (!query.trim()) { focus(); return; }
    asking?.abort();
    const mine = (asking = new AbortController());
    const address = addressOf(query);
    status.textContent = say("sparql-js-asking");
    stop.hidden = false;
    try {
      const reply = fits(address)
        ? await fetch(address, { headers: { Accept: "text/html" }, signal: mine.signal })
        : await fetch(form.action, { method: "POST", body: new URLSearchParams({ query }), headers: { Accept: "text/html" }, signal: mine.signal });
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      const made = page.getElementById("results");
      if (!made) throw new Error(page.title);
      // A query too long for an address has none, and the one before must not stand for it.
      if (remember) history.pushState({ query }, "", fits(address) ? address : form.action);
      results().replaceWith(document.importNode(made, true));
      before = current() === query ? 0 : undeclared(query, prefixes).length;
      decorate();
      status.textContent = results().querySelector<HTMLElement>("[data-said]")?.dataset.said ?? "";
      results().scrollIntoView({ block: "nearest" });
    } catch (error) {
      if (asking === mine) status.textContent = say((error as Error).name === "AbortError" ? "sparql-js-stopped" : "sparql-js-failed");
    } finally {
      if (asking === mine) { asking = null; stop.hidden = true; }
    }
  }

  /** Adds the way to the place that a refusal names. */
  function decorate(): void {
    const said = results().querySelector<HTMLElement>("[data-line]");
    if (!said) return;
    const place = { line: Number(said.dataset.line) - 1 + before, ch: Number(said.dataset.column) - 1 };
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = say("sparql-js-go");
    button.addEventListener("click", () => {
      if (field.hidden) editor.getDoc().setSelection(place, { line: place.line, ch: place.ch + 1 });
      else {
        const at = field.value.split("\n").slice(0, place.line).reduce((sum, line) => sum + line.length + 1, place.ch);
        field.setSelectionRange(at, at + 1);
      }
      focus();
    });
    said.append(" ", button);
  }

  const fill = (query: string): void => put(declared(query));

  /** Texts of the stored queries by name, asked for once. */
  function stored(): Promise<Map<string, string>> {
    texts ??= fetch(root.dataset.queries!, { headers: { Accept: "application/json" } })
      .then((reply) => { if (!reply.ok) throw new Error(String(reply.status)); return reply.json() as Promise<{ items: { name: string; sparql: string }[] }>; })
      .then(({ items }) => new Map(items.map(({ name, sparql }) => [name, sparql])));
    return texts;
  }

  form.addEventListener("submit", (event) => { event.preventDefault(); void ask(); });
  stop.addEventListener("click", () => asking?.abort());
  root.querySelectorAll<HTMLAnchorElement>("[data-example]").forEach((link) => link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    stored().then((all) => {
      fill(all.get(link.dataset.example!)!);
      status.textContent = say("sparql-js-filled");
      place.scrollIntoView({ block: "nearest" });
      focus();
    }).catch(() => location.assign(link.href));
  }));
  addEventListener("popstate", () => {
    const query = new URLSearchParams(location.search).get("query");
    fill(query ?? first);
    if (query !== null) void ask(query, false);
    else { asking?.abort(); results().hidden = true; status.textContent = ""; }
  });
  decorate();
  started(root, "sparql");
}

document.querySelectorAll<HTMLElement>('[data-island="sparql"]').forEach((root) => void startSparql(root));
