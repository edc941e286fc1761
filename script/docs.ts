/** Writes the pages of `docs/` that are made from data: the configuration reference and the exit codes. `--check` only compares. */

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { configuration } from "./docs/configuration.ts";
import { exitCodes } from "./docs/exit-codes.ts";
import { jsonSchema } from "./schema/json-schema.ts";

const PAGES: Readonly<Record<string, () => string>> = {
  "configuration.md": () => configuration(jsonSchema()),
  "exit-codes.md": exitCodes,
};

for (const [name, generate] of Object.entries(PAGES)) {
  const file = fileURLToPath(new URL(`../docs/${name}`, import.meta.url));
  if (!process.argv.includes("--check")) {
    await writeFile(file, generate());
  } else if ((await readFile(file, "utf8")) !== generate()) {
    console.error(`docs/${name} is not what the sources say; run: node script/docs.ts`);
    process.exitCode = 1;
  }
}
