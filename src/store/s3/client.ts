/** How Belay talks to an S3-compatible service: credentials and region as every AWS program finds them, nothing waited for without end. */

import { S3Client } from "@aws-sdk/client-s3";

import type { S3Place } from "./place.ts";

export interface S3Options {
  /** Of a service that is not Amazon's; null: as the environment (`AWS_ENDPOINT_URL`) or the profile says, else Amazon's. */
  readonly endpoint: string | null;
  /** null: as the environment (`AWS_REGION`) or the profile says. */
  readonly region: string | null;
  /** The bucket stands in the path, not in the host's name; null: where another endpoint is named. */
  readonly pathStyle: boolean | null;
  readonly patience?: Patience;
  readonly partBytes?: number;
}

/** How long to wait, and how often to try. In milliseconds. */
export interface Patience {
  readonly connectMs: number;
  /** Without a byte in either direction. */
  readonly idleMs: number;
  readonly attempts: number;
  /** Before the second attempt; doubles with each, with jitter. */
  readonly pauseMs: number;
}

const PART_BYTES = 16 << 20;

const PATIENCE: Patience = { connectMs: 10_000, idleMs: 30_000, attempts: 5, pauseMs: 200 };

/** A client and where it works: what every part of the store needs. */
export interface Bucket {
  readonly client: S3Client;
  readonly place: S3Place;
  readonly patience: Patience;
  /** Of a large object, at least. Larger parts mean fewer requests, and more memory: four of them are held at most. */
  readonly partBytes: number;
}

export function openBucket(
  place: S3Place,
  { endpoint, region, pathStyle, patience = PATIENCE, partBytes = PART_BYTES }: S3Options,
): Bucket {
  const elsewhere = endpoint !== null || isSet("AWS_ENDPOINT_URL") || isSet("AWS_ENDPOINT_URL_S3");
  const client = new S3Client({
    ...(endpoint === null ? {} : { endpoint }),
    // Services that are not Amazon's have one region, and most do not care what it is called.
    ...(region !== null ? { region } : elsewhere && !isSet("AWS_REGION") ? { region: "us-east-1" } : {}),
    forcePathStyle: pathStyle ?? elsewhere,
    maxAttempts: patience.attempts,
    requestHandler: { connectionTimeout: patience.connectMs, socketTimeout: patience.idleMs },
    // Every upload carries a checksum that the service holds against what arrived. What comes back is held against SHA-256 by whoever
    // knows it; the SDK's own check of it would lose the connection's errors on the way.
    requestChecksumCalculation: "WHEN_SUPPORTED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  return { client, place, patience, partBytes };
}

function isSet(variable: string): boolean {
  return (process.env[variable] ?? "") !== "";
}

/** Before the attempt with this number, counted from 1. */
export async function pauseBefore(attempt: number, { pauseMs }: Patience): Promise<void> {
  const longest = Math.min(pauseMs * 2 ** (attempt - 1), 20_000);
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, longest / 2 + (Math.random() * longest) / 2);
  await promise;
}
