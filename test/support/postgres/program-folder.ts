/** A folder of PostgreSQL's programs of which some are not what they should be. */

import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Name = "pg_dump" | "pg_restore" | "psql";

/** `scripts`: the lines of a shell script in a program's place; `$REAL` is the real one. Asked for its version, it is the real one. */
export function programFolder(bin: string, scripts: Partial<Record<Name, string>>): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "belay-programs-"));
  for (const name of ["pg_dump", "pg_restore", "psql"] as const) {
    const real = join(bin, name);
    const script = scripts[name];
    if (script === undefined) {
      symlinkSync(real, join(path, name));
      continue;
    }
    writeFileSync(join(path, name), `#!/bin/sh\nREAL=${real}\nif [ "$1" = --version ]; then exec $REAL --version; fi\n${script}\n`);
    chmodSync(join(path, name), 0o755);
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}
