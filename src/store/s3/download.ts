/**
 * The bytes of one object, however often the connection breaks on the way: what is missing is asked for again from where it broke, of the
 * very same version. Attempts are counted anew once bytes have come.
 */

import { Readable } from "node:stream";
import { GetObjectCommand, type GetObjectCommandOutput } from "@aws-sdk/client-s3";

import { failure } from "../../domain/error.ts";
import { pauseBefore, type Bucket } from "./client.ts";
import { isRefusedByCondition, s3Failure } from "./error.ts";

/** Throws where the object is not there; the stream fails where it cannot be read to its end. `act` names the reading. */
export async function download(bucket: Bucket, name: string, act: string): Promise<Readable> {
  try {
    const first = await bucket.client.send(new GetObjectCommand({ Bucket: bucket.place.bucket, Key: name }));
    return Readable.from(wholeObject(bucket, name, act, first), { objectMode: false });
  } catch (error) {
    throw s3Failure(act, error);
  }
}

async function* wholeObject(bucket: Bucket, name: string, act: string, first: GetObjectCommandOutput): AsyncGenerator<Uint8Array> {
  const sizeBytes = first.ContentLength ?? 0;
  let offset = 0;
  let attempt = 0;
  for (let answer: GetObjectCommandOutput | null = first; ; answer = null) {
    try {
      answer ??= await fromOffset(bucket, name, offset, first.ETag);
      for await (const chunk of impatient(bodyOf(answer), bucket.patience.idleMs)) {
        offset += chunk.length;
        attempt = 0;
        yield chunk;
      }
      if (offset === sizeBytes) return;
      throw Object.assign(new Error(`it ended after ${offset} of ${sizeBytes} bytes`), { code: "ECONNRESET" });
    } catch (error) {
      attempt += 1;
      if (isRefusedByCondition(error)) throw changed(act, error);
      if (attempt >= bucket.patience.attempts || offset > sizeBytes) throw s3Failure(act, error);
      await pauseBefore(attempt, bucket.patience);
    }
  }
}

async function fromOffset(
  { client, place }: Bucket,
  name: string,
  offset: number,
  etag: string | undefined,
): Promise<GetObjectCommandOutput> {
  const command = new GetObjectCommand({ Bucket: place.bucket, Key: name, Range: `bytes=${offset}-`, IfMatch: etag });
  const answer = await client.send(command);
  if (answer.ContentRange?.startsWith(`bytes ${offset}-`) === true || offset === 0) return answer;
  bodyOf(answer).destroy();
  throw new Error("the service does not give a part of an object");
}

function bodyOf({ Body: body }: GetObjectCommandOutput): Readable {
  if (body instanceof Readable) return body;
  throw new Error("the service gave an answer without content");
}

/** Fails where nothing comes for so long while somebody waits for it; a reader may take all the time. */
async function* impatient(body: Readable, idleMs: number): AsyncGenerator<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  try {
    for (;;) {
      const timer = setTimeout(() => body.destroy(Object.assign(new Error("nothing comes any more"), { name: "TimeoutError" })), idleMs);
      try {
        const next = await iterator.next();
        if (next.done === true) return;
        clearTimeout(timer);
        yield next.value;
      } finally {
        clearTimeout(timer);
      }
    }
  } finally {
    body.destroy();
  }
}

function changed(act: string, cause: unknown): Error {
  return failure("store-changed", `${act}: it was replaced by another one meanwhile`, {
    hint: "somebody else writes to this store; give Belay a prefix of its own, then run again",
    cause,
  });
}
