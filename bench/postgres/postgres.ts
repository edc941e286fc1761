/** Everything that is measured on PostgreSQL, on one server: 15, whose programs people have. */

import type { Row } from "../comparison.ts";
import { dump } from "./dump.ts";
import { fingerprints } from "./fingerprints.ts";
import { guarded } from "./guarded.ts";
import { migrations } from "./migrations.ts";
import { BenchServer, LARGE, QUICK } from "./server.ts";

export interface Extent {
  readonly quick: boolean;
  readonly rounds: number;
}

export async function postgres(folder: string, { quick, rounds }: Extent, told: (text: string) => void): Promise<readonly Row[]> {
  await using server = await BenchServer.start(15, folder);
  told("generating the PostgreSQL database");
  const bytes = await server.fill("original", quick ? QUICK : LARGE);
  told(`${(bytes / 1e6).toFixed(0)} MB`);
  return [
    ...(await fingerprints(server, "original", rounds, told)),
    ...(await dump(server, folder, "original", rounds, told)),
    ...(await guarded(server, folder, "original", rounds, told)),
    ...(await migrations(server, folder, quick ? 100 : 1000, rounds, told)),
  ];
}
