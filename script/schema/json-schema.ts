/** The JSON Schema of belay.yml, from the zod schema that validates it, less what this version refuses. */

import * as z from "zod/mini";
import { LATER_AT_THE_TOP, LATER_IN_AN_ENVIRONMENT } from "../../src/config/later.ts";
import { check, conditions, expectation } from "../../src/config/schema-checks.ts";
import { command } from "../../src/config/schema-values.ts";
import { environmentSchema, fileSchema } from "../../src/config/schema.ts";

type Schema = z.core.JSONSchema.JSONSchema;

/** What stands in several places, by the name it gets under `definitions`. */
const ENVIRONMENT = environmentSchema();
const DEFINITIONS: Readonly<Record<string, z.core.$ZodType>> = {
  check: check(),
  command: command(),
  conditions: conditions(),
  environment: ENVIRONMENT,
  expectation: expectation(),
};

/** As text with a line feed at its end; the same bytes for the same source. */
export function jsonSchema(): string {
  for (const [id, schema] of Object.entries(DEFINITIONS)) z.globalRegistry.add(schema, { id });
  const schema = z.toJSONSchema(fileSchema(ENVIRONMENT), {
    target: "draft-7",
    io: "input",
    override: ({ jsonSchema: each }) => withoutNoise(each),
  });
  remove(schema, LATER_AT_THE_TOP);
  remove(new Map(Object.entries(schema.definitions ?? {})).get("environment"), LATER_IN_AN_ENVIRONMENT);
  return `${JSON.stringify({ title: "belay.yml", description: "How Belay takes a database through a deploy.", ...schema }, null, 2)}\n`;
}

/** zod states the limits of JavaScript's numbers, and that keys are text. */
function withoutNoise(schema: Schema): void {
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  delete schema.propertyNames;
}

/** Takes away the keys and values that a table of `later.ts` lists. */
function remove(schema: unknown, table: readonly string[]): void {
  for (const line of table) {
    const [keys = "", value] = line.split("=");
    const path = keys.split(".");
    if (value === undefined) parents(schema, path).forEach(({ properties }) => delete properties?.[path.at(-1) ?? ""]);
    else [...forms(schema, path), ...forms(schema, path.slice(0, -1))].forEach((form) => removeValue(form, value));
  }
}

function parents(schema: unknown, path: readonly string[]): readonly Schema[] {
  return forms(schema, path.slice(0, -1));
}

/** Every schema that a value at a path may follow: shorthands are alternatives of one key. */
function forms(schema: unknown, path: readonly string[]): readonly Schema[] {
  if (!isSchema(schema)) return [];
  const [first, ...rest] = path;
  const alternatives = (schema.anyOf ?? []).flatMap((form) => forms(form, path));
  if (first === undefined) return [schema, ...alternatives];
  return [...alternatives, ...forms(schema.properties?.[first], rest)];
}

function removeValue(schema: Schema, value: string): void {
  if (schema.enum !== undefined) schema.enum = schema.enum.filter((each) => each !== value);
  if (schema.anyOf === undefined) return;
  schema.anyOf = schema.anyOf.filter((form) => !isSchema(form) || form.const !== value);
}

function isSchema(schema: unknown): schema is Schema {
  return typeof schema === "object" && schema !== null;
}
