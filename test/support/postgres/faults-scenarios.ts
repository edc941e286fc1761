/** What is killed at every point, on PostgreSQL: of Belay's own files, and of what it has the server do. */

import {
  crash,
  CRASHING,
  durablePoints,
  expectEnd,
  KILL_ONCE,
  NeverThere,
  nothing,
  type KillPoint,
  type Scenario,
} from "../faults-crash.ts";
import type { SiteOptions } from "../faults-site.ts";
import { cluster, type As, type Version } from "./cluster.ts";
import { PostgresSite } from "./faults-site.ts";
import { statementProxy, type Strike } from "./statement-proxy.ts";

interface Told extends Pick<Scenario<PostgresSite>, "name" | "prepare" | "command" | "status"> {
  readonly site: SiteOptions;
  readonly version: Version;
  readonly as: As;
  /** Which of its points the tests try every time. */
  readonly everyTime: readonly (keyof typeof LISTS)[];
}

const LISTS = {
  files: durablePoints,
  statements: (site: PostgresSite, command: readonly string[]) => statementPoints(site, command, /^/),
  // What makes a name lead to another database, and what keeps others out meanwhile.
  renames: (site: PostgresSite, command: readonly string[]) =>
    statementPoints(site, command, /rename to|allow_connections|pg_terminate_backend/i),
} as const;

/** A statement that changes something, ends somebody's session or ends a transaction. */
const EFFECT =
  /^\s*(?:with\b.*\b(?:insert|update|delete)\b|create|alter|drop|insert|update|delete|truncate|grant|revoke|comment|commit|analyze|copy\b.*\bfrom)\b|pg_terminate_backend/is;

/** The same statement in every trial has the same name: what differs from one database to the next is taken out. */
function nameIn(database: string): (statement: string) => string | null {
  return (statement) => {
    if (!EFFECT.test(statement)) return null;
    const text = statement
      .replaceAll(database, "app")
      .replace(/_belay_([a-z])_[0-9A-Z]{10}/g, "_belay_$1_<run>")
      .replace(/\b01[0-9A-HJKMNP-TV-Z]{24}\b/g, "<run>")
      .replace(/\{"belay".*/s, "{…}")
      .replace(/\s+/g, " ")
      .trim();
    // What pg_restore does, it does in one go for Belay: once for each kind.
    return /\bpublic\./.test(text) ? text.split(" ").slice(0, 2).join(" ") : text.slice(0, 200);
  };
}

async function statementPoints(site: PostgresSite, command: readonly string[], wanted: RegExp): ReturnType<Scenario<PostgresSite>["list"]> {
  await using proxy = await statementProxy(site.cluster.port, nameIn(site.database.name));
  const ended = await site.start(command, { env: { DATABASE_URL: site.addressAt(proxy.port) } }).ended;
  const counts = new Map<string, number>();
  const strikes = proxy.seen.flatMap((name): Strike[] => {
    const at = (counts.get(name) ?? 0) + 1;
    counts.set(name, at);
    if (!wanted.test(name) || (at > 1 && name.split(" ").length === 2)) return [];
    return [
      { name, at, when: "before" },
      { name, at, when: "after" },
    ];
  });
  return { ended, points: strikes.map(strikePoint) };
}

function strikePoint(strike: Strike): KillPoint<PostgresSite> {
  return {
    told: `${strike.when} #${strike.at}: ${strike.name}`,
    sometimes: strike.name.includes("pg_terminate_backend"),
    async kill(site, command) {
      let hit = false;
      let running: ReturnType<PostgresSite["start"]> | null = null;
      await using proxy = await statementProxy(site.cluster.port, nameIn(site.database.name), {
        at: strike,
        hit: () => {
          hit = true;
          running?.kill("SIGKILL");
        },
      });
      running = site.start(command, { env: { DATABASE_URL: site.addressAt(proxy.port) } });
      const ended = await running.ended;
      if (!hit) throw new NeverThere(`the run never came there: ${ended.stdout}${ended.stderr}\n${proxy.seen.join("\n")}`);
      return ended;
    },
  };
}

const TOLD: readonly Told[] = [
  {
    name: "a migration that ends well",
    site: {},
    version: 18,
    as: "owner",
    everyTime: [],
    prepare: nothing,
    command: ["migrate", "prod"],
    status: 0,
  },
  {
    name: "a migration that fails verification, rolled back by a swap",
    site: {},
    version: 15,
    as: "owner",
    everyTime: ["renames"],
    prepare: async (site) => void site.write("broken", ""),
    command: ["migrate", "prod"],
    status: 4,
  },
  {
    name: "a migration that fails verification, rolled back by restoring its backup",
    site: { backup: "  clone: never\n" },
    version: 18,
    as: "superuser",
    everyTime: [],
    prepare: async (site) => void site.write("broken", ""),
    command: ["migrate", "prod"],
    status: 4,
  },
  {
    name: "a rollback by a swap",
    site: {},
    version: 18,
    as: "owner",
    everyTime: ["renames"],
    prepare: (site) => expectEnd(site, 0, "migrate", "prod"),
    command: ["rollback", "prod"],
    status: 0,
  },
  {
    name: "a recovery that goes back",
    site: CRASHING(KILL_ONCE, "true"),
    version: 15,
    as: "superuser",
    everyTime: [],
    prepare: crash,
    command: ["recover", "prod"],
    status: 4,
  },
  {
    name: "a recovery that goes on",
    site: CRASHING("true", KILL_ONCE),
    version: 15,
    as: "owner",
    everyTime: [],
    prepare: crash,
    command: ["recover", "prod"],
    status: 0,
  },
];

export const POSTGRES_SCENARIOS: readonly Scenario<PostgresSite>[] = TOLD.flatMap(({ site, version, as, everyTime, ...told }) =>
  (["files", "statements", "renames"] as const).map((points) => ({
    ...told,
    name: `${told.name}, on PostgreSQL ${version}, killed at its ${points}`,
    everyTime: everyTime.includes(points),
    list: LISTS[points],
    // The proxy stands in this process: it must not wait while another trial waits for psql, which may wait for its statement.
    ...(points === "files" ? {} : { atOnce: 1 }),
    start: async (like?: PostgresSite) =>
      PostgresSite.start({ ...site, cluster: await cluster(version), as, ...(like === undefined ? {} : { like }) }),
  })),
);
