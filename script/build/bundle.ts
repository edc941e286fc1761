import { join } from "node:path";
import { rolldown, type OutputChunk, type Plugin } from "rolldown";
import { minifySync } from "rolldown/utils";
import { packageOf } from "./package-of.ts";

export interface Bundle {
  /** Chunks by file name. */
  readonly chunks: ReadonlyMap<string, string>;
  /** Absolute paths of the modules whose code is in the chunks. */
  readonly modules: readonly string[];
}

export interface BundleShape {
  readonly format: "esm" | "cjs";
  /** The module, from the root, that takes the place of better-sqlite3's own loader. */
  readonly sqliteBinding: string;
}

/** `dist/`: the binaries lie beside the chunks. */
const IN_A_FOLDER: BundleShape = { format: "esm", sqliteBinding: "script/build/sqlite-binding.ts" };

/**
 * Bundles the entries. Entry and chunk files lie side by side, so that what finds a neighbour by its own place (the SQLite binaries,
 * the process that hosts SQLite) finds it from every chunk. What is imported late becomes a chunk of its own. Names stay as written:
 * a stack trace from `dist/` reads like one from `src/`.
 */
export async function bundle(root: string, entries: Readonly<Record<string, string>>, shape: BundleShape = IN_A_FOLDER): Promise<Bundle> {
  const sqlite = carriedSqlite(root, shape.sqliteBinding);
  await using build = await rolldown({
    cwd: root,
    input: { ...entries },
    platform: "node",
    // The actions' toolkit does nothing when it is imported, and does not say so: only what is used of it comes along, and so not the
    // HTTP client that it would load at every start.
    treeshake: { moduleSideEffects: (id) => !TOOLKIT.includes(packageOf(root, id) ?? "") },
    // Paths as they stand under the root: they are in the output, as comments, and must not tell where node_modules really lies.
    // For Node, yaml offers CommonJS, of which nothing can be left out; its ES modules are the same code.
    resolve: { symlinks: false, alias: { yaml: join(root, "node_modules/yaml/browser/dist/index.js") } },
    plugins: [sqlite.plugin],
    onLog(level, log) {
      if (level === "warn") throw new Error(`bundling: ${log.message}`);
    },
  });
  const { output } = await build.generate({
    format: shape.format,
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    // One chunk for each package: a change of Belay's own code leaves them as they are, and each loads only where it is needed. The nouns
    // that everybody imports are one chunk too: a file costs more than what stands in it.
    codeSplitting: {
      groups: [
        { debugName: "packages", name: (module) => chunkOfPackage(packageOf(root, module)) },
        { debugName: "domain", name: (module) => (module.startsWith(join(root, "src/domain/")) ? "domain" : null) },
        ...TOGETHER.map(({ chunk, modules }) => ({
          debugName: chunk,
          name: (module: string) => (modules.some((path) => module === join(root, path)) ? chunk : null),
        })),
      ],
    },
    minify: "dce-only",
    comments: { legal: false, annotation: false, jsdoc: false },
    sourcemap: false,
  });
  const chunks = output.filter((file) => file.type === "chunk");
  if (!sqlite.replaced())
    throw new Error("bundling: better-sqlite3's loader was not met where it is expected, so dist/ would not find its binaries");
  return { chunks: new Map(chunks.map((chunk) => [chunk.fileName, finished(chunk, shape)])), modules: modulesOf(chunks) };
}

/**
 * Modules that share a chunk with everything that they import, less what an earlier line took: what the commands that only look load,
 * and of that first what the process that hosts SQLite loads, too.
 */
const TOGETHER = [
  { chunk: "secrets", modules: ["src/process/secret-forms.ts"] },
  { chunk: "reading", modules: ["src/engine/sqlite/read-view.ts", "src/engine/sqlite/state.ts"] },
  { chunk: "looking", modules: ["src/wire.ts", "src/run/look.ts", "src/run/gate.ts"] },
];

const TOOLKIT: readonly string[] = ["@actions/core", "@actions/github", "@actions/http-client"];

const PACKAGE = "npm-";

/** Belay's own code keeps its names and lines; that of packages is read at every start and by nobody, so it is made small. */
function finished({ fileName, code }: OutputChunk, { format }: BundleShape): string {
  if (!fileName.startsWith(PACKAGE)) return code;
  const { code: small, errors } = minifySync(fileName, code, { module: format === "esm", codegen: { removeWhitespace: true } });
  const [error] = errors;
  if (error !== undefined) throw new Error(`making ${fileName} small: ${error.message}`);
  return `${small}\n`;
}

function chunkOfPackage(name: string | null): string | null {
  return name === null || name === "rolldown" ? null : `${PACKAGE}${name.replace(/^@/, "").replace("/", "-")}`;
}

function modulesOf(chunks: readonly OutputChunk[]): string[] {
  const rendered = chunks.flatMap((chunk) => Object.entries(chunk.modules).filter(([, module]) => module.renderedLength > 0));
  return [...new Set(rendered.map(([id]) => id))].toSorted();
}

function carriedSqlite(root: string, binding: string): { readonly plugin: Plugin; readonly replaced: () => boolean } {
  let replaced = false;
  const plugin: Plugin = {
    name: "carried-sqlite",
    load: {
      filter: { id: join(root, "node_modules/better-sqlite3/lib/binding.js") },
      handler: () => {
        replaced = true;
        return { code: `export { getBinding } from ${JSON.stringify(join(root, binding))};`, moduleType: "ts" };
      },
    },
  };
  return { plugin, replaced: () => replaced };
}
