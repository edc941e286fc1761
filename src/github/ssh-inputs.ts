/** The inputs that let Belay run on a server, in place of the runner. Pure. */

import type { Reason } from "../domain/error.ts";
import type { InputName } from "./inputs.ts";

export interface SshInputs {
  /** As given: `user@host`, `ssh://user@host:port`. */
  readonly destination: string;
  /** Absolute. */
  readonly directory: string;
  /** A secret; null: the agent has it. */
  readonly key: string | null;
  readonly knownHosts: string;
}

/** `inputs`: null where Belay runs on the runner, and where there are problems. */
export function sshInputs(read: (name: InputName) => string): { readonly inputs: SshInputs | null; readonly problems: readonly Reason[] } {
  const [destination, directory, key, knownHosts] = [read("ssh"), read("ssh-directory"), read("ssh-key"), read("known-hosts")];
  if (destination === "")
    return { inputs: null, problems: withoutServer({ "ssh-directory": directory, "ssh-key": key, "known-hosts": knownHosts }) };
  const problems: Reason[] = [];
  if (!directory.startsWith("/")) {
    problems.push({
      code: "input-needed",
      message: "with ssh, the input ssh-directory says where the application lies on the server, as an absolute path",
      hint: "for example ssh-directory: /srv/app",
    });
  }
  if (knownHosts === "") {
    problems.push({
      code: "input-needed",
      message: "with ssh, the input known-hosts holds the server's host key: without it anybody could be the server",
      hint: "get it with `ssh-keyscan HOST`, compare it on the server, and keep it as a secret or variable of the environment",
    });
  }
  return { inputs: problems.length > 0 ? null : { destination, directory, key: key === "" ? null : key, knownHosts }, problems };
}

function withoutServer(given: Readonly<Record<string, string>>): readonly Reason[] {
  const names = Object.keys(given).filter((name) => given[name] !== "");
  if (names.length === 0) return [];
  return [
    {
      code: "input-not-taken",
      message: `the input ${names.join(", ")} means nothing without the input ssh`,
      hint: "set ssh: user@host (a secret that is empty is not set), or leave it out",
    },
  ];
}
