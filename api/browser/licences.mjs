// Collects the licences of the packages that are in the bundle.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const LICENCE = /^(licen[cs]e|copying)(\.(md|txt))?$/i;

/** The package that a path is in, as its place under the folder, or null when it is our own. */
function packageOf(path) {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? null;
}

/** Where a package finds another: beside it, or in a folder further up, as Node looks it up. */
function placeOf(here, name, from) {
  for (let at = from; ; at = at.slice(0, at.lastIndexOf("/node_modules/"))) {
    const place = `${at}/node_modules/${name}`;
    if (existsSync(join(here, place))) return place;
    if (!at.includes("/node_modules/")) break;
  }
  const place = `node_modules/${name}`;
  if (existsSync(join(here, place))) return place;
  throw new Error(`${from} needs ${name}, which is not installed. Run npm ci in api/browser.`);
}

/**
 * The licences as one text, in the order of the packages' names.
 *
 * Some packages are published with what they need already built in, which no list of inputs tells: so the dependencies of a package count with it.
 * The text of a package that is published without one stands in licences/, named after the package or, for one like "@scope/name", after its scope.
 */
export function licenceTexts(here, inputs) {
  const waiting = [...new Set(inputs.map(packageOf))].filter(Boolean);
  const found = new Map();
  while (waiting.length) {
    const place = waiting.pop();
    if (found.has(place)) continue;
    const about = JSON.parse(readFileSync(join(here, place, "package.json"), "utf8"));
    found.set(place, about);
    waiting.push(...Object.keys(about.dependencies ?? {}).map((name) => placeOf(here, name, place)));
  }
  const texts = [...found].map(([place, about]) => {
    const own = readdirSync(join(here, place)).sort().find((name) => LICENCE.test(name));
    const file = own ? join(here, place, own) : join(here, "licences", `${about.name.split("/")[0]}.txt`);
    if (!existsSync(file)) throw new Error(`${about.name} ${about.version} comes without the text of its licence. Put the text into ${file}.`);
    const text = readFileSync(file, "utf8").replaceAll("\r\n", "\n").trim();
    const licence = about.license ?? about.licenses?.map(({ type }) => type).join(" and ");
    return `${about.name} ${about.version} (${licence})\n\n${text}\n`;
  });
  return `What a browser loads from here holds these packages, under these licences.\n\n${texts.sort().join(`\n${"-".repeat(72)}\n\n`)}`;
}
