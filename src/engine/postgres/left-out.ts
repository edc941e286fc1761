/** What a backup holds and no restore of it brings: accepted by name when it was taken, and to be said whenever a copy of it is used. */

import * as z from "zod/mini";

import type { Manifest } from "../../domain/backup.ts";
import type { JsonValue } from "../../domain/canonical-json.ts";
import { schemaDifference, type SchemaSnapshot } from "../../domain/schema.ts";
import type { ComparisonReference, Copy } from "../hold.ts";
import { readKept } from "./kept.ts";
import { manifestOf } from "./stored-copy.ts";

export interface LeftOut {
  /** For people: `event trigger audit_ddl is in the backup, and cannot be restored by this role: …`. */
  readonly said: string;
  /** What a schema snapshot of the restored copy lacks, the thing itself first; empty where it is owners. */
  readonly labels: readonly string[];
}

/** As a manifest and a copy keep them. */
export function keptLeftOut(all: readonly LeftOut[]): JsonValue {
  return all.map(({ said, labels }) => ({ said, labels: [...labels] }));
}

export function leftOutOf({ engineFacts }: Pick<Manifest, "engineFacts">): readonly LeftOut[] {
  return parse(engineFacts["leftOut"]);
}

export function leftOutOfReference(reference: ComparisonReference): readonly LeftOut[] {
  return "backup" in reference ? leftOutOf(reference.backup.manifest) : leftOutOfCopy(reference.copy);
}

/** A copy with what was left out of it, in its evidence and in its sentences; `refused`: which settings it could not be given. */
export function withLacks(copy: Copy, leftOut: readonly LeftOut[], refused: readonly string[] = []): Copy {
  const lacks = [...leftOut.map(({ said }) => said), ...refused];
  if (lacks.length === 0) return copy;
  const { evidence } = copy;
  const known = typeof evidence === "object" && evidence !== null && !Array.isArray(evidence) ? evidence : {};
  return { ...copy, lacks, evidence: leftOut.length === 0 ? evidence : { ...known, leftOut: keptLeftOut(leftOut) } };
}

/** The same structure, but for what the reference was known to lack and `after` has. */
export function sameButForLeftOut(reference: SchemaSnapshot, after: SchemaSnapshot, leftOut: readonly LeftOut[]): boolean {
  const { added, removed, changed } = schemaDifference(reference, after);
  const labels = new Set(leftOut.flatMap((each) => each.labels));
  return removed.length + changed.length === 0 && added.every((label) => labels.has(label));
}

/** Which of them a database lacks, too, in words. Of owners it cannot be told, and so it is said. */
export function missingIn({ objects }: SchemaSnapshot, leftOut: readonly LeftOut[]): readonly string[] {
  const there = new Set(objects.map(({ kind, name }) => `${kind} ${name}`));
  return leftOut.filter(({ labels: [thing] }) => thing === undefined || !there.has(thing)).map(({ said }) => said);
}

function leftOutOfCopy(copy: Copy): readonly LeftOut[] {
  const manifest = manifestOf(copy);
  if (manifest !== null) return leftOutOf(manifest);
  const { evidence } = copy;
  return typeof evidence === "object" && evidence !== null && "leftOut" in evidence ? parse(evidence["leftOut"]) : [];
}

function parse(kept: JsonValue | undefined): readonly LeftOut[] {
  if (kept === undefined) return [];
  return readKept(z.array(z.object({ said: z.string(), labels: z.array(z.string()) })), kept, "what it lacks");
}
