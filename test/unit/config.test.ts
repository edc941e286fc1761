import { describe, expect, test } from "vitest";
import { insideWindow } from "../../src/domain/window.ts";
import { block, complaints, configOf, environmentOf, errorOf, prod } from "../support/config-text.ts";

const HOUR = 3_600_000;
const number = (text: string) => ({ text, number: true });
const words = (text: string) => ({ text, number: false });

/** What `checks.after[0]` becomes with this `expect`. */
function expectation(written: string): unknown {
  const [check] = prod(`target: sqlite:app.db\nchecks:\n  after:\n    - sql: select 1\n      expect: ${written}`).checks.after;
  return check?.kind === "sql" ? check.expect : undefined;
}

describe("the smallest configuration", () => {
  test("has every default filled in", () => {
    expect(prod("target: sqlite:data/app.db")).toEqual({
      name: "prod",
      directory: "/srv/app",
      targets: [{ name: "app", engine: "sqlite", address: "/srv/app/data/app.db", configured: "sqlite:data/app.db" }],
      tenants: null,
      waves: [],
      parallel: 1,
      migrate: {
        tool: null,
        options: {},
        migrations: [],
        run: null,
        path: null,
        urlVariable: null,
        variables: {},
        env: null,
        envFile: null,
        timeoutMs: HOUR / 2,
        lockTimeoutMs: 5000,
        retries: 5,
      },
      app: { online: false, per: "environment", prepare: null, stop: null, start: null, previous: null, maintenance: null },
      checks: { before: [], after: [], health: [] },
      watch: null,
      notify: [],
      checklist: [],
      data: { mode: "report" },
      backup: {
        store: null,
        s3: { endpoint: null, region: null, pathStyle: null },
        encryption: null,
        proof: "auto",
        when: "stopped",
        clone: "auto",
        scratch: null,
        mayLack: [],
        external: null,
        keep: { last: 10, days: 30, swapMs: 24 * HOUR, failedMs: 7 * 24 * HOUR },
      },
      rollback: { laterWrites: "keep", online: "transaction", hooks: new Map() },
      lock: { database: null },
      gate: { fixHint: null },
      approvals: null,
      require: [],
      windows: [],
      isNeeded: false,
      merge: "any-time",
      githubEnvironment: "prod",
      needs: null,
      policy: { target: { url: "sqlite:data/app.db" } },
      secrets: [],
      withheldVariables: [],
    });
  });

  test("an environment with nothing behind its name takes its target from DATABASE_URL", () => {
    const environment = environmentOf("environments:\n  prod:\n", { variables: { DATABASE_URL: "sqlite:/data/shop.db" } });
    expect(environment.targets).toEqual([{ name: "shop", engine: "sqlite", address: "/data/shop.db", configured: "${DATABASE_URL}" }]);
    expect(environment.migrate.urlVariable).toBe("DATABASE_URL");
    expect(environment.secrets).toEqual(["sqlite:/data/shop.db"]);
  });

  test("several environments keep their order, and only the chosen one is ready for use", () => {
    const config = configOf("environments:\n  staging:\n    target: sqlite:s.db\n  prod:\n    target: sqlite:p.db\n", {
      environment: "prod",
    });
    expect(config.names).toEqual(["staging", "prod"]);
    expect([...config.environments.keys()]).toEqual(["prod"]);
    expect([config.file, config.directory]).toEqual(["/srv/app/belay.yml", "/srv/app"]);
  });
});

describe("choosing an environment", () => {
  const two = "environments:\n  staging:\n    target: sqlite:s.db\n  prod:\n    target: sqlite:p.db\n";

  test("needs a name where there are several, and names them", () => {
    const error = errorOf(() => environmentOf(two));
    expect([error.kind, error.code, error.message]).toEqual(["usage", "environment-needed", "belay.yml has 2 environments: staging, prod"]);
  });

  test("answers an unknown name with the nearest", () => {
    const error = errorOf(() => environmentOf(two, { environment: "prd" }));
    expect([error.code, error.message]).toEqual(["environment-unknown", 'environment "prd" is not in belay.yml; did you mean "prod"?']);
    expect(error.hint).toBe("the environments are staging, prod");
  });

  test("has nothing to suggest for a name that resembles none", () => {
    expect(errorOf(() => environmentOf(two, { environment: "q" })).message).toBe('environment "q" is not in belay.yml');
  });
});

describe("target", () => {
  test.each([
    ["postgres://u:p@h/shop", "shop"],
    ["postgresql+psycopg2://h:5433/my%20shop?sslmode=require", "my shop"],
    ["postgres://h/?dbname=shop", "shop"],
    ["postgres://h", "postgres"],
    ["host=h dbname='my shop' password=p", "my shop"],
    ["service=shop", "postgres"], // for the engine to refuse by name
  ])("PostgreSQL: %s", (url, name) => {
    const { targets, secrets } = prod('target: { url: "${URL}", schemas: [app, audit] }', { variables: { URL: url } });
    expect(targets).toEqual([{ name, engine: "postgres", address: url, configured: "${URL}", schemas: ["app", "audit"] }]);
    expect(secrets).toContain(url);
  });

  test("passwords in addresses are secrets, however they are written, and are not shown", () => {
    for (const url of ["postgres://u:ge%40heim@h/d", "postgres://h/d?password=ge%40heim", "host=h password='ge@heim' dbname=d"]) {
      const { targets, secrets } = prod(`target: "${url}"`);
      expect(secrets).toContain("ge@heim");
      expect(targets[0]?.configured).toContain("***");
      expect(targets[0]?.configured).not.toContain("heim");
    }
  });

  test("where the lock lives, where restores are proven, what they may lack", () => {
    const environment = prod("target: postgres://h/d\nlock: { database: ops }\nbackup: { scratch: 'postgres://s/', may-lack: [owners] }");
    expect(environment.lock).toEqual({ database: "ops" });
    expect(environment.backup).toMatchObject({ scratch: "postgres://s/", mayLack: ["owners"] });
  });

  test.each([
    ["sqlite:app.db", "app", "/srv/app/app.db"],
    ["sqlite:../data/my.shop.sqlite3", "my.shop", "/srv/data/my.shop.sqlite3"],
    ["sqlite:/data/app", "app", "/data/app"],
    ["sqlite:/data/.hidden", ".hidden", "/data/.hidden"],
    ["{ url: 'sqlite:app.db', name: shop }", "shop", "/srv/app/app.db"],
  ])("%s is called %s", (written, name, address) => {
    expect(prod(`target: ${written}`).targets).toEqual([expect.objectContaining({ name, address })]);
  });

  test("what is shown of it is what was written, never the value of a variable", () => {
    const { targets, secrets } = prod('target: "sqlite:${DIR}/app.db"', { variables: { DIR: "/secret" } });
    expect(targets).toEqual([{ name: "app", engine: "sqlite", address: "/secret/app.db", configured: "sqlite:${DIR}/app.db" }]);
    expect(secrets).toEqual(["/secret"]);
  });
});

describe("commands", () => {
  test.each([
    ["systemctl stop app", { command: { shell: "systemctl stop app" }, timeoutMs: 300_000 }],
    ["[systemctl, stop, app]", { command: { argv: ["systemctl", "stop", "app"] }, timeoutMs: 300_000 }],
    ["{ run: ./stop.sh, timeout: 90s }", { command: { shell: "./stop.sh" }, timeoutMs: 90_000 }],
    ["{ run: [./stop.sh, now] }", { command: { argv: ["./stop.sh", "now"] }, timeoutMs: 300_000 }],
  ])("%s", (written, command) => {
    expect(prod(`target: sqlite:app.db\napp:\n  stop: ${written}`).app.stop).toEqual(command);
  });

  test("a command for the shell is left as it was written", () => {
    const { app, secrets } = prod('target: sqlite:app.db\napp: { stop: "kill $$ ${APP_PID:-1} $(cat pid)" }');
    expect(app.stop?.command).toEqual({ shell: "kill $$ ${APP_PID:-1} $(cat pid)" });
    expect(secrets).toEqual([]);
  });
});

describe("migrate", () => {
  test("a text is the tool, and sql looks into migrations", () => {
    expect(prod("target: sqlite:app.db\nmigrate: sql").migrate).toMatchObject({ tool: "sql", options: { directory: "migrations" } });
  });

  test("a key that only one tool has names the tool", () => {
    expect(prod("target: sqlite:app.db\nmigrate: { directory: db }").migrate).toMatchObject({ tool: "sql", options: { directory: "db" } });
    expect(prod("target: sqlite:app.db\nmigrate: { layout: flat }").migrate).toMatchObject({
      tool: "sql",
      options: { directory: "migrations", layout: "flat" },
    });
    expect(prod("target: sqlite:app.db\nmigrate: { timeout: 1h }").migrate).toMatchObject({ tool: null, options: {} });
  });

  test("keys of the tool are its options", () => {
    const { migrate } = prod(
      "target: sqlite:app.db\nmigrate: { tool: sql, directory: db, layout: pairs, timeout: 1h, lock-timeout: 500ms, retries: 0 }",
    );
    expect(migrate).toMatchObject({
      tool: "sql",
      options: { directory: "db", layout: "pairs" },
      timeoutMs: HOUR,
      lockTimeoutMs: 500,
      retries: 0,
    });
  });
});

describe("expect", () => {
  test.each([
    ["0", { kind: "equals", value: number("0") }],
    ["0.10", { kind: "equals", value: number("0.10") }],
    ["123456789012345678901234567890", { kind: "equals", value: number("123456789012345678901234567890") }],
    ["+5", { kind: "equals", value: number("5") }],
    ["0x1F", { kind: "equals", value: number("31") }],
    ["'0'", { kind: "equals", value: words("0") }],
    ["ready", { kind: "equals", value: words("ready") }],
    ["true", { kind: "equals", value: words("true") }],
    ["null", { kind: "equals", value: null }],
    ["unchanged", { kind: "unchanged" }],
    ["{ equals: unchanged }", { kind: "equals", value: words("unchanged") }],
    ["{ at-least: 1 }", { kind: "at-least", value: number("1") }],
    ["{ at-most: 1.50 }", { kind: "at-most", value: number("1.50") }],
    ["{ between: [1, 2.0] }", { kind: "between", low: number("1"), high: number("2.0") }],
    ["{ matches: '^a$' }", { kind: "matches", pattern: "^a$" }],
    ["{ not-matches: b }", { kind: "not-matches", pattern: "b" }],
    ["{ increases-by: 3 }", { kind: "increases-by", value: number("3") }],
    ["{ increases-by: { at-most: 5 } }", { kind: "increases-within", low: null, high: number("5") }],
    ["{ increases-by: { at-least: 0, at-most: 0.50 } }", { kind: "increases-within", low: number("0"), high: number("0.50") }],
    [
      "{ rows: [[a, 1], [b, null]] }",
      {
        kind: "rows",
        rows: [
          [words("a"), number("1")],
          [words("b"), null],
        ],
      },
    ],
    ["{ rows: [a, 1] }", { kind: "rows", rows: [[words("a")], [number("1")]] }],
    [
      "{ at-least: 1, at-most: 9 }",
      {
        kind: "all",
        of: [
          { kind: "at-least", value: number("1") },
          { kind: "at-most", value: number("9") },
        ],
      },
    ],
    [
      "{ Orphaned Users: 0, Admins: { at-least: 1 }, Total: unchanged }",
      {
        kind: "named",
        values: new Map<string, unknown>([
          ["Orphaned Users", { kind: "equals", value: number("0") }],
          ["Admins", { kind: "at-least", value: number("1") }],
          ["Total", { kind: "unchanged" }],
        ]),
      },
    ],
  ])("%s", (written, expected) => {
    expect(expectation(written)).toEqual(expected);
  });

  test("without it the result is only recorded", () => {
    const { checks } = prod("target: sqlite:app.db\nchecks: { before: [{ name: settings, sql: select 1 }] }");
    expect(checks.before).toEqual([
      { kind: "sql", name: "settings", sql: "select 1", expect: null, explain: null, warn: false, timeoutMs: 300_000 },
    ]);
  });
});

describe("checks", () => {
  test("a health check as a text is a URL that has 60 s to answer 2xx", () => {
    expect(prod("target: sqlite:app.db\nchecks: { health: http://localhost:5000/login }").checks.health).toEqual([
      {
        kind: "http",
        name: "http://localhost:5000/login",
        url: "http://localhost:5000/login",
        method: "GET",
        headers: {},
        send: null,
        expect: { status: null, body: null, json: null, underMs: null },
        withinMs: 60_000,
        timeoutMs: 10_000,
        warn: false,
      },
    ]);
  });

  test("health takes one check or a list of URLs and checks", () => {
    expect(prod("target: sqlite:app.db\nchecks: { health: { command: ./up.sh } }").checks.health).toMatchObject([
      { kind: "command", name: "./up.sh" },
    ]);
    const { health } = prod("target: sqlite:app.db\nchecks: { health: [http://a/, { http: http://b/, within: 5s }] }").checks;
    expect(health).toMatchObject([
      { url: "http://a/", withinMs: 60_000 },
      { url: "http://b/", withinMs: 5000 },
    ]);
  });

  test("an http check says what to send and what to expect", () => {
    const [check] = prod(
      [
        "target: sqlite:app.db",
        "checks:",
        "  after:",
        "    - http: http://localhost/api",
        "      method: POST",
        "      send: { a: 1 }",
        "      headers: { x-a: b }",
        "      expect: { status: 201, body: { matches: ok }, json: { n: 1.0 }, under: 2s }",
      ].join("\n"),
    ).checks.after;
    expect(check).toMatchObject({
      kind: "http",
      method: "POST",
      send: '{"a":1}',
      headers: { "x-a": "b", "content-type": "application/json" },
      expect: { status: 201, body: { kind: "matches", pattern: "ok" }, json: { n: 1 }, underMs: 2000 },
      withinMs: 0,
    });
  });

  test.each([
    ["{ http: http://a/, send: x }", "POST"],
    ["{ http: http://a/, send: { a: 1 }, method: PUT }", "PUT"],
    ["{ http: http://a/ }", "GET"],
  ])("%s asks by %s", (written, method) => {
    expect(prod(`target: sqlite:app.db\nchecks: { after: [${written}] }`).checks.after).toMatchObject([{ method }]);
  });

  test("an http check's number is its status", () => {
    expect(prod("target: sqlite:app.db\nchecks: { after: [{ http: http://a/, expect: 404 }] }").checks.after).toMatchObject([
      { expect: { status: 404 } },
    ]);
  });

  test.each([
    ["{ command: ./v.sh }", { status: 0, output: null }],
    ["{ command: ./v.sh, expect: 3 }", { status: 3, output: null }],
    ["{ command: ./v.sh, expect: ok }", { status: 0, output: { kind: "equals", value: words("ok") } }],
    ["{ command: ./v.sh, expect: { status: 1, output: { matches: bad } } }", { status: 1, output: { kind: "matches", pattern: "bad" } }],
  ])("a command check expects its status and output: %s", (written, expected) => {
    expect(prod(`target: sqlite:app.db\nchecks:\n  after: [${written}]`).checks.after).toMatchObject([
      { kind: "command", expect: expected },
    ]);
  });

  test("a check's timeout counts for its command", () => {
    const { after } = prod(
      "target: sqlite:app.db\nchecks: { after: [{ command: { run: a, timeout: 3s } }, { command: b, timeout: 2m }] }",
    ).checks;
    expect(after.map(({ timeoutMs }) => timeoutMs)).toEqual([3000, 120_000]);
  });

  test("checks without a name are called by what they run, shortened, and never alike", () => {
    const long = `select ${"x".repeat(100)}`;
    const { after } = prod(
      `target: sqlite:app.db\nchecks: { after: [{ sql: "${long}1" }, { sql: "${long}2" }, { sql: "select\\n  1" }] }`,
    ).checks;
    const cut = `${long.slice(0, 71)}…`;
    expect(after.map(({ name }) => name)).toEqual([cut, `${cut} (2)`, "select 1"]);
  });

  test("an address from a variable does not become the name of its check", () => {
    const { health } = prod('target: sqlite:app.db\nchecks: { health: "${HEALTH}" }', {
      variables: { HEALTH: "http://u:hunter2@a/" },
    }).checks;
    expect(health).toMatchObject([{ name: "environments.prod.checks.health", url: "http://u:hunter2@a/" }]);
  });
});

describe("further keys", () => {
  test("data, backup, rollback, approvals, windows, checklist", () => {
    const environment = prod(
      [
        "target: sqlite:app.db",
        'data: { may-change: [setting, users.role, "\\"odd.name\\".x"] }',
        "backup: { store: ../backups, proof: read, clone: never, keep: { last: 3, failed: 1d } }",
        "rollback: { later-writes: refuse }",
        "approvals: { by: review, required: 2, from: [org/dba], allow-self-approval: true, expire: 2h, rollback: { required: 3 } }",
        'windows: ["Mon-Fri 22:00-02:00 UTC"]',
        "checklist: [Log in]",
      ].join("\n"),
    );
    expect(environment.data).toEqual({
      mode: "may-change",
      tables: ["setting"],
      columns: [
        { table: "users", column: "role" },
        { table: "odd.name", column: "x" },
      ],
    });
    expect(environment.backup).toEqual({
      store: "/srv/backups",
      s3: { endpoint: null, region: null, pathStyle: null },
      encryption: null,
      proof: "read",
      when: "stopped",
      clone: "never",
      scratch: null,
      mayLack: [],
      external: null,
      keep: { last: 3, days: 30, swapMs: 24 * HOUR, failedMs: 24 * HOUR },
    });
    expect(environment.rollback.laterWrites).toBe("refuse");
    expect(environment.approvals).toEqual({
      by: "review",
      required: 2,
      from: ["org/dba"],
      allowSelfApproval: true,
      expireMs: 2 * HOUR,
      rollback: { required: 3, allowSelfApproval: true },
    });
    expect(environment.windows.map((window) => insideWindow(window, new Date("2026-11-21T01:00:00Z")))).toEqual([true]);
    expect(environment.checklist).toEqual(["Log in"]);
  });

  test("an approvals block asks for one person by default", () => {
    expect(prod("target: sqlite:app.db\napprovals: {}").approvals).toEqual({
      by: null,
      required: 1,
      from: [],
      allowSelfApproval: false,
      expireMs: 24 * HOUR,
      rollback: { required: 1, allowSelfApproval: true },
    });
  });
});

describe("defaults", () => {
  const text = [
    "defaults:",
    "  migrate: sql",
    "  app: { stop: { run: ./stop, timeout: 1m }, start: ./start }",
    "  checklist: [a]",
    "  backup: { keep: { last: 3, days: 4 } }",
    "environments:",
    "  prod:",
    "    target: sqlite:app.db",
    "    migrate: { directory: db }",
    "    app: { stop: ./stop-prod }",
    "    checklist: [b, c]",
    "    backup: { keep: { days: 9 } }",
    "",
  ].join("\n");

  test("maps merge by key, lists replace, and shorthands merge as what they are short for", () => {
    const { migrate, app, checklist, backup } = environmentOf(text);
    expect(migrate).toMatchObject({ tool: "sql", options: { directory: "db" } });
    expect(app.stop).toEqual({ command: { shell: "./stop-prod" }, timeoutMs: 60_000 });
    expect(app.start?.command).toEqual({ shell: "./start" });
    expect(checklist).toEqual(["b", "c"]);
    expect(backup.keep).toMatchObject({ last: 3, days: 9 });
  });

  test("a problem that comes from defaults is told once, where it stands", () => {
    const shared = "defaults: { data: nonsense }\nenvironments:\n  a: { target: 'sqlite:a' }\n  b: { target: 'sqlite:b' }\n";
    expect(complaints(shared, { environment: "a" })).toEqual([
      'belay.yml:1: defaults.data: expected one of report, additive, off, but this is "nonsense"',
    ]);
  });

  test("the policy is the merged block before variables, the same for shorthand and long form", () => {
    const variables = { X: "sqlite:x.db" };
    const short = prod('target: "${X}"\nmigrate: sql\napp: { stop: a }', { variables }).policy;
    expect(short).toEqual({ target: { url: "${X}" }, migrate: { tool: "sql" }, app: { stop: { run: "a" } } });
    expect(prod('target: { url: "${X}" }\nmigrate: { tool: sql }\napp: { stop: { run: a } }', { variables }).policy).toEqual(short);
  });

  test("two policies that differ only in a digit that JavaScript rounds away are different", () => {
    const policy = (count: string) => prod(`target: sqlite:a\nchecks: { after: [{ sql: a, expect: ${count} }] }`).policy;
    expect(policy("12345678901234567890")).not.toEqual(policy("12345678901234567891"));
  });
});

describe("variables", () => {
  test("are expanded in every string but commands and SQL, and $$ is a dollar sign", () => {
    const { checks, secrets } = prod(
      'target: sqlite:app.db\nchecks:\n  after:\n    - { name: "a$$b", http: "http://${HOST}/", headers: { authorization: "Bearer ${TOKEN}" } }\n    - { sql: "select \'$$\', $1" }',
      { variables: { HOST: "h", TOKEN: "hunter2" } },
    );
    expect(checks.after).toMatchObject([
      { name: "a$b", url: "http://h/", headers: { authorization: "Bearer hunter2" } },
      { sql: "select '$$', $1" },
    ]);
    expect(secrets).toEqual(["h", "hunter2"]);
  });

  test("an expanded value is not expanded again", () => {
    expect(prod('target: sqlite:app.db\nchecklist: ["${A}"]', { variables: { A: "${B}$$" } }).checklist).toEqual(["${B}$$"]);
  });

  test("an empty variable is as good as none, since that is what a missing secret of a workflow is", () => {
    expect(complaints(block('target: "${A}"'), { variables: { A: "" } })).toEqual([
      "belay.yml:3: environments.prod.target: the environment variable A is set, but empty; set it where Belay runs, or write the value into the file",
    ]);
  });

  test("only those of the chosen environment must be set", () => {
    const text =
      'environments:\n  prod: { target: "sqlite:p.db" }\n  staging: { target: "${STAGING}", backup: { store: "${STORE}", keep: { swap: "${SWAP}" } } }\n';
    expect(environmentOf(text, { environment: "prod" }).name).toBe("prod");
    expect(complaints(text, { environment: "staging" })).toHaveLength(3);
  });

  test("those for the store and for other environments are withheld from commands, unless this environment names them too", () => {
    const text = [
      "environments:",
      '  prod: { target: "${PROD_URL}", backup: { store: "${STORE}" }, checklist: ["${SHARED}"] }',
      '  staging: { target: "${STAGING_URL}", checklist: ["${SHARED}"] }',
      "  test: {}",
      "",
    ].join("\n");
    const { withheldVariables } = environmentOf(text, {
      environment: "prod",
      variables: { PROD_URL: "sqlite:p.db", STORE: "/b", SHARED: "x" },
    });
    expect(withheldVariables).toEqual(["STORE", "STAGING_URL", "DATABASE_URL"]);
  });

  test("a password that stands in a URL is a secret too, as written and decoded", () => {
    expect(prod("target: sqlite:app.db\nchecks: { health: 'http://me:p%40ss@host/' }").secrets).toEqual(["p%40ss", "p@ss"]);
  });
});

describe("in a GitHub workflow", () => {
  test("a database or a store in the workspace is refused, since the next checkout empties it", () => {
    expect(complaints(block("target: sqlite:app.db\nbackup: { store: backups }"), { checkout: "/srv/app" })).toEqual([
      "belay.yml:3: environments.prod.target: this database lies in the workspace of the workflow, which the next checkout empties; put it outside of the workspace",
      "belay.yml:4: environments.prod.backup.store: this store lies in the workspace of the workflow, which the next checkout empties; put it outside of the workspace",
    ]);
  });

  test("outside of it they are fine", () => {
    expect(prod("target: sqlite:/srv/apple/app.db\nbackup: { store: ../appendix }", { checkout: "/srv/app" }).backup.store).toBe(
      "/srv/appendix",
    );
  });
});
