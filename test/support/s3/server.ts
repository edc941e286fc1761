/**
 * A real S3 server for tests, in a directory of its own: keeps objects, knows its account, knows no conditional writes. Signatures are not
 * held against: it computes those of a bucket's list otherwise than Amazon and its SDK do.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import S3rver from "@20minutes/s3rver";

/** The only account that the server knows. */
export const CREDENTIALS = { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER" } as const;
export const BUCKET = "backups";

export interface S3Server extends AsyncDisposable {
  readonly port: number;
  readonly endpoint: string;
  /** Where its objects lie. */
  readonly directory: string;
}

export async function startS3Server(): Promise<S3Server> {
  const directory = mkdtempSync(join(tmpdir(), "belay-s3-"));
  const server = new S3rver({
    port: 0,
    address: "127.0.0.1",
    silent: true,
    directory,
    vhostBuckets: false,
    allowMismatchedSignatures: true,
    configureBuckets: [{ name: BUCKET }],
  });
  const { port } = await server.run();
  return {
    port,
    endpoint: `http://127.0.0.1:${port}`,
    directory,
    async [Symbol.asyncDispose]() {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
