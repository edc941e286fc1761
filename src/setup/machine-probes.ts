/** What Belay needs of the machine, whatever is configured. */

import { stat } from "node:fs/promises";
import { findProgram } from "../process/find-program.ts";
import { messageOf } from "../domain/error.ts";
import { type Probe, well } from "./probe.ts";

export interface Machine {
  readonly directory: string;
  readonly path: string | undefined;
  readonly now: () => Date;
  /** The configuration's file, where there is one: its time must lie in the past. */
  readonly file: string | null;
}

/** A clock may be a little behind the one of a file server. */
const TOLERANCE_MS = 60_000;

export const MACHINE_PROBES: readonly Probe<Machine>[] = [
  {
    name: "shell",
    means: "no command of belay.yml can be started: Belay starts every one through it",
    look: async ({ directory, path }) => well(`${await findProgram("/bin/sh", directory, path)} runs commands`),
  },
  {
    name: "git",
    means: "the commit of a run is not known, unless the workflow says it: commands get no BELAY_SHA",
    look: async ({ directory, path }) => {
      try {
        return well(await findProgram("git", directory, path));
      } catch (error) {
        return {
          outcome: "warned",
          code: "git-missing",
          detail: messageOf(error),
          hint: "install git, or set GITHUB_SHA where Belay runs",
        };
      }
    },
  },
  {
    name: "clock",
    means: "backups and runs are ordered by time, and windows open by it",
    look: async ({ now, file }) => {
      const present = now();
      const changed = file === null ? null : (await stat(file)).mtime;
      if (changed === null || changed.getTime() <= present.getTime() + TOLERANCE_MS) return well(iso(present));
      return {
        outcome: "failed",
        code: "clock-behind",
        detail: `it is ${iso(present)}, and belay.yml was changed at ${iso(changed)}`,
        hint: "set the clock (timedatectl tells whether it is synchronised)",
      };
    },
  },
];

function iso(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}Z`;
}
