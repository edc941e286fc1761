/** A project in a temporary folder, on which Belay and the others are measured. */

import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { Result } from "../src/domain/result.ts";
import { type Ran, run, type Surroundings } from "./timed.ts";

/** What is committed; BELAY_DIST names another build. */
export const CLI = join(process.env["BELAY_DIST"] ?? join(import.meta.dirname, "../dist"), "cli.js");

export class Site {
  readonly directory: string;
  readonly database: string;

  constructor(directory: string) {
    this.directory = directory;
    this.database = join(directory, "app.db");
    mkdirSync(directory, { recursive: true });
    this.write("belay.yml", "environments:\n  prod:\n    target: sqlite:app.db\n    migrate: { tool: sql, directory: migrations }\n");
    mkdirSync(join(directory, "migrations"));
  }

  write(name: string, content: string): void {
    const path = join(this.directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** The database anew, nothing of earlier runs, and nothing left for the disk to do that would count for the next measurement. */
  async reset(from: string): Promise<void> {
    for (const name of readdirSync(this.directory)) {
      if (name.startsWith("app.db") || name === "belay-backups" || name === "by-hand.db")
        rmSync(join(this.directory, name), { recursive: true });
    }
    copyFileSync(from, this.database);
    await this.run(["sync", this.database]);
  }

  run(argv: readonly string[], more: Omit<Surroundings, "directory"> = {}): Promise<Ran> {
    return run(argv, { directory: this.directory, ...more });
  }

  belay(...args: readonly string[]): Promise<Ran> {
    return this.run([process.execPath, CLI, ...args]);
  }

  async belayJson(args: readonly string[], more: Omit<Surroundings, "directory"> = {}): Promise<Ran & { readonly result: Result }> {
    const ran = await this.run([process.execPath, CLI, ...args, "--json", "--quiet"], more);
    return { ...ran, result: JSON.parse(ran.stdout) as Result };
  }
}
