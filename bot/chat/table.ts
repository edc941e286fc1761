/** The commands of the chat, as data: grammar, `/help` and every suggestion come from here, so that none can drift from another. */

/** What stands after a command's name without an option. */
export type Positional = "environment" | "request" | "run" | "ref" | "reason";

export interface ChatOption {
  /** With its dashes: `--again`. */
  readonly name: string;
  /** As help calls its value: `"why"`, `ID`, `NAME`. */
  readonly value: string;
  readonly repeatable: boolean;
}

export interface ChatCommand {
  readonly name: ChatCommandName;
  /** In this order; those in `optional` may be left out at the end. */
  readonly positionals: readonly Positional[];
  readonly optional: readonly Positional[];
  readonly options: readonly ChatOption[];
  readonly about: string;
}

export type ChatCommandName =
  | "plan"
  | "rehearse"
  | "migrate"
  | "approve"
  | "reject"
  | "rollback"
  | "verify"
  | "backup"
  | "recover"
  | "runs"
  | "lock"
  | "unlock"
  | "status"
  | "cancel"
  | "help";

const TARGET: ChatOption = { name: "--target", value: "NAME", repeatable: true };
const AGAIN: ChatOption = { name: "--again", value: '"why"', repeatable: false };
const RUN: ChatOption = { name: "--run", value: "ID", repeatable: false };
const TO: ChatOption = { name: "--to", value: "ID", repeatable: false };

export const CHAT_COMMANDS: readonly ChatCommand[] = [
  command("plan", ["environment"], [], [TARGET], "shows what would be migrated; changes nothing"),
  command("rehearse", ["environment"], [], [TARGET], "the whole run on a copy"),
  command("migrate", ["environment", "ref"], ["ref"], [TARGET, AGAIN], "plans, asks for the approvals, migrates"),
  command("approve", ["request"], [], [], "says yes to the plan that is shown"),
  command("reject", ["request", "reason"], [], [], "says no, and why"),
  command("rollback", ["environment"], [], [RUN, TO, TARGET], "data back to before a run; what it would lose is shown first"),
  command("verify", ["environment"], [], [TARGET], "judges the last run again; changes nothing"),
  command("backup", ["environment"], [], [TARGET], "takes and proves a backup"),
  command("recover", ["environment", "run"], ["run"], [], "finishes what a crashed run left"),
  command("runs", ["environment"], [], [], "what ran, and how it ended"),
  command("lock", ["environment", "reason"], [], [], "lets no run start until it is unlocked"),
  command("unlock", ["environment", "reason"], [], [], "takes the lock away, whoever holds it"),
  command("status", ["environment"], ["environment"], [], "every gate: met or not, and what to do"),
  command("cancel", ["request"], [], [], "ends a request, or the workflow run that carries it out"),
  command("help", [], [], [], "this list"),
];

export function chatCommand(name: string): ChatCommand | null {
  return CHAT_COMMANDS.find((each) => each.name === name) ?? null;
}

const SHOWN: Readonly<Record<Positional, string>> = { environment: "ENV", request: "ID", run: "RUN", ref: "REF", reason: '"why"' };

/** `/belay migrate ENV [REF] [--target NAME]… [--again "why"]`. */
export function usageOf({ name, positionals, optional, options }: ChatCommand): string {
  const words = positionals.map((each) => (optional.includes(each) ? `[${SHOWN[each]}]` : SHOWN[each]));
  const flags = options.map((each) => `[${each.name} ${each.value}]${each.repeatable ? "…" : ""}`);
  return ["/belay", name, ...words, ...flags].join(" ");
}

function command(
  name: ChatCommandName,
  positionals: readonly Positional[],
  optional: readonly Positional[],
  options: readonly ChatOption[],
  about: string,
): ChatCommand {
  return { name, positionals, optional, options, about };
}
