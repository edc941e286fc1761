/** `belay completion`: what a shell needs to complete Belay's command line, from the same lists as everything else. */

import { usageError } from "../domain/error.ts";
import { nearest } from "../domain/nearest.ts";
import { bashCompletion } from "./completion-bash.ts";
import { fishCompletion } from "./completion-fish.ts";
import { zshCompletion } from "./completion-zsh.ts";
import { type Described, DEFECT, USAGE } from "./spec.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof SHELLS)[number];

/** A command of its own kind: it has no environment, no result and no run. */
export const COMPLETION = {
  name: "completion",
  summary: "Completion for your shell",
  usage: SHELLS.join(" | "),
  shells: SHELLS,
  about: [
    "Prints a script that completes commands, options and the environments of belay.yml. It asks Belay for the environments, so it never gets old; after an update of Belay, source it anew for new commands.",
    "The scripts call `belay completion environments`, which prints the names in belay.yml, one a line.",
  ],
  options: ["config"],
  commonOptions: false,
  meanings: { config: "with `environments`: of this file; default belay.yml" },
  exits: [[0, "printed"], DEFECT, USAGE],
  examples: [
    { command: "source <(belay completion bash)", does: "in ~/.bashrc" },
    { command: 'belay completion zsh > "${fpath[1]}/_belay"', does: "once, for zsh" },
    { command: "belay completion fish > ~/.config/fish/completions/belay.fish", does: "once, for fish" },
  ],
} as const satisfies Described & { readonly shells: readonly Shell[] };

const SCRIPTS: Record<Shell, () => string> = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export function completionScript(shell: Shell): string {
  return SCRIPTS[shell]();
}

/** Which shell, or that the environments are asked for. Throws a usage error. */
export function completionAsked(given: readonly string[]): Shell | "environments" {
  const [wanted, ...rest] = given;
  const hint = `one of ${SHELLS.map((shell) => `\`belay completion ${shell}\``).join(", ")}`;
  if (wanted === undefined) throw usageError("shell-missing", "completion for which shell?", { hint });
  const found = [...SHELLS, "environments" as const].find((known) => known === wanted);
  if (found === undefined) {
    const meant = nearest(wanted, SHELLS);
    throw usageError("shell-unknown", `there is no completion for "${wanted}"`, {
      hint: meant === null ? hint : `did you mean \`belay completion ${meant}\`?`,
    });
  }
  if (rest.length > 0) throw usageError("too-many-arguments", `completion takes one shell, and got ${given.join(", ")}`, { hint });
  return found;
}
