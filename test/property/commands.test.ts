/**
 * P1, P2 and P4 over random sequences of commands, writes, crashes and recoveries, on the built Belay. It says its seed when it fails;
 * `BELAY_SEED=… BELAY_PATH=… BELAY_REPLAY=…` (seed, path and replayPath as it said them) try the same again, `BELAY_SOAK=<minutes>`
 * (`npm run soak`) tries for longer.
 */

import fc from "fast-check";
import { expect, test } from "vitest";

import { seen } from "./command.ts";
import { commands } from "./commands.ts";
import { Model } from "./model.ts";
import { Production } from "./production.ts";

const soakMinutes = Number(process.env["BELAY_SOAK"] ?? 0);
const limitMs = soakMinutes > 0 ? soakMinutes * 60_000 : 60_000;
const { BELAY_SEED: seed, BELAY_PATH: path, BELAY_REPLAY: replayPath } = process.env;
const shape = { maxCommands: 24, size: "max", ...(replayPath === undefined ? {} : { replayPath }) } as const;

test(
  "whatever comes in whatever order, no migration runs unproven, no state is in between, no write is lost",
  { timeout: limitMs + 120_000 },
  async () => {
    let sequences = 0;
    const property = fc.asyncProperty(fc.noBias(fc.commands(commands, shape)), fc.boolean(), async (sequence, held) => {
      using production = new Production(held);
      await fc.asyncModelRun(() => ({ model: new Model(), real: production }), sequence);
      sequences++;
    });
    await fc.assert(property, {
      numRuns: soakMinutes > 0 ? Number.MAX_SAFE_INTEGER : 40,
      interruptAfterTimeLimit: limitMs,
      markInterruptAsFailure: false,
      ...(seed === undefined ? {} : { seed: Number(seed) }),
      ...(path === undefined ? {} : { path }),
    });
    expect(sequences).toBeGreaterThan(0);
    if (soakMinutes > 0) process.stdout.write(`${sequences} sequences ${JSON.stringify(Object.fromEntries(seen), null, 2)}\n`);
  },
);
