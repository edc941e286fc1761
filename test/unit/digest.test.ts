import { expect, test } from "vitest";

import { canonicalJson } from "../../src/domain/canonical-json.ts";
import { boundFields, digestOf, policyDigest, schemaDigest } from "../../src/plan/digest.ts";

type Fields = Parameters<typeof boundFields>[0];

/** As a plan has them: migrations and findings whole. */
const FIELDS = {
  repositoryId: null,
  environment: "prod",
  command: "migrate",
  targets: [
    {
      name: "app",
      identity: "sqlite:app.db",
      schemaDigest: schemaDigest({ objects: [{ kind: "table", name: "users", definition: "table" }] }),
      pending: [{ id: "001", sha256: "aa", sql: "select 1", file: "001.sql", reversible: false, findings: [] }],
      findings: [{ id: "drops-table", place: "001.sql:1", message: "drops users" }],
    },
  ],
  tool: { name: "sql", configSha256: "bb" },
  policyDigest: policyDigest({ target: "sqlite:app.db" }),
} as const;

const digestOfFields = (fields: Fields) => digestOf(boundFields(fields));

test("canonical JSON sorts members by code units and writes numbers as ECMAScript does", () => {
  expect(canonicalJson({ b: 1, a: [1e21, -0, "é\n"], "\u20ac": null, A: true })).toBe('{"A":true,"a":[1e+21,0,"é\\n"],"b":1,"€":null}');
  expect(() => canonicalJson({ a: Number.NaN })).toThrow("NaN has no canonical JSON");
});

test("a plan's digest is the same tomorrow, in another process, on another machine", () => {
  expect(digestOfFields(FIELDS)).toBe(digestOfFields(structuredClone(FIELDS)));
  expect(digestOfFields(FIELDS)).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test.each<[string, (fields: Fields) => Fields]>([
  ["the environment", (fields) => ({ ...fields, environment: "staging" })],
  ["the repository", (fields) => ({ ...fields, repositoryId: 7 })],
  ["the database", (fields) => withTarget(fields, { identity: "sqlite:other.db" })],
  ["its schema", (fields) => withTarget(fields, { schemaDigest: schemaDigest({ objects: [] }) })],
  ["a pending file", (fields) => withTarget(fields, { pending: [{ id: "001", sha256: "ab" }] })],
  ["a finding", (fields) => withTarget(fields, { findings: [] })],
  ["the tool's configuration", (fields) => ({ ...fields, tool: { name: "sql", configSha256: "cc" } })],
  ["the policy", (fields) => ({ ...fields, policyDigest: policyDigest({ target: "sqlite:app.db", data: "off" }) })],
])("the digest changes with %s", (_, change) => {
  expect(digestOfFields(change(FIELDS))).not.toBe(digestOfFields(FIELDS));
});

test("what people are shown beside it does not change the digest", () => {
  const [target] = FIELDS.targets;
  const retold = target?.findings.map((finding) => ({ ...finding, message: "said in other words" })) ?? [];
  expect(digestOfFields(withTarget(FIELDS, { findings: retold }))).toBe(digestOfFields(FIELDS));
});

function withTarget(fields: Fields, change: Partial<Fields["targets"][number]>): Fields {
  return { ...fields, targets: fields.targets.map((target) => ({ ...target, ...change })) };
}
