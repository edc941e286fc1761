/** One command with everything that it is judged by, and how whoever said it is told. */

import type { Asked } from "../chat/grammar.ts";
import type { Answer } from "./answer.ts";
import type { Draft } from "./draft.ts";
import type { Facts } from "./facts.ts";
import type { Person, RequestReason } from "./request.ts";

export interface Order {
  readonly asked: Asked;
  readonly by: Person;
  /** null: a button on a commit that belongs to no pull request. */
  readonly pull: number | null;
  /** Where it was said, and what reactions and answers go to; null: a button was pressed. */
  readonly comment: number | null;
  /** `comment:12`, `check:7`. */
  readonly source: string;
  /** When it was said. */
  readonly saidAt: string;
  readonly facts: Facts;
}

/** A line to the one who asked. A button has no comment to answer: its check run shows what became of it. */
export function answer(draft: Draft, { comment, pull }: Order, told: Answer): void {
  if (comment !== null && pull !== null) draft.answer(comment, pull, told);
}

export function refuse(draft: Draft, order: Order, reasons: readonly RequestReason[]): void {
  draft.note("refused", { command: order.asked.command, by: order.by.id, source: order.source, reasons: reasons.map(({ code }) => code) });
  if (order.comment !== null) draft.add({ kind: "react", comment: order.comment, reaction: "-1" });
  answer(draft, order, { kind: "refused", reasons });
}
