import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Where a URL leads, in the variables of PostgreSQL's own programs. */
export function programVariables(address: string): Record<string, string> {
  const { username, password, hostname, port, pathname } = new URL(address);
  return {
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
  };
}

/** SQL through psql: unaligned rows, fields by `|`, no trailing newline; stops at the first error and throws it with the server's words. */
export function psql(bin: string, address: string, sql: string): string {
  const variables = { ...programVariables(address), PGAPPNAME: "test", PGOPTIONS: "-c client_min_messages=warning" };
  return execFileSync(join(bin, "psql"), ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-"], {
    input: sql,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8", ...variables },
    stdio: ["pipe", "pipe", "pipe"],
  }).trimEnd();
}
