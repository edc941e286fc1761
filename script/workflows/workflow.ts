/** A workflow as the house's rules look at it: its jobs, their steps, and which action each of them uses. */

import { parse } from "yaml";

export type Mapping = Readonly<Record<string, unknown>>;

export interface Uses {
  /** Where it stands: `jobs.migrate.steps[2]`, or `jobs.prod` for a whole workflow that is called. */
  readonly place: string;
  /** `owner/name@ref`, `owner/name/path@ref`, `./path`. */
  readonly action: string;
  readonly with: Mapping;
  /** `id` of the step; null where it has none. */
  readonly id: string | null;
}

export interface Job {
  readonly name: string;
  readonly body: Mapping;
  readonly uses: readonly Uses[];
}

export interface Workflow {
  readonly body: Mapping;
  readonly jobs: readonly Job[];
}

export function readWorkflow(content: string): Workflow {
  const body = mapping(parse(content));
  const jobs = Object.entries(mapping(body["jobs"])).map(([name, job]) => readJob(name, mapping(job)));
  return { body, jobs };
}

/** Anything that is no mapping is an empty one: whether it may stand there is what the schema's checker says. */
export function mapping(value: unknown): Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

function readJob(name: string, body: Mapping): Job {
  const steps: readonly unknown[] = Array.isArray(body["steps"]) ? body["steps"] : [];
  const places = [[`jobs.${name}`, body] as const, ...steps.map((step, index) => [`jobs.${name}.steps[${index}]`, mapping(step)] as const)];
  return { name, body, uses: places.flatMap(([place, block]) => usesOf(place, block)) };
}

function usesOf(place: string, block: Mapping): Uses[] {
  const { uses, with: given, id } = block;
  if (typeof uses !== "string") return [];
  return [{ place, action: uses, with: mapping(given), id: typeof id === "string" ? id : null }];
}
