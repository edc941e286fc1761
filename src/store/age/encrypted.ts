/**
 * Encryption for the recipients of belay.yml, around any store. Only what is put as content is encrypted: names, manifests and journals
 * stay readable, so that whoever has no key can see which backups there are. What lies there, the program `age` opens too.
 *
 * To write takes public keys alone. The keys of the files that this process wrote stay in its memory, so that a run can prove its backup
 * and restore it where the identity is not on the machine; everybody else needs the identity. A file that is not encrypted is read as it
 * lies there, so that backups from before encryption stay of use.
 */

import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";

import { BelayError, failure, messageOf } from "../../domain/error.ts";
import { damaged } from "../checked.ts";
import type { Store } from "../store.ts";
import { decryptPayload, encryptPayload, NONCE_BYTES, PayloadError } from "./stream.ts";
import type { SealedKey } from "./header.ts";

export interface Encryption {
  /** Public keys: `age1…`. Empty: nothing is encrypted, but what is can be read. */
  readonly recipients: readonly string[];
  /** Secret keys: `AGE-SECRET-KEY-1…`; asked for when something is to be opened. Empty where none are there. */
  readonly identities: () => Promise<readonly string[]>;
}

export function encryptedStore(inner: Store, { recipients, identities }: Encryption): Store {
  const own = new Map<string, SealedKey>();
  const encrypts = recipients.length > 0;
  return {
    ...inner,
    encryption: encrypts ? "age" : inner.encryption,

    async put(key, content, options) {
      if (!encrypts || options?.plain === true) return inner.put(key, content, options);
      try {
        const sealed = await (await headers()).sealNewKey(recipients);
        own.delete(key);
        const stored = await inner.put(key, Readable.from(sealedContent(sealed, asStream(content)), { objectMode: false }), options);
        own.set(key, sealed);
        return stored;
      } catch (error) {
        if (content instanceof Readable) content.destroy();
        throw error;
      }
    },

    async get(key, expected) {
      const stored = await inner.get(key, expected);
      const source = new Source(stored);
      try {
        const start = await source.start(MAGIC.length);
        if (!start.equals(MAGIC)) return Readable.from(source.rest(), { objectMode: false });
        const fileKey = await fileKeyOf(key, await readHeader(source, key));
        const nonce = await source.take(NONCE_BYTES);
        return Readable.from(openedContent(source, fileKey, nonce, key), { objectMode: false });
      } catch (error) {
        stored.destroy();
        throw error;
      }
    },

    // What the engine writes by itself would lie there unencrypted.
    localPath: (key) => (encrypts ? null : inner.localPath(key)),
  };

  async function fileKeyOf(key: string, header: Buffer): Promise<Uint8Array> {
    const known = own.get(key);
    if (known?.header.equals(header) === true) return known.fileKey;
    const keys = await identities();
    if (keys.length === 0) {
      throw failure("identity-needed", `reading ${key} of ${inner.location}: it is encrypted with age, and no identity is given`, {
        hint: "name its secret key in belay.yml, by a variable or a file: `backup.encrypt.identity` or `identity-file`",
      });
    }
    const { openHeader } = await headers();
    const fileKey = await openHeader(header, keys).catch((error: unknown) => {
      throw damaged(key, `its age header is unsound (${messageOf(error)})`, error);
    });
    if (fileKey !== null) return fileKey;
    throw failure(
      "wrong-identity",
      `reading ${key} of ${inner.location}: it is encrypted with age for other keys than the identity given`,
      {
        hint: "name the identity of one of the recipients that it was encrypted for, in `backup.encrypt` of belay.yml",
      },
    );
  }
}

/** What every age file begins with. */
const MAGIC = Buffer.from("age-encryption.org/v1\n");

/** The library is loaded where something is encrypted or opened; most runs do neither. */
function headers() {
  return import("./header.ts");
}

function asStream(content: Readable | Uint8Array): AsyncIterable<Uint8Array> {
  return content instanceof Readable ? content : Readable.from([content]);
}

async function* sealedContent({ header, fileKey }: SealedKey, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const nonce = randomBytes(NONCE_BYTES);
  yield Buffer.concat([header, nonce]);
  yield* encryptPayload(content, fileKey, nonce);
}

/** Where the store itself finds the file damaged, that is said, and not what it led to here. */
async function* openedContent(source: Source, fileKey: Uint8Array, nonce: Buffer, key: string): AsyncGenerator<Uint8Array> {
  try {
    if (nonce.length < NONCE_BYTES) throw new PayloadError("its end is missing");
    yield* decryptPayload(source.rest(), fileKey, nonce);
  } catch (error) {
    throw error instanceof PayloadError ? damaged(key, `${error.message} (age)`, error) : error;
  }
}

async function readHeader(source: Source, key: string): Promise<Buffer> {
  const { headerEnd } = await headers();
  try {
    for (let bytes = MAGIC.length; ; bytes *= 2) {
      const start = await source.start(bytes);
      const end = headerEnd(start);
      if (end !== null) return await source.take(end);
      if (start.length < bytes) throw new Error("it ends within its header");
    }
  } catch (error) {
    if (error instanceof BelayError) throw error;
    throw damaged(key, `its age header is unsound (${messageOf(error)})`, error);
  }
}

/** A stream of bytes whose beginning can be looked at. */
class Source {
  readonly #iterator: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** The first bytes, which stay there; fewer where there are no more. */
  async start(bytes: number): Promise<Buffer> {
    while (this.#held.length < bytes) {
      const next = await this.#iterator.next();
      if (next.done === true) break;
      this.#held = Buffer.concat([this.#held, next.value]);
    }
    return this.#held.subarray(0, bytes);
  }

  async take(bytes: number): Promise<Buffer> {
    const taken = await this.start(bytes);
    this.#held = this.#held.subarray(taken.length);
    return taken;
  }

  async *rest(): AsyncGenerator<Buffer> {
    try {
      if (this.#held.length > 0) yield this.#held;
      for (let next = await this.#iterator.next(); next.done !== true; next = await this.#iterator.next()) yield next.value;
    } finally {
      await this.#iterator.return?.();
    }
  }
}
