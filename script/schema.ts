/** Writes `schema/belay.schema.json`, which editors use and the configuration reference is made from. `--check` only compares. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { jsonSchema } from "./schema/json-schema.ts";

const file = fileURLToPath(new URL("../schema/belay.schema.json", import.meta.url));
const generated = jsonSchema();

if (process.argv.includes("--check")) {
  if ((await readFile(file, "utf8")) !== generated) {
    console.error("schema/belay.schema.json is not what src/config/schema.ts says; run: node script/schema.ts");
    process.exitCode = 1;
  }
} else {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, generated);
}
