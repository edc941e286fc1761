/** Several statements in one message round trip: one synchronisation at their end, so that after a failure the server skips the rest. */

import type { Submittable } from "pg";

/** What of the driver's connection this uses; https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING */
interface Wire {
  readonly stream: { cork(): void; uncork(): void; destroy(error: Error): void };
  parse(message: { readonly text: string; readonly name: string }): void;
  bind(message: { readonly portal: string; readonly statement: string }): void;
  execute(message: { readonly portal: string; readonly rows: number }): void;
  close(message: { readonly type: "S"; readonly name: string }): void;
  flush(): void;
  sync(): void;
}

export interface PipelineOptions {
  /** Texts that occur several times, to be parsed and planned once. */
  readonly repeated?: readonly string[];
  /** Asks the server to answer at once after these statements, by their index; it otherwise keeps its answers until the end. */
  readonly answeredAfter?: ReadonlySet<number>;
  /** How many statements are done. */
  readonly progress?: (done: number) => void;
}

/** For `client.query`; the driver calls its methods as the server answers. */
export class WirePipeline implements Submittable {
  readonly #statements: readonly string[];
  readonly #options: PipelineOptions;
  readonly #settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  /** How many are done. */
  done = 0;

  constructor(
    statements: readonly string[],
    settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void },
    options: PipelineOptions = {},
  ) {
    this.#statements = statements;
    this.#settle = settle;
    this.#options = options;
  }

  // the driver's types hold its connection to be a socket only
  submit(connection: unknown): void {
    const wire = connection as Wire;
    wire.stream.cork();
    try {
      const prepared = prepare(wire, this.#options.repeated ?? []);
      for (const [index, text] of this.#statements.entries()) {
        const name = prepared.get(text) ?? "";
        if (name === "") wire.parse({ text, name });
        wire.bind({ portal: "", statement: name });
        wire.execute({ portal: "", rows: 0 });
        if (this.#options.answeredAfter?.has(index) === true) wire.flush();
      }
      wire.sync();
    } finally {
      wire.stream.uncork();
    }
  }

  handleCommandComplete(): void {
    this.#next();
  }

  handleEmptyQuery(): void {
    this.#next();
  }

  handleError(error: unknown): void {
    this.#settle.reject(error);
  }

  handleReadyForQuery(): void {
    this.#settle.resolve();
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleCopyData(): void {}

  /** The messages behind it are on their way already, so that nothing can be answered any more. */
  handleCopyInResponse({ stream }: Wire): void {
    stream.destroy(new Error("COPY … FROM STDIN has no data here"));
  }

  #next(): void {
    this.done++;
    this.#options.progress?.(this.done);
  }
}

/** Under names that hold for this pipeline: each drops what an earlier one left. */
function prepare(wire: Wire, texts: readonly string[]): ReadonlyMap<string, string> {
  const prepared = new Map(texts.map((text, index) => [text, `belay_${index}`]));
  for (const [text, name] of prepared) {
    wire.close({ type: "S", name });
    wire.parse({ text, name });
  }
  return prepared;
}
