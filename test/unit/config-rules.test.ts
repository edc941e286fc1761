import { expect, test } from "vitest";

import { parseConfig, parseRules } from "../../src/config/parse.ts";

const FILE = { file: "/belay.yml", shownAs: "belay.yml", directory: "/", checkout: null, find: null };

const TEXT = `bot: https://belay.example.com
environments:
  prod:
    target: "\${DATABASE_URL}"
    backup: { store: "\${STORE}" }
    approvals: { required: 2, from: [octocat] }
    windows: ["Sun 01:00-05:00 UTC"]
`;

test("whoever has none of an environment's variables reads its rules, and the same policy as whoever has them", () => {
  const rules = parseRules(TEXT, FILE).environments.get("prod");
  expect(rules).toMatchObject({ approvals: { by: "bot", required: 2, from: ["octocat"] }, windows: [{ text: "Sun 01:00-05:00 UTC" }] });
  const variables = { DATABASE_URL: "postgres://db.example.com/app", STORE: "/srv/belay" };
  const whole = parseConfig(TEXT, { ...FILE, environment: "prod", variables }).environments.get("prod");
  expect(rules?.policy).toEqual(whole?.policy);
});

test("a rule that a variable would say is refused, with its place", () => {
  const hidden = TEXT.replace("octocat", '"${WHO}"');
  expect(() => parseRules(hidden, FILE)).toThrow(/WHO/);
});

test("what is wrong elsewhere in the file is told all the same", () => {
  expect(() => parseRules(`${TEXT}    typo: 1\n`, FILE)).toThrow(/typo/);
});
