/** The words of an island: messages (Project Fluent) that the page carries, in the page's language. */
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";

export type Say = (name: string, given?: Record<string, FluentVariable>) => string;

/** Reads data that a page carries for a script; null where there is none. */
export function data<T>(within: ParentNode, name: string): T | null {
  const found = within.querySelector(`script[type="application/json"][data-for="${name}"]`);
  return found?.textContent ? (JSON.parse(found.textContent) as T) : null;
}

/** Returns what formats the messages that stand within an element. A message that is missing shows its name. */
export function words(within: ParentNode): Say {
  const source = data<{ lang: string; ftl: string }>(within, "words");
  const bundle = new FluentBundle(source?.lang ?? "en", { useIsolating: false });
  if (source) bundle.addResource(new FluentResource(source.ftl));
  return (name, given) => {
    const message = bundle.getMessage(name);
    return message?.value ? bundle.formatPattern(message.value, given) : name;
  };
}
