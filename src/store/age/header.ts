/** The header of an age file: who may open it, and the key of its payload wrapped for each of them. The age library's own work. */

import { Decrypter, Encrypter } from "age-encryption";

import { NONCE_BYTES } from "./stream.ts";

/** Behind an empty payload: its nonce and the tag of its only chunk. */
const EMPTY_PAYLOAD_BYTES = NONCE_BYTES + 16;
/** A header grows with its recipients; nobody has so many. */
const LARGEST_BYTES = 1 << 20;

export interface SealedKey {
  readonly header: Buffer;
  readonly fileKey: Uint8Array;
}

/** A fresh key for one file. The library makes key and header together; a recipient of our own looks on, and leaves no trace in them. */
export async function sealNewKey(recipients: readonly string[]): Promise<SealedKey> {
  let fileKey: Uint8Array | undefined;
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  encrypter.addRecipient({
    wrapFileKey: (key) => {
      fileKey = key.slice();
      return [];
    },
  });
  const empty = await encrypter.encrypt(new Uint8Array(0));
  if (fileKey === undefined) throw new Error("the age library asked no recipient");
  return { header: Buffer.from(empty.subarray(0, empty.length - EMPTY_PAYLOAD_BYTES)), fileKey };
}

/** null where none of the identities fits. Throws where the header is malformed or was altered. */
export async function openHeader(header: Uint8Array, identities: readonly string[]): Promise<Uint8Array | null> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  try {
    return await decrypter.decryptHeader(header);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("no identity matched")) return null;
    throw error;
  }
}

/** Bytes to the end of the header; null where its end is not among these. Throws where there can be none. */
export function headerEnd(bytes: Buffer): number | null {
  const last = bytes.indexOf("\n--- ");
  const end = last < 0 ? -1 : bytes.indexOf("\n", last + 1);
  if (end >= 0) return end + 1;
  if (bytes.length > LARGEST_BYTES) throw new Error("its header has no end");
  return null;
}
