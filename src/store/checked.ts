/** The size and SHA-256 of what passes through a stream: measured, or held against what is expected. Shared by all stores. */

import { createHash } from "node:crypto";
import { Readable } from "node:stream";

import { failure } from "../domain/error.ts";
import type { StoredFile } from "./store.ts";

/** The same bytes; the stream fails with `backup-damaged`, naming the file, as soon as they are known to be others than expected. */
export function checked(content: Readable, key: string, expected: StoredFile | undefined): Readable {
  return expected === undefined ? content : Readable.from(compared(content, key, expected), { objectMode: false });
}

/** Reads a stream to its end and keeps nothing of it. */
export async function drain(content: Readable): Promise<void> {
  for await (const _ of content);
}

/** Counts and hashes on the way. */
export class Measure {
  #hash = createHash("sha256");
  #sizeBytes = 0;

  add(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#sizeBytes += chunk.length;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** To be asked once, at the end. */
  end(): StoredFile {
    return { sizeBytes: this.#sizeBytes, sha256: this.#hash.digest("hex") };
  }
}

async function* compared(content: Readable, key: string, expected: StoredFile): AsyncGenerator<Uint8Array> {
  const measure = new Measure();
  for await (const chunk of content as AsyncIterable<Uint8Array>) {
    measure.add(chunk);
    if (measure.sizeBytes > expected.sizeBytes)
      throw damaged(key, `it has more than the ${expected.sizeBytes} bytes that the manifest says`);
    yield chunk;
  }
  const { sizeBytes, sha256 } = measure.end();
  if (sizeBytes !== expected.sizeBytes) throw damaged(key, `it has ${sizeBytes} bytes and the manifest says ${expected.sizeBytes}`);
  if (sha256 !== expected.sha256) throw damaged(key, "its SHA-256 is not the manifest's");
}

export function damaged(key: string, why: string, cause?: unknown): Error {
  return failure("backup-damaged", `the backup's file ${key} is damaged: ${why}`, {
    hint: "use another backup: `belay backups` lists them",
    facts: { file: key },
    cause,
  });
}
