import { refusal } from "../domain/error.ts";
import type { Workspace } from "./workspace.ts";

/** A hold has at most one workspace open, and does nothing to its target meanwhile. */
export class OneWorkspace {
  readonly #target: string;
  #open = false;

  /** `target`: as messages call it. */
  constructor(target: string) {
    this.#target = target;
  }

  /** Refuses with `workspace-open`. */
  assertNone(): void {
    if (this.#open) throw refusal("workspace-open", `${this.#target} is open for work`, { hint: "close the workspace first" });
  }

  /** Opens one; closing it makes room for the next. */
  async open(make: () => Promise<Workspace>): Promise<Workspace> {
    this.assertNone();
    this.#open = true;
    const closed = () => void (this.#open = false);
    try {
      const workspace = await make();
      return {
        ...workspace,
        async [Symbol.asyncDispose]() {
          closed();
          await workspace[Symbol.asyncDispose]();
        },
      };
    } catch (error) {
      closed();
      throw error;
    }
  }
}
