/** `~/.pgpass`: https://www.postgresql.org/docs/current/libpq-pgpass.html */

import { readFileSync, statSync } from "node:fs";

export interface PasswordKey {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** The password of the first line that fits; null where there is none. A file that others may read is passed over, as libpq does. */
export function passwordFromFile(path: string, { host, port, database, user }: PasswordKey): string | null {
  const wanted = [host, String(port), database, user];
  for (const line of linesOf(path)) {
    if (line.startsWith("#")) continue;
    const fields = splitLine(line);
    const password = fields[4];
    if (password !== undefined && wanted.every((value, index) => fields[index] === "*" || unescape(fields[index] ?? "") === value))
      return unescape(password);
  }
  return null;
}

function linesOf(path: string): readonly string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile()) return [];
  if (process.platform !== "win32" && (stats.mode & 0o077) !== 0) return [];
  return readFileSync(path, "utf8").split(/\r?\n/);
}

/** Four fields that end at a colon without a backslash before it; all the rest is the password. */
function splitLine(line: string): readonly string[] {
  const match = /^((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):(.*)$/s.exec(line);
  return match === null ? [] : match.slice(1);
}

function unescape(text: string): string {
  return text.replace(/\\(.)/gs, "$1");
}
