import type { Import } from "./imports.ts";

/**
 * Who may import whom (docs/architecture.md). An area is a folder of `src/` or `bot/`; a family of adapters (`engine`, `tool`, `store`,
 * `check`) is its interface and what its members share, and each member is an area of its own: `engine/sqlite`, `tool/sql`,
 * `store/directory`. `type X`: only types of X. `node:*`: every module of Node; an area without it is pure. An area that is not
 * listed may import nothing.
 */
const RULES: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  config: ["domain", "node:*", "yaml", "zod"],
  policy: ["domain", "type config"],
  plan: ["domain", "policy", "type config", "node:crypto"],
  report: ["domain"],
  command: ["domain"],
  process: ["domain", "node:*"],
  run: ["domain", "plan", "policy", "type config", "engine", "tool", "store", "check", "process", "node:*"],
  setup: ["domain", "config", "policy", "run", "type engine", "type store", "tool", "process", "type world", "node:*"],
  github: ["domain", "policy", "command", "type config", "process", "type world", "node:*", "@actions/core", "@actions/github", "jose"],
  engine: ["domain", "type store"],
  "engine/*": ["domain", "process", "engine", "type store", "node:*", "better-sqlite3", "pg", "zod"],
  tool: ["domain"],
  "tool/*": ["domain", "process", "tool", "node:*", "zod"],
  // The team's own commands are programs, too: they are started, followed and judged in the same way.
  "tool/command": ["domain", "process", "tool", "tool/program", "node:*"],
  store: ["domain", "node:*"],
  "store/*": ["domain", "process", "store", "node:*", "@aws-sdk/client-s3", "age-encryption"],
  notify: ["domain", "process", "node:*", "nodemailer"],
  check: ["domain"],
  "check/*": ["domain", "process", "check", "node:*"],
  // The edge: what Belay takes from outside, the entries, and the one file that names concrete engines, tools and stores.
  world: ["type domain", "type config"],
  version: [],
  wire: ["*"],
  "carry-out": ["domain", "report", "version", "type process", "type world"],
  "command-line": ["carry-out", "command", "domain", "report", "version", "type process"],
  // The job's side and the server's of a Belay that runs over ssh.
  ssh: ["domain", "process", "type world", "node:*"],
  // config: what of the policy a server needs beforehand.
  workflow: ["carry-out", "config", "domain", "github", "report", "process", "ssh", "wire", "type world", "node:*"],
  action: ["workflow"],
  post: ["workflow"],
  // config: only for the names that completion offers, without the weight of a run.
  "this-process": ["command-line", "config", "process", "ssh", "version", "wire", "node:*"],
  cli: ["this-process"],
  executable: ["this-process", "process", "engine/sqlite"],
  bot: [
    "domain",
    "policy",
    "plan",
    "config",
    "report",
    "node:*",
    "zod",
    "better-sqlite3",
    "jose",
    "type @octokit/openapi-types",
    "probot",
    "yaml",
    "@octokit/webhooks-methods",
  ],
};

/**
 * Implementations that are a single file beside their interface. Any other file there is shared by its family and held to the
 * family's rules: `check/data-scope.ts`, for one, judges what a run already has and is pure.
 */
const MEMBERS = new Set(["src/store/directory.ts", "src/check/sql.ts", "src/check/http.ts", "src/check/command.ts"]);
const FAMILIES = new Set(["engine", "tool", "store", "check"]);

/** The area of a file; a package and a module of Node are their own. */
function areaOf(path: string): string {
  if (path.startsWith("bot/")) return "bot";
  if (!path.startsWith("src/")) return path.startsWith("node:") ? path : packageOf(path);
  const [, folder = "", member] = path.replace(/\.ts$/, "").split("/");
  if (member === undefined || !FAMILIES.has(folder)) return folder;
  const isMember = MEMBERS.has(path) || path.split("/").length > 3;
  return isMember ? `${folder}/${member}` : folder;
}

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

export function violations(imports: readonly Import[]): string[] {
  return imports
    .filter((each) => !allowed(each))
    .map((each) => `${each.from} imports ${each.to === "" ? "what an expression decides" : each.to}`);
}

function allowed({ from, to, typeOnly }: Import): boolean {
  const [area, target] = [areaOf(from), areaOf(to)];
  if (area === target) return true;
  const may = RULES[area] ?? RULES[area.replace(/\/.*/, "/*")] ?? [];
  const names = target.startsWith("node:") ? [target, "node:*"] : [target];
  return may.includes("*") || names.some((name) => may.includes(name) || (typeOnly && may.includes(`type ${name}`)));
}
