/** What is killed at every point, on SQLite. */

import { crash, CRASHING, durablePoints, expectEnd, KILL_ONCE, nothing, type Scenario } from "./faults-crash.ts";
import { Site, type SqliteSiteOptions } from "./faults-site-sqlite.ts";

interface Told extends Pick<Scenario<Site>, "name" | "prepare" | "command" | "status" | "everyTime"> {
  readonly site: SqliteSiteOptions;
}

const TOLD: readonly Told[] = [
  { name: "a migration that ends well", site: {}, prepare: nothing, command: ["migrate", "prod"], status: 0, everyTime: true },
  {
    name: "a migration that fails verification, rolled back by a swap",
    site: {},
    prepare: async (site) => void site.write("broken", ""),
    command: ["migrate", "prod"],
    status: 4,
    everyTime: true,
  },
  {
    name: "a migration that fails verification, its backup taken before the downtime",
    site: { backup: "  when: before\n" },
    prepare: async (site) => void site.write("broken", ""),
    command: ["migrate", "prod"],
    status: 4,
    everyTime: false,
  },
  {
    name: "a migration that fails verification, rolled back in place",
    site: { linked: true },
    prepare: async (site) => void site.write("broken", ""),
    command: ["migrate", "prod"],
    status: 4,
    everyTime: false,
  },
  {
    name: "a rollback by a swap",
    site: {},
    prepare: (site) => expectEnd(site, 0, "migrate", "prod"),
    command: ["rollback", "prod"],
    status: 0,
    everyTime: true,
  },
  {
    name: "a rollback in place",
    site: { linked: true },
    prepare: (site) => expectEnd(site, 0, "migrate", "prod"),
    command: ["rollback", "prod"],
    status: 0,
    everyTime: false,
  },
  {
    name: "a recovery that goes back",
    site: CRASHING(KILL_ONCE, "true"),
    prepare: crash,
    command: ["recover", "prod"],
    status: 4,
    everyTime: false,
  },
  {
    name: "a recovery that goes on",
    site: CRASHING("true", KILL_ONCE),
    prepare: crash,
    command: ["recover", "prod"],
    status: 0,
    everyTime: false,
  },
  {
    name: "a migration whose health check fails, rolled back by a swap",
    site: {},
    prepare: async (site) => void site.write("ill", ""),
    command: ["migrate", "prod"],
    status: 4,
    everyTime: false,
  },
  {
    name: "a recovery that goes back in place",
    site: { ...CRASHING(KILL_ONCE, "true"), linked: true },
    prepare: crash,
    command: ["recover", "prod"],
    status: 4,
    everyTime: false,
  },
];

export const SQLITE_SCENARIOS: readonly Scenario<Site>[] = TOLD.map(({ site, ...told }) => ({
  ...told,
  start: async (like) => new Site(like === undefined ? site : { ...site, like }),
  list: durablePoints,
}));
