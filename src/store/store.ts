import type { Readable } from "node:stream";

/**
 * Where backups and journals live. Keys are relative, with `/`; a key's parts hold no `..` and do not start with `/`.
 * Every write is durable when its promise resolves. Failures are BelayErrors naming the act and the place.
 */
export interface Store {
  /** For people, and for whoever opens the same store again; never a secret. */
  readonly location: string;
  /** How the content of files that `put` writes lies there, unless they are `plain`. */
  readonly encryption: "none" | "age";
  /**
   * Writes a whole file: afterwards all of it is there, or (after a crash) nothing under this key. Replaces what was there. Size and
   * digest are of the file as it lies in the store. A stream that it does not read to its end it destroys, so that whoever fills it ends.
   */
  put(key: string, content: Readable | Uint8Array, options?: PutOptions): Promise<StoredFile>;
  /**
   * The bytes that were put. Throws `store-missing` where there is no such file. With `expected` the stream fails with `backup-damaged`
   * at its end where the file as it lies there has another size or digest: nothing that was read is to be trusted before the end.
   */
  get(key: string, expected?: StoredFile): Promise<Readable>;
  /** Reads every byte of a file as it lies there, for which no key is needed. Throws `backup-damaged` where size or digest are others. */
  verify(key: string, expected: StoredFile): Promise<void>;
  /** Keys below a prefix (a folder, without the last slash), sorted; a log is one of them, an unfinished write is not. Empty where there is none. */
  list(prefix: string): Promise<readonly StoredEntry[]>;
  /** Removes a file or everything below a folder. May be repeated; absent is removed. */
  remove(key: string): Promise<void>;
  /** Removes what writes below a folder left that were cut off and that nobody can see. Only while nobody writes there. May be repeated. */
  sweep(prefix: string): Promise<void>;
  /**
   * Adds one line to a log, whole or not at all. Only one writer at a time (the target's lock sees to that); one that lost the lock and
   * does not know it is refused with `lock-lost` where another has added to the log since.
   */
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

export interface PutOptions {
  /** Holds nothing of the database's content and stays readable whatever the store encrypts: a manifest. */
  readonly plain?: boolean;
  /** About how many bytes will come, where that is known: very large files are stored in larger parts. */
  readonly sizeBytes?: number;
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
