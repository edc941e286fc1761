import { resolve } from "node:path";

import { usageError } from "../domain/error.ts";
import type { Target } from "../domain/target.ts";
import { withoutPassword } from "./shown.ts";
import { readTargetUrl } from "./target-url.ts";

/** A database named on the command line (`--into`). A bare path is a SQLite file; relative paths start in `directory`. Throws a usage error. */
export function targetAt(url: string, directory: string): Target {
  const read = readTargetUrl(/^[a-z+]+:|^\w+\s*=/.test(url) ? url : `sqlite:${url}`);
  if (!("engine" in read)) throw usageError("target-url", `${withoutPassword(url)}: ${read.message}`, { hint: read.hint });
  const address = read.engine === "sqlite" ? resolve(directory, read.address) : read.address;
  return { name: read.name, engine: read.engine, address, configured: withoutPassword(url) };
}
