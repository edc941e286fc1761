import { createWriteStream, existsSync, renameSync } from "node:fs";
import { open, readdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { BelayError, failure, messageOf } from "../domain/error.ts";
import { checked, drain } from "./checked.ts";
import { appendLine, codeOf, digestAndSync, makeFolder, syncFolder } from "./durable.ts";
import type { Store, StoredEntry } from "./store.ts";

/** What a write that is not finished is called; never listed. */
const UNFINISHED = ".unfinished";

/**
 * A store in a directory of this machine. Every write goes to a temporary name, is synced, renamed, and the folder synced
 * (litestream's pattern), so that a name that exists always has all of its content. A failed fsync is never retried and trusted:
 * the kernel may have dropped the pages, so the write fails for good.
 */
export function directoryStore(root: string): Store {
  /** Where the last line ends that this store added, by log. */
  const ends = new Map<string, number>();
  return {
    location: root,
    encryption: "none",

    async put(key, content) {
      let temporary: string | undefined;
      try {
        const path = pathOf(root, key);
        temporary = path + UNFINISHED;
        makeFolder(dirname(path));
        await pipeline(content instanceof Readable ? content : Readable.from([content]), createWriteStream(temporary, { mode: 0o600 }));
        const stored = await digestAndSync(temporary);
        renameSync(temporary, path);
        syncFolder(dirname(path));
        return stored;
      } catch (error) {
        if (content instanceof Readable) content.destroy();
        if (temporary !== undefined) await rm(temporary, { force: true });
        throw writeFailure(`writing ${key} to the store ${root}`, error);
      }
    },

    get: async (key, expected) => checked(await read(key), key, expected),

    verify: async (key, expected) => drain(checked(await read(key), key, expected)),

    async list(prefix) {
      const entries: StoredEntry[] = [];
      try {
        for await (const path of filesBelow(pathOf(root, prefix))) {
          if (path.endsWith(UNFINISHED)) continue;
          entries.push({ key: relative(root, path).split(sep).join("/"), sizeBytes: (await stat(path)).size });
        }
      } catch (error) {
        if (codeOf(error) !== "ENOENT" || entries.length > 0) throw storeFailure(`listing ${prefix} in the store ${root}`, error);
      }
      return entries.sort((a, b) => (a.key < b.key ? -1 : 1));
    },

    async remove(key) {
      const path = pathOf(root, key);
      try {
        await rm(path, { recursive: true, force: true });
        if (existsSync(dirname(path))) syncFolder(dirname(path));
      } catch (error) {
        throw storeFailure(`removing ${key} from the store ${root}`, error);
      }
    },

    async sweep(prefix) {
      try {
        for await (const path of filesBelow(pathOf(root, prefix))) {
          if (path.endsWith(UNFINISHED)) await rm(path, { force: true });
        }
      } catch (error) {
        if (codeOf(error) !== "ENOENT") throw storeFailure(`removing what was not finished below ${prefix} in the store ${root}`, error);
      }
    },

    async append(key, line) {
      const path = pathOf(root, key);
      try {
        makeFolder(dirname(path));
        const end = appendLine(path, line, ends.get(key));
        if (end === null) throw overtaken(`writing the journal ${key} in the store ${root}`);
        ends.set(key, end);
      } catch (error) {
        throw writeFailure(`writing the journal ${key} in the store ${root}`, error);
      }
    },

    async lines(key) {
      try {
        const text = await readFile(pathOf(root, key), "utf8");
        return text
          .slice(0, text.lastIndexOf("\n") + 1)
          .split("\n")
          .slice(0, -1);
      } catch (error) {
        if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return [];
        throw storeFailure(`reading the journal ${key} from the store ${root}`, error);
      }
    },

    localPath: (key) => pathOf(root, key),

    async finish(key) {
      const path = pathOf(root, key);
      try {
        const stored = await digestAndSync(path);
        // whoever wrote there may have made folders, and their names are lost with the power until their own folder is synced
        for (let folder = dirname(path); folder !== dirname(root); folder = dirname(folder)) syncFolder(folder);
        return stored;
      } catch (error) {
        throw storeFailure(`syncing ${key} in the store ${root}`, error);
      }
    },
  };

  async function read(key: string): Promise<Readable> {
    const path = pathOf(root, key);
    try {
      const handle = await open(path, "r");
      return handle.createReadStream();
    } catch (error) {
      throw storeFailure(`reading ${key} from the store ${root}`, error);
    }
  }
}

/** A run that slept through its own end finds what took it over: a line of its own behind that would make the log unreadable. */
function overtaken(act: string): BelayError {
  return failure("lock-lost", `${act}: somebody else has written to it`, {
    hint: "another run works on this target; this one has stopped. Look at `belay runs`, then run again",
  });
}

/** Refuses a key that leads out of the store: keys are made of names that people chose. */
function pathOf(root: string, key: string): string {
  const path = resolve(root, ...key.split("/"));
  if (path !== root && !path.startsWith(root + sep)) throw failure("store-key", `the name ${JSON.stringify(key)} leads out of the store`);
  return path;
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

const REASONS: Record<string, { readonly code: string; readonly message: string; readonly hint: string }> = {
  ENOENT: { code: "store-missing", message: "it is not there", hint: "look which backups and runs exist: `belay backups`, `belay runs`" },
  ENOSPC: {
    code: "no-space",
    message: "the disk is full",
    hint: "make room there (`belay prune` drops what `keep` no longer keeps), then run again",
  },
  EDQUOT: {
    code: "no-space",
    message: "the disk quota is used up",
    hint: "make room there (`belay prune` drops what `keep` no longer keeps), then run again",
  },
  EACCES: { code: "store-denied", message: "permission denied", hint: "give the user that runs Belay the right to write to the store" },
  EPERM: { code: "store-denied", message: "permission denied", hint: "give the user that runs Belay the right to write to the store" },
  EROFS: {
    code: "store-read-only",
    message: "the file system is read-only",
    hint: "name a store that can be written to: `backup.store` in belay.yml",
  },
  EIO: {
    code: "store-io",
    message: "the disk reports an input/output error",
    hint: "do not trust this disk; name another store in `backup.store`",
  },
};

/** A file that is written needs none to be there, only a folder: where none can be made, the store lies in a wrong place. */
function writeFailure(act: string, error: unknown): BelayError {
  if (codeOf(error) !== "ENOENT") return storeFailure(act, error);
  const hint = "name a directory that can be made, or make it: `backup.store` in belay.yml";
  return failure("store-missing", `${act}: no folder can be made there`, { hint, cause: error });
}

function storeFailure(act: string, error: unknown): BelayError {
  if (error instanceof BelayError) return error;
  const known = REASONS[codeOf(error) ?? ""];
  const code = known?.code ?? "store-failed";
  const hint = known?.hint ?? "look at the store's directory and its disk, then run again";
  return failure(code, `${act}: ${known?.message ?? messageOf(error)}`, { hint, cause: error });
}
