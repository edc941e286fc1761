/** What a workspace knows of one target: of all its database, or of one tenant in it. */

import type { JsonValue } from "../../domain/canonical-json.ts";
import type { SchemaSnapshot } from "../../domain/schema.ts";
import type { Session } from "../../domain/session.ts";
import type { Target } from "../../domain/target.ts";
import type { ComparisonReference } from "../hold.ts";
import type { Workspace, WorkOptions } from "../workspace.ts";
import { compareDatabases } from "./compare.ts";
import { compareWithStored } from "./compare-stored.ts";
import type { Connection } from "./connection.ts";
import type { Content } from "./content.ts";
import { Disturbance } from "./disturbance.ts";
import { readIdentity } from "./identity.ts";
import { makeMark } from "./later-writes.ts";
import { applicationOf } from "./orphans.ts";
import type { Place } from "./place.ts";
import type { Presence } from "./presence.ts";
import { inCopy } from "./reference.ts";
import { obstacleToCopies } from "./rights.ts";
import { readSchema } from "./schema.ts";
import { replacedScope, scopeOf } from "./scope-of.ts";
import type { Scope } from "./scope.ts";

/** What all targets of a workspace have in common. */
export interface SharedWork {
  readonly place: Place;
  readonly options: WorkOptions;
  readonly engineVersion: string;
  /** A session in the database, for Belay's own questions. */
  readonly control: () => Promise<Connection>;
  readonly presence: Presence;
  /** What clones were proven to hold, by their place. */
  readonly known: ReadonlyMap<string, Content["fingerprints"]>;
}

export class WorkspacePart {
  readonly scope: Scope;
  /** Whose writes count. */
  readonly replaced: Scope;
  readonly workspace: Omit<Workspace, "backup" | "tenant" | typeof Symbol.asyncDispose>;
  /** Structure of the target as it is backed up. */
  before: SchemaSnapshot | null = null;
  readonly #shared: SharedWork;
  readonly #disturbance: Disturbance;
  #mark: JsonValue = null;

  constructor(shared: SharedWork, target: Target, session: Session) {
    const { presence, control, engineVersion, place } = shared;
    this.scope = scopeOf(target);
    this.replaced = replacedScope({ ...place, target });
    this.#shared = shared;
    this.#disturbance = new Disturbance({ presence, control, scope: this.scope });
    this.workspace = {
      session,
      engineVersion,
      identity: async () => readIdentity(await control()),
      schema: async () => readSchema(await control(), this.scope),
      compare: (reference) => this.#compare(reference),
      disturbance: () => this.#disturbance.find(),
      watch: (ours, work) => this.#disturbance.watch(ours, work),
      written: () => this.#disturbance.written(),
      mark: async () => makeMark(await control(), this.replaced),
    };
  }

  /** From here on what is written is found by `begin`. */
  async beforeBackup(): Promise<void> {
    const { control } = this.#shared;
    this.#mark = await makeMark(await control(), this.replaced);
  }

  /** The backup is taken, and whoever comes is seen. */
  async begin(): Promise<void> {
    if (this.before === null) throw new Error("a backup that nothing was looked at before");
    await this.#disturbance.begin({ mark: this.#mark, schema: this.before });
  }

  async #compare(reference: ComparisonReference) {
    const { place, options, control, known } = this.#shared;
    const after = await control();
    if ("backup" in reference && (await obstacleToCopies(after)) !== null)
      return (await compareWithStored(after, reference.backup.manifest, this.scope)).data;
    return await inCopy(place, reference, { ...options, application: applicationOf(options.run) }, async (before) =>
      compareDatabases(before, await control(), this.scope, "copy" in reference ? known.get(reference.copy.place) : undefined),
    );
  }
}
