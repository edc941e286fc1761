/** A command carried out in this process, at a time that the test chooses. */

import { randomBytes } from "node:crypto";

import type { Invocation } from "../../src/domain/invocation.ts";
import type { Result } from "../../src/domain/result.ts";
import { perform } from "../../src/wire.ts";
import type { Workplace } from "./workplace.ts";

export function performAt(of: Workplace, now: Date, asked: Partial<Invocation> & Pick<Invocation, "command">): Promise<Result> {
  const invocation = { environment: null, config: null, targets: [], options: {}, ...asked };
  return perform(invocation, {
    cwd: of.directory,
    variables: { PATH: process.env["PATH"], HOME: of.directory, ...of.variables },
    now: () => now,
    random: (bytes) => randomBytes(bytes),
    progress: () => undefined,
    signal: new AbortController().signal,
    belayVersion: "0.0.0-test",
    onGitHub: false,
    github: null,
    hide: () => undefined,
  });
}
