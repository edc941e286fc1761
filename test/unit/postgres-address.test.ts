/** An address is read as libpq reads it: psql, with the same address and the same variables, ends up in the same place or nowhere. */

import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { connectionSettings, type Variables } from "../../src/engine/postgres/address.ts";
import { passwordFromFile } from "../../src/engine/postgres/password-file.ts";
import { serverAt } from "../../src/engine/postgres/server.ts";
import { cluster, type Cluster } from "../support/postgres/cluster.ts";

const ROLE = "ad:dr @é%";
const PASSWORD = "p/a:s@s w%o'r\\d?#&=";
const DATABASE = "odd name/é'\\%";
const WHO = "select current_user, current_database(), inet_server_addr() is null, current_setting('application_name') <> ''";

let server: Cluster;
let home: string;
let arrivals = 0;
const [role, password, database] = [ROLE, PASSWORD, DATABASE].map(encodeURIComponent);

beforeAll(async () => {
  server = await cluster(15);
  home = mkdtempSync(join(tmpdir(), "belay-address-"));
  const quoted = (name: string) => `"${name}"`;
  server.psql("postgres", `create role ${quoted(ROLE)} login password '${PASSWORD.replaceAll("'", "''")}'`);
  server.psql("postgres", `create database ${quoted(DATABASE)} owner ${quoted(ROLE)}`);
});

afterAll(() => {
  server.psql("postgres", `drop database if exists "${DATABASE}"`);
  server.psql("postgres", `drop role if exists "${ROLE}"`);
  rmSync(home, { recursive: true });
});

/** In a keyword string: single quotes, a backslash before a quote or a backslash. */
function kept(value: string): string {
  return `'${value.replace(/['\\]/g, "\\$&")}'`;
}

function byPsql(address: string, variables: Variables): string | null {
  const env = { ...variables, HOME: variables["HOME"] ?? home };
  const { status, stdout } = spawnSync(join(server.bin, "psql"), ["-XAtq", "-w", "-c", WHO, "-d", address], { env, encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
}

async function byBelay(address: string, variables: Variables): Promise<string | null> {
  try {
    await using connection = await serverAt(address, { HOME: home, ...variables }).connect();
    const [row] = await connection.rows(WHO);
    return (row ?? []).join("|");
  } catch {
    return null;
  }
}

describe("leads where psql goes:", () => {
  const port = () => String(server.port);
  const named = () => ({ PGUSER: ROLE, PGPASSWORD: PASSWORD, PGDATABASE: DATABASE, PGHOST: "127.0.0.1", PGPORT: port() });
  interface Case {
    readonly name: string;
    readonly address: () => string;
    readonly variables?: () => Variables;
  }
  const cases: readonly (readonly [name: string, address: () => string, variables?: () => Variables])[] = [
    ["percent codes", () => `postgres://${role}:${password}@127.0.0.1:${port()}/${database}`],
    ["the other scheme", () => `postgresql://${role}:${password}@localhost:${port()}/${database}`],
    ["everything as parameters", () => `postgresql://?user=${role}&password=${password}&host=127.0.0.1&port=${port()}&dbname=${database}`],
    ["keywords", () => `host=127.0.0.1 port = ${port()} user=${kept(ROLE)} password=${kept(PASSWORD)} dbname=${kept(DATABASE)}`],
    ["keywords with backslashes", () => `host=127.0.0.1 port=${port()} user=postgres password=${server.password} dbname=post\\gres`],
    ["variables alone", () => "postgres://", named],
    ["an address above variables", () => "postgres:///postgres", named],
    [
      "an empty keyword above a variable",
      () => `dbname=''`,
      () => ({ ...named(), PGUSER: "postgres", PGPASSWORD: server.password, PGDATABASE: "nowhere" }),
    ],
    ["PGHOSTADDR", () => `postgres://${role}:${password}@not.a.host.invalid:${port()}/${database}`, () => ({ PGHOSTADDR: "127.0.0.1" })],
    ["hostaddr", () => `postgres://${role}:${password}@not.a.host.invalid:${port()}/${database}?hostaddr=127.0.0.1`],
    ["a socket as parameter", () => `postgres://${role}:${password}@/${database}?host=${server.socketDirectory}&port=${port()}`],
    ["a socket as host", () => `postgres://${role}:${password}@${encodeURIComponent(server.socketDirectory)}:${port()}/${database}`],
    [
      "a socket as keyword",
      () => `host=${server.socketDirectory} port=${port()} user=${kept(ROLE)} password=${kept(PASSWORD)} dbname=${kept(DATABASE)}`,
    ],
    ["sslmode=prefer where there is no TLS", () => `postgres://${role}:${password}@127.0.0.1:${port()}/${database}?sslmode=prefer`],
    ["sslmode=allow", () => `postgres://${role}:${password}@127.0.0.1:${port()}/${database}?sslmode=allow`],
    [
      "sslmode=require on a socket",
      () => `postgres://${role}:${password}@/${database}?host=${server.socketDirectory}&port=${port()}&sslmode=require`,
    ],
    ["sslmode=require where there is no TLS", () => `postgres://${role}:${password}@127.0.0.1:${port()}/${database}?sslmode=require`],
    ["JDBC's ssl=true", () => `postgres://${role}:${password}@127.0.0.1:${port()}/${database}?ssl=true`],
    ["a wrong password", () => `postgres://${role}:wrong@127.0.0.1:${port()}/${database}`],
    ["no password", () => `postgres://${role}@127.0.0.1:${port()}/${database}`],
    ["an unknown parameter", () => `postgres://${role}:${password}@127.0.0.1:${port()}/${database}?pgbouncer=true`],
    ["an unknown keyword", () => `host=127.0.0.1 schema=x`, named],
    ["a broken percent code", () => `postgres://${role}:%zz@127.0.0.1:${port()}/${database}`],
    ["a parameter without value", () => `postgres://${role}:${password}@127.0.0.1:${port()}/${database}?sslmode`],
    ["a second = in a parameter", () => `postgres://${role}:${password}@127.0.0.1:${port()}/${database}?user=a=b`],
    ["an unterminated quote", () => `host=127.0.0.1 user='x`, named],
    ["a keyword without value", () => `host`, named],
    ["a port that is none", () => `postgres://${role}:${password}@127.0.0.1:99999/${database}`],
    ["a mode that is none", () => `postgres://${role}:${password}@127.0.0.1:${port()}/${database}?sslmode=maybe`],
    ["options", () => `postgres://${role}:${password}@127.0.0.1:${port()}/${database}?options=-c%20application_name%3Dx`],
    [
      "options that the server refuses",
      () => `postgres://${role}:${password}@127.0.0.1:${port()}/${database}?options=-c%20nothing%3Dx%20-Z`,
    ],
  ];
  test.each(cases.map(([name, address, variables]): Case => ({ name, address, ...(variables === undefined ? {} : { variables }) })))(
    "$name",
    async ({ address, variables = () => ({}) }) => {
      const reached = await byBelay(address(), variables());
      expect(reached).toBe(byPsql(address(), variables()));
      if (reached !== null) arrivals++;
    },
  );

  test("and most of these lead somewhere", () => expect(arrivals).toBeGreaterThan(15));

  test.each([
    ["a line that fits", (file: string) => file, 0o600],
    ["a file that others may read", (file: string) => file, 0o644],
  ])("a password file: %s", async (_, at, mode) => {
    const file = at(join(home, "passwords"));
    const escaped = [ROLE, PASSWORD, DATABASE].map((text) => text.replace(/[:\\]/g, "\\$&"));
    writeFileSync(
      file,
      `# 127.0.0.1:*:*:*:no\nelsewhere:*:*:*:no\n127.0.0.1:1:*:*:no\n127.0.0.1:*:${escaped[2]}:${escaped[0]}:${escaped[1]}\n*:*:*:*:no\n`,
    );
    chmodSync(file, mode);
    const address = `postgres://${role}@127.0.0.1:${server.port}/${database}`;
    for (const variables of [{ PGPASSFILE: file }, {}]) expect(await byBelay(address, variables)).toBe(byPsql(address, variables));
    const named = `${address}?passfile=${encodeURIComponent(file)}`;
    expect(await byBelay(named, {})).toBe(byPsql(named, {}));
    expect((await byBelay(named, {})) === null).toBe(mode !== 0o600);
  });

  test("~/.pgpass, and a socket counts as localhost only where it is the usual one", async () => {
    const file = join(home, ".pgpass");
    writeFileSync(file, `*:${server.port}:*:*:${PASSWORD.replace(/[:\\]/g, "\\$&")}\n`, { mode: 0o600 });
    const addresses = [
      `postgres://${role}@127.0.0.1:${server.port}/${database}`,
      `postgres://${role}@/${database}?host=${server.socketDirectory}&port=${server.port}`,
    ];
    for (const address of addresses) {
      expect(await byBelay(address, {})).toBe(byPsql(address, {}));
      expect(await byBelay(address, {})).not.toBeNull();
    }
    writeFileSync(file, `localhost:*:*:*:${PASSWORD}\n`, { mode: 0o600 });
    for (const address of addresses) expect(await byBelay(address, {})).toBe(byPsql(address, {}));
    rmSync(file);
  });
});

describe("settings", () => {
  const of = (address: string, variables: Variables = {}) => connectionSettings(address, { HOME: "/nowhere", ...variables });

  test("have libpq's defaults", () => {
    const { username } = userInfo();
    expect(of("postgres://h/")).toMatchObject({
      host: "h",
      port: 5432,
      user: username,
      database: username,
      password: null,
      tls: { mode: "prefer" },
    });
    expect(of("postgres://u@h")).toMatchObject({ user: "u", database: "u" });
    expect(of("postgresql+psycopg2://u@h/d")).toMatchObject({ user: "u", host: "h", database: "d" });
    expect(of("postgres://[::1]:7/d")).toMatchObject({ host: "::1", port: 7 });
    expect(of("postgres://u:a?b:c@h/d")).toMatchObject({ password: "a?b:c", host: "h" });
    expect(of("postgres://h/d", { PGREQUIRESSL: "1" })).toMatchObject({ tls: { mode: "require" } });
    expect(of("postgres://h/d?sslrootcert=system")).toMatchObject({ tls: { mode: "verify-full", rootCertificate: "system" } });
    expect(of("postgres://h/d?sslcert=/c&sslkey=/k&connect_timeout=1")).toMatchObject({
      tls: { certificate: "/c", key: "/k" },
      connectTimeoutMs: 2000,
    });
  });

  test.each([
    ["several hosts", "postgres://a,b/d", /several hosts/],
    ["several ports", "postgres://a:1,b:2/d", /several hosts/],
    ["several hosts in keywords", "host=a,b dbname=d", /several hosts/],
    ["a service", "service=prod", /service/],
    ["a service in a URL", "postgres:///?service=prod", /service/],
    ["an unknown parameter", "postgres://h/d?schema=public", /"schema"/],
    ["a weak mode beside the system's certificates", "postgres://h/d?sslrootcert=system&sslmode=require", /too weak/],
    ["standbys", "postgres://h/d?target_session_attrs=standby", /target_session_attrs/],
    ["no address", "h", /neither/],
  ])("refuse %s by name", (_, address, message) => {
    expect(() => of(address)).toThrow(
      expect.objectContaining({ kind: "usage", code: "bad-target", message: expect.stringMatching(message) }),
    );
  });

  test("refuse PGSERVICE and several hosts in variables", () => {
    expect(() => of("postgres://", { PGSERVICE: "prod" })).toThrow(/service/);
    expect(() => of("postgres://", { PGHOST: "a,b" })).toThrow(/several hosts/);
  });

  test.each(["postgres://u:geheim@h:x/d", "postgres://u:geheim%@h/d", "host=h password=geheim '", "postgres://u:geheim@h/d?x=y"])(
    "never repeat a password: %s",
    (address) => {
      const thrown = (() => {
        try {
          return of(address);
        } catch (error) {
          return error as Error & { hint: string };
        }
      })();
      expect(thrown).toBeInstanceOf(Error);
      expect(JSON.stringify([(thrown as Error).message, (thrown as { hint?: string }).hint])).not.toContain("geheim");
    },
  );

  test("a missing password file has no password", () => {
    expect(passwordFromFile("/nowhere/.pgpass", { host: "h", port: 1, database: "d", user: "u" })).toBeNull();
  });
});
