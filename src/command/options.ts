/** The options of the command line, as data: parsing, help and the Action's inputs read the same list. */

export type OptionName =
  | "config"
  | "target"
  | "json"
  | "quiet"
  | "no-color"
  | "help"
  | "version"
  | "digest"
  | "again"
  | "without-approval"
  | "run"
  | "backup"
  | "to"
  | "new"
  | "no-verify"
  | "watch"
  | "tool"
  | "strategy"
  | "hook"
  | "into"
  | "replace"
  | "accept-loss"
  | "fix"
  | "wait";

export interface OptionSpec {
  readonly name: OptionName;
  /** One letter, where the world expects it. */
  readonly short?: string;
  /** What stands for the value in help; null for a switch. */
  readonly value: string | null;
  /** The option may stand alone; its value is attached with `=`, so that no word after it can be meant. */
  readonly valueOptional?: true;
  readonly repeatable: boolean;
  readonly summary: string;
  /** A whole option as somebody would type it, for the error when its value is missing. */
  readonly example: string;
  /** What a value must look like, and in words. */
  readonly shape?: { readonly pattern: RegExp; readonly words: string };
  /** What completion offers for the value. */
  readonly completes?: "files" | readonly string[];
}

/** Given to every command. */
export const COMMON_OPTIONS: readonly OptionName[] = ["config", "target", "json", "quiet", "no-color", "help", "version"];

/** Ways of rolling back that can be asked for by name. */
const STRATEGIES = ["swap", "restore", "downgrade", "hook"];

const LIST: readonly OptionSpec[] = [
  {
    ...withValue("config", "FILE", "the configuration; default belay.yml, then .github/belay.yml", "--config deploy/belay.yml"),
    completes: "files",
  },
  { ...withValue("target", "NAME", "only this target: its name or a unique last part; repeatable", "--target app"), repeatable: true },
  flag("json", "one JSON object on standard output, progress on standard error"),
  flag("quiet", "nothing on success, only the verdict otherwise"),
  flag("no-color", "no colour; NO_COLOR=1 does the same"),
  { ...flag("help", "this help"), short: "h" },
  { ...flag("version", "Belay's version"), short: "V" },
  withValue("digest", "DIGEST", "run only the plan with this digest, else refuse", "--digest sha256:91ab…"),
  withValue("again", '"WHY"', "run a plan that failed before once more; the reason is journaled", '--again "the disk was full"'),
  withValue(
    "without-approval",
    '"WHY"',
    "run in a protected environment without its approvals; journaled",
    '--without-approval "incident 4711"',
  ),
  withValue("run", "ID", "this run, not the last one", "--run 01JD0000000000000000000000"),
  withValue("backup", "ID", "this backup", "--backup 20261121T001400Z-7f3a"),
  withValue("to", "ID", "only up to this migration, itself included", "--to 0004_columns"),
  withValue("new", "TENANT", "make this tenant (tenants.create), migrate it, and remove it again where that fails", "--new demo"),
  flag("no-verify", "record what the run did, and leave the judgement to `belay verify`"),
  flag("watch", "one round of the watch of the last run, for a schedule"),
  withValue("tool", "NAME", "the migration tool that is meant, where traces of several are here", "--tool alembic"),
  {
    ...withValue("strategy", "WAY", "swap, restore, downgrade or hook, in place of Belay's own choice", "--strategy downgrade"),
    shape: { pattern: new RegExp(`^(${STRATEGIES.join("|")})$`), words: `one of ${STRATEGIES.join(", ")}` },
    completes: STRATEGIES,
  },
  withValue("hook", "NAME", "run this hook of belay.yml, and leave the database as it is otherwise", "--hook flags"),
  { ...withValue("into", "URL", "the database to restore into, empty or new", "--into sqlite:look.db"), completes: "files" },
  flag("replace", "also where something is there already; it is kept aside"),
  flag("accept-loss", "give up what was written since; it is kept aside and counted"),
  flag("fix", "apply what is missing in a guarded run, and leave the application alone"),
  {
    ...withValue("wait", "DURATION", "let the run of somebody else come to its end first; default 10m", "--wait=5m"),
    valueOptional: true,
    shape: { pattern: /^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/, words: "a number and a unit: 500ms, 30s, 5m, 24h or 7d" },
  },
];

export const OPTIONS: ReadonlyMap<string, OptionSpec> = new Map(LIST.map((option) => [option.name, option]));

export function optionSpec(name: OptionName): OptionSpec {
  const spec = OPTIONS.get(name);
  if (spec === undefined) throw new RangeError(`option --${name} is not registered`);
  return spec;
}

function withValue(name: OptionName, value: string, summary: string, example: string): OptionSpec {
  return { name, value, repeatable: false, summary, example };
}

function flag(name: OptionName, summary: string): OptionSpec {
  return { name, value: null, repeatable: false, summary, example: `--${name}` };
}
