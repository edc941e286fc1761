/** Writes the pages of `docs/` that are made from data: the configuration reference, the exit codes, the action's tables, the tools. `--check` only compares. */

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { action } from "./docs/action.ts";
import { configuration } from "./docs/configuration.ts";
import { PROGRAM_TOOLS } from "../src/wire/program-tools.ts";
import { exitCodes } from "./docs/exit-codes.ts";
import { tools } from "./docs/tools.ts";
import { jsonSchema } from "./schema/json-schema.ts";

const definitions = await Promise.all(Object.values(PROGRAM_TOOLS).map((load) => load()));

/** Each from what the page is now, which those that are written whole do not need. */
const PAGES: Readonly<Record<string, (page: string) => string>> = {
  "action.md": action,
  "configuration.md": () => configuration(jsonSchema()),
  "exit-codes.md": exitCodes,
  "tools.md": () => tools(definitions),
};

for (const [name, generate] of Object.entries(PAGES)) {
  const file = fileURLToPath(new URL(`../docs/${name}`, import.meta.url));
  const page = await readFile(file, "utf8");
  const made = generate(page);
  if (!process.argv.includes("--check")) {
    await writeFile(file, made);
  } else if (page !== made) {
    console.error(`docs/${name} is not what the sources say; run: node script/docs.ts`);
    process.exitCode = 1;
  }
}
