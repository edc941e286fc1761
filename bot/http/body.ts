import type { IncomingMessage } from "node:http";

/** The bytes of a request; null where there are more than `limit`: the rest is not read. Rejects when the other end goes away. */
export async function bodyOf(message: IncomingMessage, limit: number): Promise<Buffer | null> {
  if (Number(message.headers["content-length"] ?? 0) > limit) return null;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("a request is read as bytes");
    length += chunk.length;
    if (length > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
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
