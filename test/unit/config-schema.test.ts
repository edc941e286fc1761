import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { jsonSchema } from "../../script/schema/json-schema.ts";

const committed = await readFile(new URL("../../schema/belay.schema.json", import.meta.url), "utf8");

/** Every named key below a part of a JSON Schema, with its path. */
function keys(schema: unknown, path = ""): readonly (readonly [path: string, schema: object])[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([name, value]) => {
    if (name !== "properties" || typeof value !== "object") return keys(value, path);
    return Object.entries(value as object).flatMap(([key, each]) => [
      [`${path}.${key}`, each as object] as const,
      ...keys(each, `${path}.${key}`),
    ]);
  });
}

test("the committed JSON Schema is what the zod schema says", () => {
  expect(committed).toBe(jsonSchema());
});

test("every key has a description, for editors and for the reference", () => {
  const all = keys(JSON.parse(committed));
  expect(all.length).toBeGreaterThan(60);
  expect(all.filter(([, schema]) => !("description" in schema)).map(([path]) => path)).toEqual([]);
});
