/** Why a connection came to nothing, told from what ssh said. Pure. */

import { type BelayError, refusal } from "../domain/error.ts";
import type { ConnectionEnd } from "./connection.ts";
import type { Destination } from "./destination.ts";

interface Failure {
  readonly code: string;
  readonly seen: RegExp;
  readonly what: string;
  readonly hint: (to: Destination) => string;
}

const FAILURES: readonly Failure[] = [
  {
    code: "ssh-host-key",
    seen: /host key verification failed|host identification has changed|no \S+ host key is known/i,
    what: "the server's host key is not the one in known-hosts, so nothing was sent to it",
    hint: ({ host, port }) =>
      `get it over a way that you trust, on the server itself: \`ssh-keyscan -p ${port} localhost\`; for known-hosts its lines begin with ${inKnownHosts(host, port)}`,
  },
  {
    code: "ssh-key-unreadable",
    seen: /error in libcrypto|invalid format|incorrect passphrase|load key .*(bad|unsupported)/i,
    what: "ssh cannot read the key of the input ssh-key",
    hint: () => "give the whole private key with its first and last line, and one without a passphrase",
  },
  {
    code: "ssh-denied",
    seen: /permission denied|too many authentication failures|no supported authentication/i,
    what: "the server does not take this key for this user",
    hint: ({ user }) => `add the public key to ~${user}/.ssh/authorized_keys there`,
  },
  {
    code: "ssh-unreachable",
    seen: /could not resolve|connection refused|timed out|no route to host|network is unreachable|connection (reset|closed)|kex_exchange/i,
    what: "the server cannot be reached",
    hint: ({ host, port }) => `see that ${host} answers on port ${port}, also for the addresses of the runner`,
  },
];

const NOT_FOUND = 127;

/** Of a connection that ended before Belay on the server had said anything. */
export function notConnected(to: Destination, end: ConnectionEnd): BelayError {
  const name = shownDestination(to);
  const said = end.words === "" ? "" : `: ${end.words.split("\n").slice(-3).join("; ")}`;
  const found = FAILURES.find(({ seen }) => seen.test(end.words));
  if (found !== undefined) return refusal(found.code, `connecting to ${name}: ${found.what}${said}`, { hint: found.hint(to) });
  if (end.status === NOT_FOUND || /ssh-session|unknown-command|there is no command/.test(end.words)) {
    return refusal("ssh-without-belay", `connecting to ${name}: there is no Belay on the server that a job can talk to${said}`, {
      hint: `install it there, for example as /usr/local/bin/belay: docs/single-executable.md says how`,
    });
  }
  return refusal("ssh-failed", `connecting to ${name}: ssh ended with ${end.status ?? "no status"}${said}`, {
    hint: "try the same connection by hand, with `ssh -v`",
  });
}

export function shownDestination({ user, host, port }: Destination): string {
  return `${user}@${host}${port === 22 ? "" : `:${port}`}`;
}

function inKnownHosts(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`;
}
