/** Several statements in one message round trip: one synchronisation at their end, so that after a failure the server skips the rest. */

import type { Submittable } from "pg";

/** What of the driver's connection this uses; https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING */
interface Wire {
  readonly stream: { cork(): void; uncork(): void; destroy(error: Error): void };
  parse(message: { readonly text: string; readonly name: string }): void;
  bind(message: { readonly portal: string; readonly statement: string }): void;
  execute(message: { readonly portal: string; readonly rows: number }): void;
  sync(): void;
}

/** For `client.query`; the driver calls its methods as the server answers. */
export class WirePipeline implements Submittable {
  readonly #statements: readonly string[];
  readonly #settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  /** How many are done. */
  done = 0;

  constructor(statements: readonly string[], settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void }) {
    this.#statements = statements;
    this.#settle = settle;
  }

  // the driver's types hold its connection to be a socket only
  submit(connection: unknown): void {
    const wire = connection as Wire;
    wire.stream.cork();
    try {
      for (const text of this.#statements) {
        wire.parse({ text, name: "" });
        wire.bind({ portal: "", statement: "" });
        wire.execute({ portal: "", rows: 0 });
      }
      wire.sync();
    } finally {
      wire.stream.uncork();
    }
  }

  handleCommandComplete(): void {
    this.done++;
  }

  handleEmptyQuery(): void {
    this.done++;
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
}
