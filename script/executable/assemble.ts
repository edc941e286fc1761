import { execFileSync } from "node:child_process";
import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { BINARIES, CACHE_WRITER, CHUNKS, LOADER } from "./parts.ts";

/** Node looks for this mark in itself to know that it carries a program. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/**
 * Makes an executable out of its parts (`writeParts`) and a Node, which it is for: that Node runs here, for what it compiles beforehand
 * is good for itself alone. The file appears when it is complete and has said its version.
 */
export async function assemble(parts: string, node: string, file: string): Promise<void> {
  const folder = await mkdtemp(join(dirname(resolve(file)), ".belay-executable-"));
  try {
    const chunks = join(folder, CHUNKS);
    await cp(join(parts, CHUNKS), chunks, { recursive: true });
    run(node, [join(parts, CACHE_WRITER), chunks]);
    const sqlite = join(parts, BINARIES, `${platformOf(node)}.node`);
    const settings = {
      main: join(parts, LOADER),
      output: join(folder, "blob"),
      disableExperimentalSEAWarning: true,
      useCodeCache: true,
      // What a container sets for the Node of its application is not meant for Belay.
      execArgvExtension: "none",
      assets: {
        "sqlite.node": sqlite,
        ...Object.fromEntries((await readdir(chunks)).map((name) => [`./${name}`, join(chunks, name)])),
      },
    };
    await writeFile(join(folder, "settings.json"), JSON.stringify(settings));
    run(node, ["--experimental-sea-config", join(folder, "settings.json")]);
    const made = join(folder, "belay");
    await copyFile(node, made);
    await chmod(made, 0o755);
    const postject = createRequire(import.meta.url).resolve("postject/dist/cli.js");
    run(process.execPath, [postject, made, "NODE_SEA_BLOB", settings.output, "--sentinel-fuse", FUSE]);
    await assertWorks(made, node, folder);
    await rename(made, file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The command line starts, and SQLite is found, unpacked and loaded in it. */
async function assertWorks(made: string, node: string, folder: string): Promise<void> {
  const [database, configuration] = [join(folder, "app.db"), join(folder, "belay.yml")];
  const open = "new (require('node:sqlite').DatabaseSync)(process.argv[1]).exec('create table a (b)')";
  run(node, ["--no-warnings", "-e", open, database]);
  await mkdir(join(folder, "migrations"));
  await writeFile(configuration, `environments: { here: { target: "sqlite:${database}", migrate: sql } }\n`);
  run(made, ["gate", "--config", configuration]);
}

/** As better-sqlite3 names its binaries: `linux-x64`, `linuxmusl-arm64`. */
function platformOf(node: string): string {
  const asked = "process.report.excludeNetwork = true; const { header } = process.report.getReport(); const { platform, arch } = process;";
  return run(node, ["-p", `${asked} platform + (header.glibcVersionRuntime ? "" : "musl") + "-" + arch`]).trim();
}

/** What it says is shown only where it fails. */
function run(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
