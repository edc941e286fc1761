import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseSync } from "oxc-parser";

export interface Import {
  /** Path under the root of the file that imports, with `/`. */
  readonly from: string;
  /** The same of the file that is imported; a package or `node:` module as it is written; an empty string where an expression decides. */
  readonly to: string;
  /** `import type`, or nothing but types by name: gone at run time. */
  readonly typeOnly: boolean;
}

/** Every import below some folders of a root, dynamic ones and re-exports too. Throws on a file that does not parse. */
export function importsBelow(root: string, folders: readonly string[]): Import[] {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file).replaceAll("\\", "/")),
  );
  return files.filter((file) => file.endsWith(".ts")).flatMap((file) => importsOf(root, file));
}

function importsOf(root: string, file: string): Import[] {
  const source = readFileSync(join(root, file), "utf8");
  const { module, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const target = (specifier: string) =>
    specifier.startsWith(".") ? relative(root, join(root, dirname(file), specifier)).replaceAll("\\", "/") : specifier;
  const statics = module.staticImports.map(({ moduleRequest, entries }) => ({
    from: file,
    to: target(moduleRequest.value),
    typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
  }));
  const reExports = module.staticExports.flatMap(({ entries }) =>
    entries
      .filter((entry) => entry.moduleRequest !== null)
      .map((entry) => ({ from: file, to: target(entry.moduleRequest?.value ?? ""), typeOnly: entry.isType })),
  );
  const dynamics = module.dynamicImports.map(({ moduleRequest }) => ({
    from: file,
    to: target(literal(source.slice(moduleRequest.start, moduleRequest.end))),
    typeOnly: false,
  }));
  return [...statics, ...reExports, ...dynamics];
}

function literal(expression: string): string {
  return /^(["'`])([^"'`$]+)\1$/.exec(expression)?.[2] ?? "";
}
