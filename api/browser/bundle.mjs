// Bundles islands/*.ts and styles/*.css into the folder that the server serves under /static/.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { argv, pid } from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { licenceTexts } from "./licences.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const TARGET = argv[2] ?? join(HERE, "..", "imri_kg_api", "explorer", "built");

/** Every file under a folder, except those whose names begin with a dot. */
function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith("."))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)]));
}

/** The digest of all that the bundle is made from; make_bundle.py counts the same way. */
function sourcesDigest() {
  const single = ["bundle.mjs", "licences.mjs", "package.json", "package-lock.json", "tsconfig.json"].map((name) => join(HERE, name));
  const folders = ["islands", "licences", "styles"].flatMap((name) => filesUnder(join(HERE, name)));
  const names = [...single, ...folders].map((file) => relative(HERE, file).replaceAll("\\", "/")).sort();
  const digest = createHash("sha256");
  for (const name of names) {
    const content = createHash("sha256").update(readFileSync(join(HERE, name))).digest("hex");
    digest.update(`${name}\0${content}\n`);
  }
  return digest.digest("hex");
}

/** The entries of a folder: its own files of that ending, in the order of their names. */
function entries(folder, ending) {
  return readdirSync(join(HERE, folder))
    .filter((name) => name.endsWith(ending) && !name.endsWith(".d.ts") && !name.startsWith("."))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** Packages that were written for Node too ask for these modules and do without them in a browser. */
const withoutNode = {
  name: "without-node",
  setup(builder) {
    builder.onResolve({ filter: /^(node:)?(util|fs|path|crypto|stream)$/ }, ({ path }) => ({ path, namespace: "without-node" }));
    builder.onLoad({ filter: /.*/, namespace: "without-node" }, () => ({ contents: "module.exports = {};", loader: "js" }));
  },
};

/** The chunks that a script needs before it runs: its static imports, and theirs. */
function staticImports(outputs, path, found = new Set()) {
  for (const { path: next, kind } of outputs[path].imports) {
    if (kind === "import-statement" && outputs[next] && !found.has(next)) {
      found.add(next);
      staticImports(outputs, next, found);
    }
  }
  return found;
}

const sources = sourcesDigest();
const result = await build({
  absWorkingDir: HERE,
  entryPoints: [...entries("islands", ".ts"), ...entries("styles", ".css")],
  outdir: TARGET,
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  platform: "browser",
  preserveSymlinks: true,
  minify: true,
  charset: "utf8",
  legalComments: "none",
  loader: { ".woff2": "file", ".svg": "file", ".png": "file" },
  plugins: [withoutNode],
  metafile: true,
  write: false,
  logLevel: "warning",
});

const outputs = result.metafile.outputs;
const manifest = { fonts: [], imports: {}, scripts: {}, sources, styles: {} };
for (const path of Object.keys(outputs).sort()) {
  const { entryPoint, cssBundle } = outputs[path];
  if (cssBundle) {
    throw new Error(`${entryPoint} imports a style sheet. Import it in a file of styles/ instead: a page names its sheets itself.`);
  }
  if (entryPoint?.endsWith(".ts")) {
    const name = basename(entryPoint, ".ts");
    manifest.scripts[name] = basename(path);
    manifest.imports[name] = [...staticImports(outputs, path)].map((chunk) => basename(chunk)).sort();
  } else if (entryPoint?.endsWith(".css")) {
    manifest.styles[basename(entryPoint, ".css")] = basename(path);
  } else if (/-normal-[^-]+\.woff2$/.test(path)) {
    manifest.fonts.push(basename(path));
  }
}

const licences = licenceTexts(HERE, Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs)));

// Written beside the folder and then renamed, so that a half-made bundle never stands.
const fresh = `${TARGET}.new-${pid}`;
const old = `${TARGET}.old-${pid}`;
rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });
for (const { path, contents } of result.outputFiles) writeFileSync(join(fresh, basename(path)), contents);
writeFileSync(join(fresh, "LICENSES.txt"), licences);
writeFileSync(join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
for (let left = 9; ; left -= 1) {
  try {
    if (existsSync(TARGET)) renameSync(TARGET, old);
    renameSync(fresh, TARGET);
    break;
  } catch (error) {
    // Somebody else's bundle came in between; it is replaced in its turn.
    if (left === 0) throw error;
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}
