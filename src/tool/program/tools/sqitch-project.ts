/** Where a Sqitch project keeps its plan and scripts, as its `sqitch.conf` says. */

import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { messageOf, refusal } from "../../../domain/error.ts";
import type { EngineName } from "../../../domain/target.ts";
import type { Place } from "../definition.ts";
import { parsePlan, type SqitchPlan } from "./sqitch-plan.ts";

export interface SqitchProject extends SqitchPlan {
  /** Absolute. */
  readonly plan: string;
  readonly deploy: string;
  readonly revert: string;
  /** Of a script, without the dot. */
  readonly extension: string;
  /** A schema; for SQLite a file beside the target, as it is written. */
  readonly registry: string;
}

const ENGINES: Readonly<Record<EngineName, string>> = { sqlite: "sqlite", postgres: "pg" };

/** Throws `tool-not-configured` where there is no plan, or none that can be read. */
export async function readProject({ directory, target, options }: Place): Promise<SqitchProject> {
  const settings = parseConf(await readFile(join(directory, "sqitch.conf"), "utf8").catch(() => ""));
  const given = options["directory"];
  const at = (key: string) => settings.get(`engine.${ENGINES[target.engine]}.${key}`) ?? settings.get(`core.${key}`);
  const top = resolve(directory, typeof given === "string" ? given : (at("top_dir") ?? "."));
  const plan = resolve(directory, at("plan_file") ?? join(top, "sqitch.plan"));
  return {
    ...(await readPlan(plan)),
    plan,
    deploy: resolve(directory, at("deploy_dir") ?? join(top, "deploy")),
    revert: resolve(directory, at("revert_dir") ?? join(top, "revert")),
    extension: at("extension") ?? "sql",
    registry: at("registry") ?? "sqitch",
  };
}

async function readPlan(path: string): Promise<SqitchPlan> {
  try {
    return parsePlan(await readFile(path, "utf8"));
  } catch (error) {
    throw refusal("tool-not-configured", `reading Sqitch's plan ${path}: ${messageOf(error)}`, {
      hint: "say where the project is (migrate.project), or where its plan and scripts are (migrate.directory)",
      cause: error,
    });
  }
}

/** Git's way to write settings: `[core]`, `[engine "pg"]`, `key = value`. Keys as `core.top_dir`. */
export function parseConf(text: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  let section = "";
  for (const line of text.split(/\r?\n/)) {
    const [, name, sub] = /^\s*\[\s*([\w.-]+)(?:\s+"([^"]*)")?\s*\]/.exec(line) ?? [];
    if (name !== undefined) section = sub === undefined ? name.toLowerCase() : `${name.toLowerCase()}.${sub}`;
    const [, key, value] = /^\s*([A-Za-z][\w-]*)\s*=\s*(.*?)\s*(?:[#;].*)?$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) settings.set(`${section}.${key.toLowerCase()}`, value.replace(/^"(.*)"$/, "$1"));
  }
  return settings;
}
