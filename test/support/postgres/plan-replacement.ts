/** `planReplacement` over a session of its own, where no lock is held. */

import type { RunId } from "../../../src/domain/run-id.ts";
import type { Copy, ReplacementIntent } from "../../../src/engine/hold.ts";
import { administer } from "../../../src/engine/postgres/copies.ts";
import type { Place } from "../../../src/engine/postgres/place.ts";
import { planReplacement as planOver } from "../../../src/engine/postgres/replacement.ts";

export async function planReplacement(place: Place, copy: Copy, run: RunId): Promise<ReplacementIntent> {
  await using connection = await administer(place);
  return await planOver(connection, place, copy, run);
}
