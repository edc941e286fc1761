import type { Readable } from "node:stream";

/**
 * Where backups and journals live. Keys are relative, with `/`; a key's parts hold no `..` and do not start with `/`.
 * Every write is durable when its promise resolves. Failures are BelayErrors naming the act and the place.
 */
export interface Store {
  /** For people; never a secret. */
  readonly location: string;
  /** Writes a whole file: afterwards all of it is there, or (after a crash) nothing under this key. Replaces what was there. */
  put(key: string, content: Readable | Uint8Array): Promise<StoredFile>;
  /** The bytes of a file. Throws `store-missing` where there is none. */
  get(key: string): Promise<Readable>;
  /** Keys below a prefix (a folder, without the last slash), sorted; unfinished writes are not among them. Empty where there is none. */
  list(prefix: string): Promise<readonly StoredEntry[]>;
  /** Removes a file or everything below a folder. May be repeated; absent is removed. */
  remove(key: string): Promise<void>;
  /** Adds one line to a log, whole or not at all. Only one writer at a time (the target's lock sees to that). */
  append(key: string, line: string): Promise<void>;
  /** The acknowledged lines of a log; a last line that a crash cut off is left out. Empty where there is none. */
  lines(key: string): Promise<readonly string[]>;
  /**
   * The absolute path of a key where the store is a directory of this machine, so that an engine can write there without a detour;
   * null otherwise. Whoever writes there syncs what it wrote, by `finish`.
   */
  localPath(key: string): string | null;
  /** Syncs a file written through `localPath` and its folder. */
  finish(key: string): Promise<StoredFile>;
}

export interface StoredEntry {
  readonly key: string;
  readonly sizeBytes: number;
}

export interface StoredFile {
  readonly sizeBytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}
