import { StringDecoder } from "node:string_decoder";

const STREAM_LIMIT = 1024 * 1024;
const TAIL_LIMIT = 64 * 1024;

export type OutputStream = "stdout" | "stderr";

/** What a program printed, kept within bounds: the beginning of each stream, and the end of both as they came. Lengths in characters. */
export class CapturedOutput {
  /** Bytes seen so far. */
  seenBytes = 0;
  truncated = false;
  readonly #decoders = { stdout: new StringDecoder("utf8"), stderr: new StringDecoder("utf8") };
  readonly #texts = { stdout: "", stderr: "" };
  readonly #told: (stream: OutputStream, text: string) => void;
  #tail = "";

  constructor(told: (stream: OutputStream, text: string) => void) {
    this.#told = told;
  }

  add(stream: OutputStream, bytes: Buffer): void {
    this.seenBytes += bytes.length;
    this.#addText(stream, this.#decoders[stream].write(bytes));
  }

  /** No more will come: a character that was cut off half-way becomes U+FFFD. */
  end(): void {
    for (const stream of ["stdout", "stderr"] as const) this.#addText(stream, this.#decoders[stream].end());
  }

  get stdout(): string {
    return this.#texts.stdout;
  }

  get stderr(): string {
    return this.#texts.stderr;
  }

  get tail(): string {
    return this.#tail.slice(-TAIL_LIMIT);
  }

  #addText(stream: OutputStream, text: string): void {
    if (text === "") return;
    const kept = this.#texts[stream];
    const room = STREAM_LIMIT - kept.length;
    if (text.length > room) this.truncated = true;
    if (room > 0) this.#texts[stream] = kept + text.slice(0, room);
    this.#tail += text;
    if (this.#tail.length > 2 * TAIL_LIMIT) this.#tail = this.#tail.slice(-TAIL_LIMIT);
    this.#told(stream, text);
  }
}
