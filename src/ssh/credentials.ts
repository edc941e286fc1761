/** The key and the known hosts as files, which is how ssh takes them; they are gone when the step is over. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

const PREFIX = "belay-ssh-";

export interface Credentials {
  /** Private key in OpenSSH's or PEM format; null: the agent of SSH_AUTH_SOCK has it. A secret. */
  readonly key: string | null;
  /** Lines as in `~/.ssh/known_hosts`. */
  readonly knownHosts: string;
}

export interface CredentialFiles {
  readonly folder: string;
  /** null: the agent's. */
  readonly keyFile: string | null;
  readonly knownHostsFile: string;
}

/** `told`: hears of the folder before anything is in it. */
export async function writeCredentials(credentials: Credentials, within: string, told: (folder: string) => void): Promise<CredentialFiles> {
  const folder = await mkdtemp(join(within, PREFIX)); // for this user alone
  told(folder);
  const knownHostsFile = join(folder, "known_hosts");
  await writeFile(knownHostsFile, wholeLines(credentials.knownHosts), { mode: 0o600 });
  if (credentials.key === null) return { folder, keyFile: null, knownHostsFile };
  const keyFile = join(folder, "key");
  await writeFile(keyFile, wholeLines(credentials.key), { mode: 0o600 });
  return { folder, keyFile, knownHostsFile };
}

/** Removes such a folder, and nothing that only says that it is one. May be repeated. */
export async function removeCredentials(folder: string, within: string): Promise<void> {
  const isOurs = dirname(resolve(folder)) === resolve(within) && basename(folder).startsWith(PREFIX);
  if (isOurs) await rm(folder, { recursive: true, force: true });
}

/** A secret that was pasted has often lost its last end of line, or has gained carriage returns; ssh takes neither. */
function wholeLines(text: string): string {
  return `${text.replaceAll("\r\n", "\n").trim()}\n`;
}
