/** A database as a stream of bytes: `pg_dump`'s own format, uncompressed by it and compressed here, which is several times as fast. */

import { constants, createZstdCompress, createZstdDecompress } from "node:zlib";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { BelayError } from "../../domain/error.ts";
import { storedName } from "../../domain/stored-name.ts";
import { runProgram, type Bytes, type ProgramRequest } from "../../process/program.ts";
import { together } from "../../process/together.ts";
import type { BackupFile } from "../../domain/backup.ts";
import type { StoredFile } from "../../store/store.ts";
import type { BackupDestination } from "../workspace.ts";
import { callOf, type ProgramCall } from "./program-call.ts";
import type { Programs } from "./programs.ts";

/** The only file of a backup, before a store encrypts it. */
export const BACKUP_FILE = "database.dump.zst";

/** So many bytes are compressed or decompressed at once: a step costs the same for few, and pg_dump writes few at a time. */
const AT_ONCE = 256 * 1024;

/** How long pg_dump waits for a table that somebody has locked exclusively; nothing was changed then. */
const LOCK_WAIT_MS = 60_000;

export interface Dumping {
  /** Of the database; about as much as there will be at most. */
  readonly sizeBytes: number;
  /** Hears the bytes that pg_dump has written so far. */
  readonly told?: (bytes: number) => void;
}

/** Dumps the whole database as the exported snapshot shows it, into the store. */
export async function dumpInto(
  { store, folder }: BackupDestination,
  programs: Programs,
  call: ProgramCall,
  snapshot: string,
  { sizeBytes, told }: Dumping,
): Promise<BackupFile> {
  const name = storedName(BACKUP_FILE, store.encryption);
  const compress = createZstdCompress({
    chunkSize: AT_ONCE,
    params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  const [, stored] = await together<[void, StoredFile]>(call.signal, (signal) => {
    const dumped = metered(runProgram(dumpCall(programs, { ...call, signal }, snapshot)), told);
    return [
      pipeline(Readable.from(gathered(dumped), { objectMode: false }), compress),
      store.put(`${folder}/${name}`, compress, { sizeBytes }),
    ];
  });
  return { name, ...stored };
}

/** Everything of the database as the exported snapshot shows it. */
export function dumpCall(programs: Programs, call: ProgramCall, snapshot: string): ProgramRequest {
  const how = ["--format=custom", "--compress=0", `--snapshot=${snapshot}`, `--lock-wait-timeout=${LOCK_WAIT_MS}`, "--no-password"];
  return callOf(call, [programs.dump, ...how], `dumping ${call.database}`, "backup-failed");
}

/** What `dumpInto` compressed. Throws what reading the stored bytes throws, and `damaged` where they are not what was compressed. */
export async function* decompressed(stored: Bytes, damaged: (why: string) => Error): Bytes {
  const decompress = createZstdDecompress({ chunkSize: AT_ONCE });
  const piped = pipeline(Readable.from(stored, { objectMode: false }), decompress);
  piped.catch(() => undefined); // it is heard below
  try {
    yield* decompress as Bytes;
    await piped;
  } catch (error) {
    throw error instanceof Error && !(error instanceof BelayError) && "errno" in error ? damaged(error.message) : error;
  }
}

/** The same bytes, counted on their way. */
export async function* metered(bytes: Bytes, told: ((bytes: number) => void) | undefined): Bytes {
  let done = 0;
  for await (const chunk of bytes) {
    done += chunk.length;
    told?.(done);
    yield chunk;
  }
}

/** The same bytes in larger pieces. */
async function* gathered(bytes: Bytes): Bytes {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    held.push(chunk);
    length += chunk.length;
    if (length < AT_ONCE) continue;
    yield Buffer.concat(held, length);
    held = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(held, length);
}
