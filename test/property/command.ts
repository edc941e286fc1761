/** What every command of a random sequence has in common. */

import type fc from "fast-check";
import { expect } from "vitest";

import type { Result } from "../../src/domain/result.ts";
import { assertInvariants } from "./invariants.ts";
import { type Kind, migrationSql } from "./migration-kinds.ts";
import { fileName, type Model } from "./model.ts";
import type { Production } from "./production.ts";

/** How often what was seen: a sequence that meets nothing shows nothing. */
export const seen = new Map<string, number>();

export function saw(what: string): void {
  seen.set(what, (seen.get(what) ?? 0) + 1);
}

export type Command = fc.AsyncCommand<Model, Production>;

interface Act {
  readonly name: string;
  /** Default always. */
  readonly when?: (model: Model) => boolean;
  readonly act: (model: Model, production: Production) => Promise<void>;
}

export function command({ name, when = () => true, act }: Act): Command {
  return {
    check: when,
    toString: () => name,
    async run(model, production) {
      model.atStart = model.content();
      await act(model, production);
      assertInvariants(model, production);
    },
  };
}

export const AGAIN = ["--again", "the property test goes on"];
export const whole = (model: Model) => model.cutOff === null;

/** The reason of an end, for a failed expectation. */
export function told({ outcome, reasons }: Result, stderr: string): string {
  return `${outcome}: ${JSON.stringify(reasons)}\n${stderr}`;
}

export function expectUnfinished(status: number | null, { reasons }: Result): void {
  expect(status).toBe(3);
  expect(reasons.map(({ code }) => code)).toContain("unfinished-run");
}

export function writeMigration(model: Model, production: Production, kind: Kind): void {
  const file = { number: model.nextNumber(), kind };
  model.pending = [...model.pending, file];
  production.migration(`${fileName(file)}.sql`, migrationSql(kind, file.number));
}
