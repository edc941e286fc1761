/**
 * How newcomers miss a database on PostgreSQL. The transcripts hold what Belay answers to each; whoever changes an answer asks: could I
 * mend it by this alone, without the documentation?
 */

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { expectGolden } from "../golden/golden.ts";
import { PostgresProduction } from "../support/production-postgres.ts";
import { freePort } from "../support/postgres/server.ts";
import { readable } from "../support/varying.ts";

interface Mistake {
  readonly title: string;
  /** Below `prod`; absent: the smallest that is right. */
  readonly lines?: string;
  /** What DATABASE_URL is, from the one that is right. */
  readonly url?: (right: URL) => string;
  readonly env?: Readonly<Record<string, string>>;
  /** 2 where belay.yml or a variable has to be mended, 3 where the server said no. */
  readonly status: 2 | 3;
}

const SMALLEST = 'target: "${DATABASE_URL}"\nmigrate: sql\nbackup: { store: belay-backups }\n';
let closedPort = 0;

function changed(change: (url: URL) => void): (right: URL) => string {
  return (right) => {
    const url = new URL(right);
    change(url);
    return url.href;
  };
}

const MISTAKES: readonly Mistake[] = [
  { title: "a port where nobody listens", url: changed((url) => (url.port = String(closedPort))), status: 3 },
  { title: "another password", url: changed((url) => (url.password = "hunter2")), status: 3 },
  { title: "no password", url: changed((url) => (url.password = "")), status: 3 },
  { title: "a role that is not there", url: changed((url) => (url.username = "nobody")), status: 3 },
  { title: "a database that is not there", url: changed((url) => (url.pathname = "/nothing")), status: 3 },
  { title: "a host whose name nobody knows", url: changed((url) => (url.hostname = "db.invalid")), status: 3 },
  { title: "TLS where the server has none", url: changed((url) => (url.search = "?sslmode=require")), status: 3 },
  {
    title: "a certificate that is not there",
    url: changed((url) => (url.search = "?sslmode=verify-full&sslrootcert=/nowhere/ca.pem")),
    status: 3,
  },
  { title: "the page of the database where its URL belongs", url: () => "http://app:hunter2@db.internal:5432/app", status: 2 },
  { title: "the URL of Java", url: () => "jdbc:postgresql://db.internal:5432/app?user=app&password=hunter2", status: 2 },
  { title: "host, port and name without the scheme", url: () => "db.internal:5432/app", status: 2 },
  { title: "two hosts", url: () => "postgres://app:hunter2@db1.internal,db2.internal:5432/app", status: 2 },
  { title: "a service", url: () => "service=production", status: 2 },
  { title: "a service in a variable", env: { PGSERVICE: "production" }, status: 2 },
  { title: "a slash in the password", url: () => "postgres://app:hun/ter2@db.internal:5432/app", status: 2 },
  { title: "a percent sign in the password", url: () => "postgres://app:hunter2%@db.internal:5432/app", status: 2 },
  { title: "an option that is misspelt", url: changed((url) => (url.search = "?ssl_mode=require")), status: 2 },
  { title: "an option of another driver", url: changed((url) => (url.search = "?schema=public")), status: 2 },
  { title: "no store", lines: 'target: "${DATABASE_URL}"\nmigrate: sql\n', status: 2 },
  {
    title: "SQLite's URL next to it",
    lines:
      'targets:\n  - { name: app, url: "${DATABASE_URL}" }\n  - { name: queue, url: "sqlite:///queue.db" }\nmigrate: sql\nbackup: { store: belay-backups }\n',
    status: 2,
  },
  { title: "a variable that is not set", lines: SMALLEST.replace("DATABASE_URL", "PG_URL"), status: 2 },
  {
    title: "a part that a URL does not have",
    lines: SMALLEST.replace(
      "migrate: sql",
      "migrate: { tool: command, variables: { DB: path }, migrations: [{ id: a, pending: ./a, pending-when: a, applied-when: b, apply: ./b }] }",
    ),
    status: 2,
  },
];

describe("what a newcomer makes wrong with PostgreSQL is answered well enough to mend it", () => {
  let production: PostgresProduction;
  beforeAll(async () => {
    production = await PostgresProduction.start({ version: 15, as: "owner", held: false }, 10);
    production.migration("0001_role.sql", "alter table users add column role text;\n");
    closedPort = await freePort();
  });
  afterAll(() => production[Symbol.asyncDispose]());

  const stable = (text: string): string =>
    production
      .stable(text)
      .replaceAll(`:${production.cluster.port}`, ":5432")
      .replaceAll(`:${closedPort}`, ":5433")
      .replaceAll(production.directory, "/srv/app");

  test.each(MISTAKES)("$title", async ({ title, lines = SMALLEST, url = String, env = {}, status }) => {
    production.write("belay.yml", `environments:\n  prod:\n${lines.trimEnd().replace(/^/gm, "    ")}\n`);
    const told = url(new URL(production.address));
    const ended = await production.start(["plan", "prod"], { env: { DATABASE_URL: told, ...env } }).ended;
    const said = `${ended.stdout}${ended.stderr}`;
    const password = new URL(production.address).password;
    expect(said).not.toMatch(new RegExp(`hunter2|hun/ter2|${password}`));
    const set = Object.entries({ DATABASE_URL: told, ...env }).map(([name, value]) => `${name}=${value.replaceAll(password, "…")}\n`);
    expectGolden(
      `newcomer/postgres/${title.replace(/\W+/g, "-")}.txt`,
      stable(`${set.join("")}${production.read("belay.yml")}\n$ belay plan prod\n${readable(said)}[exit ${ended.status}]\n`),
    );
    expect(ended.status).toBe(status);
  });
});
