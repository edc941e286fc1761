/** A step whose Belay runs on a server: what is given to it from here. */

import type { Perform } from "../carry-out.ts";
import { ownText } from "../config/load.ts";
import { namedVariables } from "../config/named-variables.ts";
import { refusal, usageError } from "../domain/error.ts";
import type { Invocation } from "../domain/invocation.ts";
import type { GitHubContext } from "../github/context.ts";
import type { Runner } from "../github/runner.ts";
import type { SshInputs } from "../github/ssh-inputs.ts";
import { findProgram } from "../process/find-program.ts";
import { removeCredentials, writeCredentials } from "../ssh/credentials.ts";
import { destinationOf } from "../ssh/destination.ts";
import { performOverSsh } from "../ssh/perform.ts";
import type { Begin } from "../ssh/protocol.ts";
import { withApprovals } from "../ssh/with-approvals.ts";
import type { World } from "../world.ts";

export interface Server extends AsyncDisposable {
  /** Does on the server what `perform` does here. Writes the key when it is first used. */
  readonly loadPerform: () => Promise<Perform>;
}

/** `unfinished`: the session of an earlier process of this step, whose end nobody has seen. */
export function serverOf(
  ssh: SshInputs,
  { runner, context, unfinished }: { runner: Runner; context: GitHubContext; unfinished: string | null },
): Server {
  let folder: string | null = null;
  const within = context.tempDirectory;
  runner.mask(ssh.key === null ? [] : [ssh.key]);
  return {
    async loadPerform() {
      const destination = destinationOf(ssh.destination);
      if (destination === null) throw notADestination();
      return async (invocation, world) => {
        const program = await sshProgram(world);
        if (ssh.key === null && (world.variables["SSH_AUTH_SOCK"] ?? "") === "") throw withoutKey();
        const files = await writeCredentials(ssh, within, (path) => {
          folder = path;
          runner.save("ssh", path);
        });
        const keepSession = (session: string) => runner.save("session", session);
        const settings = { destination, files, program, variables: world.variables, directory: ssh.directory, keepSession, unfinished };
        return performOverSsh({ ...settings, beginOf: (asked, at) => beginOf(asked, at, ssh.directory) })(invocation, world);
      };
    },
    async [Symbol.asyncDispose]() {
      if (folder === null) return;
      await removeCredentials(folder, within);
      runner.save("ssh", "");
    },
  };
}

/** What the policy names of the step's variables goes along, and nothing else of the runner's. */
async function beginOf(invocation: Invocation, world: World, directory: string): Promise<Begin> {
  const { github, variables, cwd } = world;
  if (github === null) throw new RangeError("a step without GitHub has no policy to send");
  const policy = await github.policy(invocation.config);
  const named = policy.text === null ? null : namedVariables(policy.text, invocation.environment);
  if (named?.hasApprovals === true) throw withApprovals(named.environment);
  const asked = named && { command: invocation.command, environment: { name: named.environment, approvals: null }, bot: named.bot };
  const granted = asked === null ? {} : ((await github.grant?.begin(asked)) ?? {});
  const given = (named?.names ?? []).flatMap((name) => {
    const value = variables[name] ?? "";
    return value === "" ? [] : [[name, value] as const];
  });
  return {
    type: "begin",
    invocation: { ...invocation, options: { ...invocation.options, ...granted } },
    directory,
    variables: Object.fromEntries(given),
    sha: github.sha,
    repositoryId: github.repositoryId,
    policy: { ...policy, own: policy.isCheckout ? policy.text : await ownText({ explicit: invocation.config, cwd }) },
  };
}

async function sshProgram({ cwd, variables }: World): Promise<string> {
  try {
    return await findProgram("ssh", cwd, variables["PATH"]);
  } catch (cause) {
    throw refusal("ssh-missing", "the runner has no ssh", { hint: "install the package openssh-client in a step before Belay's", cause });
  }
}

function notADestination(): Error {
  return usageError("input-invalid", "the input ssh names no user and host", {
    hint: "write user@host, user@host:port or ssh://user@host:port; an IPv6 address stands in brackets",
  });
}

function withoutKey(): Error {
  return usageError("input-needed", "the step has no ssh-key, and no agent that could have it", {
    hint: "set ssh-key: ${{ secrets.SSH_KEY }}, or start an ssh-agent in a step before (SSH_AUTH_SOCK)",
  });
}
