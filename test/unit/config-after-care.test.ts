import { describe, expect, test } from "vitest";

import { block, complaints, prod } from "../support/config-text.ts";

const TARGET = "target: sqlite:app.db\n";
const VARIABLES = {
  SLACK: "https://hooks.example.com/services/T0/B0/xyz",
  HOOK: "https://example.com/hook",
  KEY: "k3y",
  SMTP: "smtp://belay:pa%40ss@mail.example.com:587",
};

function watchOf(lines: string) {
  return prod(`${TARGET}${lines}`).watch;
}

function wrong(lines: string): readonly string[] {
  return complaints(block(`${TARGET}${lines}`), { variables: VARIABLES });
}

describe("watch", () => {
  test("asks the health checks, once a round, where it names no checks of its own", () => {
    const watch = watchOf("checks: { health: http://localhost:5000/login }\nwatch: { for: 10m }");
    expect(watch).toMatchObject({
      forMs: 600_000,
      everyMs: 30_000,
      onFailure: "roll-back",
      scheduled: { forMs: 48 * 3_600_000, onFailure: "alert" },
      checks: [{ check: { name: "http://localhost:5000/login", withinMs: 0 }, failures: { atMost: 0, of: null } }],
    });
  });

  test("takes checks of every kind, each with how often it may fail", () => {
    const watch = watchOf(
      [
        "watch:",
        "  checks:",
        "    - { http: http://localhost/, expect: { under: 500ms }, failures: { at-most: 3, of: 20 } }",
        "    - { name: errors, sql: select rate from errors, expect: { at-most: 0.5 }, failures: 2 }",
        "    - { name: queue, command: ./queue, expect: { output: { at-most: 100 } } }",
      ].join("\n"),
    );
    expect(watch?.checks.map(({ check, failures }) => [check.kind, failures])).toEqual([
      ["http", { atMost: 3, of: 20 }],
      ["sql", { atMost: 2, of: null }],
      ["command", { atMost: 0, of: null }],
    ]);
    expect(watch?.forMs).toBe(0);
  });

  test("is told with line and fix where it cannot work", () => {
    expect(wrong("watch: { for: 48h, checks: [{ http: http://localhost/ }] }")).toEqual([
      "belay.yml:4: environments.prod.watch.for: a run holds its lock for as long as it watches: at most 6h; leave it out, and write scheduled: { for: 48h } for `belay verify --watch`",
    ]);
    expect(wrong("watch: { for: 5m }")).toEqual([
      "belay.yml:4: environments.prod.watch: there is nothing to watch: neither watch.checks nor checks.health says what must hold; write checks: [{ http: … }] below watch",
    ]);
    expect(wrong("watch:\n  checks:\n    - { http: http://localhost/, failures: { at-most: 5, of: 5 } }").join()).toContain(
      "belay.yml:6: environments.prod.watch.checks[0].failures: so many failures of so few rounds are never too many",
    );
    expect(wrong('watch:\n  checks:\n    - { sql: "select ${KEY}", expect: 1 }').join()).toContain("${} is not expanded in SQL");
  });
});

describe("notify", () => {
  const receivers = (lines: string) => prod(`${TARGET}notify:\n${lines}`, { variables: VARIABLES });

  test("gives every receiver a name, a time limit and its events", () => {
    const { notify, secrets, withheldVariables } = receivers(
      [
        '  - slack: "${SLACK}"',
        '  - { name: audit, webhook: "${HOOK}", secret: "${KEY}", on: [end], timeout: 5s }',
        '  - { email: customer@example.com, from: Support <support@example.com>, smtp: "${SMTP}", on: [before, end], template: "Dear customer" }',
        '  - slack: "${SLACK}"',
        "  - { file: log/messages.txt }",
      ].join("\n"),
    );
    expect(notify).toEqual([
      {
        kind: "slack",
        name: "slack",
        on: ["start", "end", "failure", "rollback"],
        timeoutMs: 15_000,
        url: VARIABLES.SLACK,
        template: null,
      },
      { kind: "webhook", name: "audit", on: ["end"], timeoutMs: 5000, url: VARIABLES.HOOK, secret: "k3y" },
      {
        kind: "email",
        name: "email",
        on: ["before", "end"],
        timeoutMs: 15_000,
        to: ["customer@example.com"],
        from: "Support <support@example.com>",
        smtp: VARIABLES.SMTP,
        subject: "{{summary}}",
        template: "Dear customer",
      },
      {
        kind: "slack",
        name: "slack-2",
        on: ["start", "end", "failure", "rollback"],
        timeoutMs: 15_000,
        url: VARIABLES.SLACK,
        template: null,
      },
      {
        kind: "file",
        name: "file",
        on: ["start", "end", "failure", "rollback"],
        timeoutMs: 15_000,
        path: "/srv/app/log/messages.txt",
        template: null,
      },
    ]);
    expect(secrets).toEqual(expect.arrayContaining([VARIABLES.SLACK, "k3y", VARIABLES.SMTP, "pa@ss"]));
    expect(withheldVariables).toEqual(expect.arrayContaining(["SLACK", "HOOK", "KEY", "SMTP"]));
  });

  test("tells a field that does not exist, with its line and the one that is meant", () => {
    const lines = ["notify:", "  - file: messages.txt", "    template: |", "      Dear customer,", "      {{enviroment}} is done."].join(
      "\n",
    );
    expect(wrong(lines)).toEqual([
      "belay.yml:6: environments.prod.notify[0].template: {{enviroment}} is not known; did you mean {{environment}}?",
    ]);
    expect(wrong('notify: [{ file: m.txt, template: "{{ run }" }]').join()).toContain("{{ without its other half; write {{environment}}");
  });

  test("takes secrets from variables alone", () => {
    const url = "https://hooks.example.com/services/T0/B0/secret";
    const told = wrong(
      [
        "notify:",
        `  - slack: ${url}`,
        "  - { webhook: https://example.com/hook, secret: hunter22 }",
        "  - { email: a@example.com, from: b@example.com, smtp: smtp://belay:hunter22@mail.example.com }",
        '  - { file: m.txt, template: "the key is ${KEY}" }',
      ].join("\n"),
    );
    expect(told).toHaveLength(4);
    expect(told.join("\n")).toMatch(/SLACK_WEBHOOK[^]*BELAY_WEBHOOK_SECRET[^]*SMTP_URL|variable-in-message/);
    expect(told.join("\n")).not.toMatch(/hunter22|T0\/B0|k3y/);
  });

  test("tells what is no address, no server and no event", () => {
    const told = wrong('notify: [{ email: "a@example.com, b@example.com", from: me, smtp: mail.example.com, on: [ends] }]').join("\n");
    expect(told).toContain("expected an address");
    expect(told).toContain("expected the address of a mail server");
    expect(told).toContain('did you mean "end"?');
  });
});
