import type { IncomingMessage } from "node:http";

export type Body =
  | { readonly kind: "read"; readonly bytes: Buffer }
  /** More than was allowed: the rest is not read. */
  | { readonly kind: "too-large" }
  /** So many are being read already that there is no memory for another. */
  | { readonly kind: "too-many" };

/** What all requests together may hold that nobody has looked at yet: whoever is not known may send, too. */
const MOST_HELD_BYTES = 256 * 1024 * 1024;

export class Bodies {
  readonly #most: number;
  #held = 0;

  constructor(most = MOST_HELD_BYTES) {
    this.#most = most;
  }

  /** Of a request. Rejects when the other end goes away. */
  async read(message: IncomingMessage, limit: number): Promise<Body> {
    if (Number(message.headers["content-length"] ?? 0) > limit) return { kind: "too-large" };
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      // Whoever sent too much is told so before the connection ends.
      for await (const chunk of message.iterator({ destroyOnReturn: false })) {
        if (!Buffer.isBuffer(chunk)) throw new TypeError("a request is read as bytes");
        chunks.push(chunk);
        length += chunk.length;
        this.#held += chunk.length;
        if (length > limit) return { kind: "too-large" };
        if (this.#held > this.#most) return { kind: "too-many" };
      }
      return { kind: "read", bytes: Buffer.concat(chunks, length) };
    } finally {
      this.#held -= length;
    }
  }
}

/** undefined: it is no JSON in UTF-8. */
export function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
