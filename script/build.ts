/**
 * Builds `dist/`, which is committed: what runs without node_modules. The same sources give the same bytes on every machine.
 * `node script/build.ts` writes it; `node script/build.ts --check` compares it with a fresh build and writes nothing. BELAY_DIST names
 * another folder, to try a build without touching the committed one.
 */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { bundle } from "./build/bundle.ts";
import { type BuiltFile, type BuiltFolder, differences, write } from "./build/folder.ts";
import { notices } from "./build/notices.ts";

const root = join(import.meta.dirname, "..");
const dist = process.env["BELAY_DIST"] ?? join(root, "dist");

async function build(): Promise<BuiltFolder> {
  const { chunks, modules } = await bundle(root, {
    belay: "src/cli.ts",
    "sqlite-host": "src/engine/sqlite/host.ts",
    index: "src/action.ts",
    post: "src/post.ts",
  });
  return new Map<string, BuiltFile>([
    ["cli.js", { content: await readFile(join(root, "script/build/entry.js")), executable: true }],
    ...[...chunks].map(([name, code]) => [name, text(code)] as const),
    ["package.json", text('{ "type": "module" }\n')],
    ["THIRD-PARTY-NOTICES.txt", text(await notices(root, modules))],
    ...(await sqliteBinaries()),
  ]);
}

async function sqliteBinaries(): Promise<(readonly [string, BuiltFile])[]> {
  const folder = join(root, "node_modules/better-sqlite3/prebuilds");
  const names = (await readdir(folder)).toSorted();
  return Promise.all(
    names.map(async (name) => [`prebuilds/${name}`, { content: await readFile(join(folder, name)), executable: false }] as const),
  );
}

function text(content: string): BuiltFile {
  return { content: Buffer.from(content), executable: false };
}

const built = await build();
if (process.argv.includes("--check")) {
  const found = await differences(dist, built);
  for (const line of found) console.error(`dist/${line}`);
  if (found.length > 0) {
    console.error("dist/ is not what the sources give: run `npm run build` and commit dist/");
    process.exitCode = 1;
  }
} else {
  await write(dist, built);
  console.log(`dist/ written: ${built.size} files`);
}
