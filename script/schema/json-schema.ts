/** The JSON Schema of belay.yml, from the zod schema that validates it. */

import * as z from "zod/mini";
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
  return `${JSON.stringify({ title: "belay.yml", description: "How Belay takes a database through a deploy.", ...schema }, null, 2)}\n`;
}

/** zod states the limits of JavaScript's numbers, and that keys are text. */
function withoutNoise(schema: Schema): void {
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  delete schema.propertyNames;
}
