/**
 * The payload of an age file (C2SP age v1): ChaCha20-Poly1305 over chunks of 64 KiB, the last one marked. OpenSSL's cipher does the work,
 * at many times the speed of one in JavaScript. A chunk is handed on only once its tag is proven, so whoever reads gets true bytes or an
 * error; that nothing was cut off is known at the end alone.
 */

import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";

export const NONCE_BYTES = 16;
const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const CIPHER = "chacha20-poly1305";

/** Thrown where the bytes are not what was encrypted with this key. */
export class PayloadError extends Error {}

export async function* encryptPayload(content: AsyncIterable<Uint8Array>, fileKey: Uint8Array, nonce: Uint8Array): AsyncGenerator<Buffer> {
  const key = payloadKey(fileKey, nonce);
  let counter = 0;
  for await (const { bytes, last } of chunksOf(content, CHUNK_BYTES)) {
    const cipher = createCipheriv(CIPHER, key, chunkNonce(counter++, last), { authTagLength: TAG_BYTES });
    const sealed = cipher.update(bytes);
    cipher.final();
    yield Buffer.concat([sealed, cipher.getAuthTag()]);
  }
}

export async function* decryptPayload(content: AsyncIterable<Uint8Array>, fileKey: Uint8Array, nonce: Uint8Array): AsyncGenerator<Buffer> {
  const key = payloadKey(fileKey, nonce);
  let counter = 0;
  for await (const { bytes, last } of chunksOf(content, CHUNK_BYTES + TAG_BYTES)) {
    if (bytes.length < TAG_BYTES) throw new PayloadError("its end is missing");
    const plain = opened(bytes, key, chunkNonce(counter, last), last);
    if (plain.length === 0 && counter > 0) throw new PayloadError("it ends with an empty chunk");
    counter += 1;
    yield plain;
  }
}

function opened(bytes: Buffer, key: Buffer, nonce: Buffer, last: boolean): Buffer {
  const end = bytes.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(end));
  const plain = decipher.update(bytes.subarray(0, end));
  try {
    decipher.final();
  } catch (error) {
    throw new PayloadError(last ? "its end is altered or missing" : "it is altered", { cause: error });
  }
  return plain;
}

function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Buffer {
  return Buffer.from(hkdfSync("sha256", fileKey, nonce, "payload", 32));
}

/** Eleven bytes of a counter, and one that marks the last chunk. Six bytes of them count more chunks than any file has. */
function chunkNonce(counter: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(counter, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/** Pieces of exactly this size and then the rest: one to the full size where it fits so, an empty one only where there is nothing else. */
async function* chunksOf(
  content: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ readonly bytes: Buffer; readonly last: boolean }> {
  let held = Buffer.alloc(size);
  let used = 0;
  for await (let chunk of content) {
    while (chunk.length > 0) {
      if (used === size) {
        yield { bytes: held, last: false };
        held = Buffer.alloc(size);
        used = 0;
      }
      const taken = Math.min(size - used, chunk.length);
      held.set(chunk.subarray(0, taken), used);
      used += taken;
      chunk = chunk.subarray(taken);
    }
  }
  yield { bytes: held.subarray(0, used), last: true };
}
