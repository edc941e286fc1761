/**
 * A stream as one object. What fits into one part is put in one request; anything larger goes up in parts, a few at a time, so that memory
 * stays flat and a part that fails is sent again from memory. The object appears when the last request is answered, whole, or not at all.
 */

import { randomUUID } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
  type CompletedPart,
} from "@aws-sdk/client-s3";

import { failure } from "../../domain/error.ts";
import type { StoredFile } from "../store.ts";
import { Measure } from "../checked.ts";
import type { Bucket } from "./client.ts";

/** One more is being filled meanwhile. */
const PARTS_AT_ONCE = 3;
/** S3 takes 10,000; the rest is for content that turns out larger than was said. */
const PARTS_PLANNED = 8000;
const PARTS_ALLOWED = 10_000;

interface Part {
  readonly bytes: Buffer;
  readonly last: boolean;
}

/** `sizeBytes`: about how many will come, where that is known. */
export async function upload(bucket: Bucket, name: string, content: AsyncIterable<Uint8Array>, sizeBytes = 0): Promise<StoredFile> {
  const measure = new Measure();
  const partBytes = Math.max(bucket.partBytes, Math.ceil(sizeBytes / PARTS_PLANNED / (1 << 20)) * (1 << 20));
  const parts = partsOf(content, measure, partBytes);
  const first = await parts.next();
  if (first.done === true) throw new Error("there is always a last part");
  if (first.value.last) await bucket.client.send(new PutObjectCommand({ ...objectOf(bucket, name), Body: first.value.bytes }));
  else await uploadParts(bucket, name, first.value, parts, partBytes);
  return measure.end();
}

function objectOf({ place }: Bucket, name: string): { readonly Bucket: string; readonly Key: string } {
  return { Bucket: place.bucket, Key: name };
}

async function uploadParts(bucket: Bucket, name: string, first: Part, rest: AsyncGenerator<Part>, partBytes: number): Promise<void> {
  const object = objectOf(bucket, name);
  const mark = randomUUID();
  const created = await bucket.client.send(
    new CreateMultipartUploadCommand({ ...object, ChecksumAlgorithm: "CRC32", Metadata: { "belay-upload": mark } }),
  );
  const uploading = { ...object, UploadId: created.UploadId };
  try {
    const sent = await sendAll(bucket, uploading, first, rest, partBytes);
    await complete(bucket, uploading, sent, mark);
  } catch (error) {
    await abort(bucket, uploading);
    throw error;
  }
}

type Uploading = { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined };

/** A few parts at once. After the first failure nothing more is read or sent, and what is under way is waited for. */
async function sendAll(
  bucket: Bucket,
  uploading: Uploading,
  first: Part,
  rest: AsyncGenerator<Part>,
  partBytes: number,
): Promise<readonly CompletedPart[]> {
  const sent: CompletedPart[] = [];
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const send = async (part: Part, number: number) => {
    try {
      sent.push(await sendPart(bucket, uploading, part.bytes, number));
    } catch (error) {
      failures.push(error);
    }
  };
  const begin = (part: Part, number: number) => {
    const sending = send(part, number).finally(() => underWay.delete(sending));
    underWay.add(sending);
  };
  try {
    let number = 1;
    begin(first, number);
    for await (const part of rest) {
      if (failures.length > 0) break;
      if (++number > PARTS_ALLOWED) throw tooLarge(uploading.Key, partBytes);
      if (underWay.size >= PARTS_AT_ONCE) await Promise.race(underWay);
      begin(part, number);
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failures.length > 0) throw failures[0];
  return sent.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
}

async function sendPart({ client }: Bucket, uploading: Uploading, bytes: Buffer, number: number): Promise<CompletedPart> {
  const { ETag, ChecksumCRC32 } = await client.send(
    new UploadPartCommand({ ...uploading, PartNumber: number, Body: bytes, ChecksumAlgorithm: "CRC32" }),
  );
  return { PartNumber: number, ETag, ...(ChecksumCRC32 === undefined ? {} : { ChecksumCRC32 }) };
}

/** Where the answer was lost, the next request finds no upload any more: then the object that lies there tells whether it is this one. */
async function complete({ client }: Bucket, uploading: Uploading, parts: readonly CompletedPart[], mark: string): Promise<void> {
  try {
    await client.send(new CompleteMultipartUploadCommand({ ...uploading, MultipartUpload: { Parts: [...parts] } }));
  } catch (error) {
    const { Bucket, Key } = uploading;
    const there = await client.send(new HeadObjectCommand({ Bucket, Key })).catch(() => null);
    if (there?.Metadata?.["belay-upload"] !== mark) throw error;
  }
}

/** Parts cost money until they are removed. What cannot be removed now, `sweep` finds later; the failure that led here is the one to tell. */
async function abort({ client }: Bucket, uploading: Uploading): Promise<void> {
  await client.send(new AbortMultipartUploadCommand({ ...uploading })).catch(() => undefined);
}

/** Pieces of one size and then the rest, one to the full size where it fits so; empty only where there is nothing else. */
async function* partsOf(content: AsyncIterable<Uint8Array>, measure: Measure, size: number): AsyncGenerator<Part> {
  let chunks: Uint8Array[] = [];
  let held = 0;
  for await (let chunk of content) {
    measure.add(chunk);
    while (chunk.length > 0) {
      if (held === size) {
        yield { bytes: Buffer.concat(chunks), last: false };
        [chunks, held] = [[], 0];
      }
      const taken = chunk.subarray(0, size - held);
      chunks.push(taken);
      held += taken.length;
      chunk = chunk.subarray(taken.length);
    }
  }
  yield { bytes: Buffer.concat(chunks), last: true };
}

function tooLarge(name: string, partBytes: number): Error {
  return failure("store-too-large", `writing ${name}: it is larger than ${Math.round((partBytes * PARTS_ALLOWED) / 1e9)} GB`, {
    hint: "an object of S3 has 10,000 parts at most; name a directory in `backup.store`",
  });
}
