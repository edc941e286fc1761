import { G as COMMANDS } from "./domain.js";
// src/command/options.ts
const COMMON_OPTIONS = [
	"config",
	"target",
	"json",
	"quiet",
	"no-color",
	"help",
	"version"
];
const STRATEGIES = [
	"swap",
	"restore",
	"downgrade",
	"hook"
];
const LIST = [
	{
		...withValue("config", "FILE", "the configuration; default belay.yml, then .github/belay.yml", "--config deploy/belay.yml"),
		completes: "files"
	},
	{
		...withValue("target", "NAME", "only this target: its name or a unique last part; repeatable", "--target app"),
		repeatable: true
	},
	flag("json", "one JSON object on standard output, progress on standard error"),
	flag("quiet", "nothing on success, only the verdict otherwise"),
	flag("no-color", "no colour; NO_COLOR=1 does the same"),
	{
		...flag("help", "this help"),
		short: "h"
	},
	{
		...flag("version", "Belay's version"),
		short: "V"
	},
	withValue("digest", "DIGEST", "run only the plan with this digest, else refuse", "--digest sha256:91ab…"),
	withValue("again", "\"WHY\"", "run a plan that failed before once more; the reason is journaled", "--again \"the disk was full\""),
	withValue("without-approval", "\"WHY\"", "run in a protected environment without its approvals; journaled", "--without-approval \"incident 4711\""),
	withValue("run", "ID", "this run, not the last one", "--run 01JD0000000000000000000000"),
	withValue("backup", "ID", "this backup", "--backup 20261121T001400Z-7f3a"),
	withValue("to", "ID", "only up to this migration, itself included", "--to 0004_columns"),
	withValue("new", "TENANT", "make this tenant (tenants.create), migrate it, and remove it again where that fails", "--new demo"),
	flag("no-verify", "record what the run did, and leave the judgement to `belay verify`"),
	flag("watch", "one round of the watch of the last run, for a schedule"),
	withValue("tool", "NAME", "the migration tool that is meant, where traces of several are here", "--tool alembic"),
	{
		...withValue("strategy", "WAY", "swap, restore, downgrade or hook, in place of Belay's own choice", "--strategy downgrade"),
		shape: {
			pattern: new RegExp(`^(${STRATEGIES.join("|")})$`),
			words: `one of ${STRATEGIES.join(", ")}`
		},
		completes: STRATEGIES
	},
	withValue("hook", "NAME", "run this hook of belay.yml, and leave the database as it is otherwise", "--hook flags"),
	{
		...withValue("into", "URL", "the database to restore into, empty or new", "--into sqlite:look.db"),
		completes: "files"
	},
	flag("replace", "also where something is there already; it is kept aside"),
	flag("accept-loss", "give up what was written since; it is kept aside and counted"),
	flag("fix", "apply what is missing in a guarded run, and leave the application alone"),
	{
		...withValue("wait", "DURATION", "let the run of somebody else come to its end first; default 10m", "--wait=5m"),
		valueOptional: true,
		shape: {
			pattern: /^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/,
			words: "a number and a unit: 500ms, 30s, 5m, 24h or 7d"
		}
	}
];
const OPTIONS = new Map(LIST.map((option) => [option.name, option]));
function optionSpec(name) {
	const spec = OPTIONS.get(name);
	if (spec === void 0) throw new RangeError(`option --${name} is not registered`);
	return spec;
}
function withValue(name, value, summary, example) {
	return {
		name,
		value,
		repeatable: false,
		summary,
		example
	};
}
function flag(name, summary) {
	return {
		name,
		value: null,
		repeatable: false,
		summary,
		example: `--${name}`
	};
}
// src/command/spec.ts
const USAGE = [2, "command line or belay.yml wrong; nothing was done"];
const DEFECT = [1, "a defect of Belay, before anything was changed"];
const INTERRUPTED = [130, "interrupted before anything was changed"];
const ATTENTION = [5, "needs attention: says what is known and what to do by hand"];
// src/command/registry.ts
const AVAILABLE = [
	{
		name: "init",
		available: true,
		summary: "write a first belay.yml",
		about: ["Looks for a migration tool and a database in this directory, and writes belay.yml and a workflow for GitHub from what it finds. What is there already stays as it is. What it could not find stands in the file as a comment to fill in."],
		options: ["tool"],
		meanings: { target: "the SQLite file that is meant, where several are here" },
		laterOptions: [],
		exits: [
			[0, "written; says what, and what to do next"],
			DEFECT,
			USAGE,
			[3, "refused: belay.yml is there already, or more than one tool or database could be meant; names them"],
			INTERRUPTED
		],
		examples: [
			{
				command: "belay init",
				does: "for an environment called prod"
			},
			{
				command: "belay init staging",
				does: "for one called staging"
			},
			{
				command: "belay init --target instance/app.db",
				does: "where more than one SQLite file is there"
			}
		]
	},
	{
		name: "doctor",
		available: true,
		summary: "try every part of belay.yml",
		about: ["Tries each part that a run will need, and changes no target: reads each of them, asks the tool what is pending, looks for the programs, the rights, the room on the disk, writes to the store and removes it again. For each part that does not work it says what that means and how to mend it."],
		options: [],
		laterOptions: [],
		exits: [
			[0, "healthy: a run finds what it needs"],
			DEFECT,
			USAGE,
			[6, "something does not work; says what"],
			INTERRUPTED
		],
		examples: [{
			command: "belay doctor prod",
			does: "on a new machine, before the first run"
		}, {
			command: "belay doctor prod --json | jq '.reasons'",
			does: "what is wrong, for a script"
		}]
	},
	{
		name: "status",
		available: true,
		summary: "where each target stands",
		about: ["Shows for each target what is applied and pending, the last run, who holds the lock, and the newest backup. Writes nothing."],
		options: [],
		laterOptions: [],
		exits: [
			[0, "shown"],
			DEFECT,
			USAGE,
			[3, "a target cannot be read"],
			INTERRUPTED
		],
		examples: [{
			command: "belay status prod",
			does: "one look at prod"
		}, {
			command: "belay status prod --json | jq '.targets[].pending[].id'",
			does: "what is pending, for a script"
		}]
	},
	{
		name: "plan",
		available: true,
		summary: "what would run, its digest",
		about: ["Shows what is pending with its SQL, what a rollback would do and why, what the run will not be able to prove, and the digest that stands for all of it. Writes nothing. Ends with 0 whether or not anything is pending.", "`belay migrate --digest` then runs exactly this plan, or refuses."],
		options: ["to"],
		laterOptions: [],
		exits: [
			[0, "planned, whether or not anything is pending"],
			DEFECT,
			USAGE,
			[3, "a target cannot be read; says why"],
			INTERRUPTED
		],
		examples: [
			{
				command: "belay plan prod",
				does: "read it before it runs"
			},
			{
				command: "belay plan prod --to 0004_columns",
				does: "of a run that stops there"
			},
			{
				command: "belay plan prod --json | jq -r .digest",
				does: "the digest alone"
			}
		]
	},
	{
		name: "migrate",
		available: true,
		summary: "the guarded run",
		about: ["Stops the application, backs the database up and proves the backup, migrates, verifies, starts the application and looks at its health. When anything is wrong, the database is put back exactly as it was, and the previous version runs again.", "With nothing pending it does nothing: no stop, no backup."],
		options: [
			"to",
			"backup",
			"new",
			"no-verify",
			"digest",
			"again",
			"without-approval"
		],
		meanings: { backup: "rely on this backup, already taken and proven, not on a new one" },
		laterOptions: [],
		exits: [
			[0, "migrated, or nothing was pending"],
			DEFECT,
			USAGE,
			[3, "refused: nothing was changed, or the application runs again as before"],
			[4, "failed and undone: the database is as it was, proven"],
			ATTENTION,
			INTERRUPTED
		],
		examples: [
			{
				command: "belay migrate",
				does: "the only environment of belay.yml"
			},
			{
				command: "belay migrate prod --digest sha256:91ab…",
				does: "only the plan that was read"
			},
			{
				command: "belay migrate prod --to 0004_columns",
				does: "this migration and those before it"
			},
			{
				command: "belay migrate prod --new demo",
				does: "a new tenant, migrated or not there at all"
			},
			{
				command: "belay migrate prod --no-verify",
				does: "`belay verify prod` judges later"
			},
			{
				command: "belay migrate prod --again \"the disk was full\"",
				does: "once more, after the cause is mended"
			}
		]
	},
	{
		name: "gate",
		available: true,
		summary: "may this container start?",
		about: ["For container entrypoints: ends with 0 when nothing is pending and no run is in the way, and otherwise says what to do, of every target. While a run itself starts the application, the gate is open. Takes no lock, writes nothing.", "With --fix it applies what is missing itself: a guarded run, but for the application, which is left alone. Of several containers that start at once one does that, and the others wait for it."],
		options: ["fix", "wait"],
		laterOptions: [],
		exits: [
			[0, "the application may start"],
			DEFECT,
			USAGE,
			[3, "a target cannot be read; with --fix: the run was refused"],
			[4, "with --fix: the run failed and was undone; the database is as it was, proven"],
			ATTENTION,
			[6, "it may not; says what to do"],
			INTERRUPTED
		],
		examples: [
			{
				command: "belay gate prod && exec ./serve",
				does: "the last line of an entrypoint"
			},
			{
				command: "belay gate prod --wait=5m && exec ./serve",
				does: "while somebody else migrates, at most so long"
			},
			{
				command: "belay gate prod --fix && exec ./serve",
				does: "containers that migrate themselves, one of them at a time"
			},
			{
				command: "belay gate prod --quiet",
				does: "in a health probe: nothing on success"
			}
		]
	},
	{
		name: "backup",
		available: true,
		summary: "take and prove a backup",
		about: ["Takes a backup of each target as it is now, while the application runs, restores it beside the target and compares the two. `belay migrate --backup` can rely on it, `belay rollback --backup` and `belay restore` put it back, and its manifest says how to do that without Belay."],
		options: [],
		laterOptions: [],
		exits: [
			[0, "backed up and proven"],
			DEFECT,
			USAGE,
			[3, "refused or not proven: what was written to the store is removed again"],
			[4, "interrupted: what was written to the store is removed again"],
			ATTENTION,
			INTERRUPTED
		],
		examples: [{
			command: "belay backup prod",
			does: "now, without stopping anything"
		}, {
			command: "belay backup prod --json | jq -r '.targets[].backup.id'",
			does: "its id, for `belay migrate --backup`"
		}]
	},
	{
		name: "verify",
		available: true,
		summary: "judge what the last run did",
		about: [
			"Judges the state that the last run recorded when its migrations ended: checks that expect `unchanged`, and which data it touched. All other checks are asked anew. Changes nothing, and takes no lock.",
			"After `belay migrate --no-verify` this is the judgement that was left out.",
			"With `--watch` it is one round of `watch` of belay.yml instead, for a schedule that calls it over days: the round is recorded in the store, and the watch of a run ends by itself. What breaks is said once to the receivers of `notify`, or taken back where `watch.scheduled.on-failure` says so; the lock is taken for the moment in which that is decided."
		],
		options: ["run", "watch"],
		meanings: { run: "judge this run, not the last one that applied something" },
		laterOptions: [],
		exits: [
			[0, "verified: everything holds"],
			DEFECT,
			USAGE,
			[3, "nothing to verify: no run has recorded anything, or one is in the way of a watch"],
			[4, "with --watch: what it found was undone, every target is back in its old state"],
			[5, "with --watch: it was to be undone, and needs attention"],
			[6, "a check failed; nothing was changed"],
			INTERRUPTED
		],
		examples: [
			{
				command: "belay verify prod",
				does: "after a deploy, or after --no-verify"
			},
			{
				command: "belay verify prod || belay rollback prod",
				does: "and back, if it does not hold"
			},
			{
				command: "belay verify prod --watch",
				does: "from cron, for the days after a run"
			}
		]
	},
	{
		name: "runs",
		available: true,
		summary: "what happened",
		about: ["Lists the runs of an environment, newest first: when, what, how it ended, what it applied, and where the backup is. Writes nothing."],
		options: [],
		laterOptions: [],
		exits: [
			[0, "listed"],
			DEFECT,
			USAGE,
			[3, "the store cannot be read"],
			INTERRUPTED
		],
		examples: [{
			command: "belay runs prod",
			does: "newest first"
		}, {
			command: "belay runs prod --json | jq '.runs[0]'",
			does: "the last run, for a script"
		}]
	},
	{
		name: "backups",
		available: true,
		summary: "what can be restored",
		about: ["Lists the backups of an environment, newest first: size, rows, how the content was proven, whether the files are still what they were, and how to restore without Belay. Writes nothing."],
		options: [],
		laterOptions: [],
		exits: [
			[0, "listed"],
			DEFECT,
			USAGE,
			[3, "the store cannot be read"],
			INTERRUPTED
		],
		examples: [{
			command: "belay backups prod",
			does: "newest first"
		}, {
			command: "belay backups prod --target app --json",
			does: "of one target, for a script"
		}]
	},
	{
		name: "rollback",
		available: true,
		summary: "data back to before a run",
		about: [
			"Takes the data back to before the last run that applied something, and keeps the present database aside. It deploys no older code.",
			"Writes since that run are counted per table; where there are any, it refuses without --accept-loss. Afterwards the database is compared with the before-state.",
			"Belay chooses the way that loses least: `swap` puts the copy from before in place, `restore` the backup. By name only: `downgrade` runs the down scripts of the migrations and keeps later writes, after a backup and a count of what it drops; `hook` runs what `rollback.hooks` of belay.yml holds, and leaves the database as it is otherwise."
		],
		options: [
			"run",
			"backup",
			"to",
			"strategy",
			"hook",
			"accept-loss",
			"without-approval"
		],
		meanings: {
			run: "take back this run, not the last one that applied something",
			backup: "put back this backup",
			to: "downgrade to this migration: it stays, what came after is reverted"
		},
		exclusive: [
			"run",
			"backup",
			"to",
			"hook"
		],
		laterOptions: [],
		exits: [
			[0, "rolled back"],
			DEFECT,
			USAGE,
			[3, "refused: later writes, locked, no backup; nothing was changed"],
			[4, "failed and undone: the database is as it was before the rollback"],
			ATTENTION,
			INTERRUPTED
		],
		examples: [
			{
				command: "belay rollback prod",
				does: "to before the last run; refuses when it would lose writes"
			},
			{
				command: "belay rollback prod --accept-loss",
				does: "also when something was written since"
			},
			{
				command: "belay rollback prod --backup 20261121T001400Z-7f3a",
				does: "to this backup; `belay backups` lists them"
			},
			{
				command: "belay rollback prod --to 0003_settings",
				does: "by the down scripts, keeping later writes"
			},
			{
				command: "belay rollback prod --hook flags",
				does: "what belay.yml has under rollback.hooks.flags"
			}
		]
	},
	{
		name: "recover",
		available: true,
		summary: "finish what a crash left",
		about: ["Finishes a run that was killed: before the migration was verified, the database goes back to its old state; after it, the run is brought to its end. What the dead run started is ended first. Where nothing is left to do, it does nothing."],
		options: ["run"],
		meanings: { run: "only if this is the run that is unfinished, else refuse" },
		laterOptions: [],
		exits: [
			[0, "the run was brought to its end, or there was nothing to recover"],
			DEFECT,
			USAGE,
			[3, "refused: the run is still alive, or a target cannot be used"],
			[4, "undone: the database is as it was before the run"],
			ATTENTION,
			INTERRUPTED
		],
		examples: [{
			command: "belay recover prod",
			does: "after a crash, a kill, a power loss"
		}, {
			command: "belay recover prod --json",
			does: "the same, for a script"
		}]
	},
	{
		name: "restore",
		available: true,
		summary: "one backup into a database",
		usage: "BACKUP [environment] --into URL [options]",
		argument: {
			value: "BACKUP",
			pattern: /^\d{8}T/
		},
		about: ["Restores one backup into another database: to look something up, to try something out, to fetch back single rows. Every byte is compared with the manifest on the way.", "The live databases of belay.yml are refused: putting a backup in their place is `belay rollback --backup`, which stops the application and counts later writes."],
		options: [
			"into",
			"replace",
			"without-approval"
		],
		laterOptions: [],
		exits: [
			[0, "restored"],
			DEFECT,
			USAGE,
			[3, "refused: it is a live database, something is there already, or the backup is damaged"],
			INTERRUPTED
		],
		examples: [{
			command: "belay restore 20261121T001400Z-7f3a prod --into sqlite:look.db",
			does: "into a new file; `belay backups` lists the ids"
		}, {
			command: "belay restore 20261121T001400Z-7f3a --into sqlite:look.db --replace",
			does: "the same again; what was there is kept aside"
		}]
	},
	{
		name: "prune",
		available: true,
		summary: "delete what keep no longer keeps",
		about: ["Deletes backups and copies that `backup.keep` of belay.yml no longer keeps, and what unfinished backups left. Every run does the same at its end. It never deletes a target, nor the last backup that was proven."],
		options: [],
		laterOptions: [],
		exits: [
			[0, "pruned; says what was deleted"],
			DEFECT,
			USAGE,
			[3, "refused: a run is under way or unfinished"],
			INTERRUPTED
		],
		examples: [{
			command: "belay prune prod",
			does: "what keep no longer keeps"
		}, {
			command: "belay prune prod --target app",
			does: "of one target"
		}]
	}
];
const COMMAND_SPECS = [...AVAILABLE, ...COMMANDS.filter((name) => !AVAILABLE.some((spec) => spec.name === name)).map((name) => ({
	name,
	available: false
}))];
function commandSpec(name) {
	return COMMAND_SPECS.find((spec) => spec.name === name);
}
function availableCommands() {
	return AVAILABLE;
}
const LATER_OPTIONS = new Set(AVAILABLE.flatMap(({ laterOptions }) => laterOptions));
export { DEFECT as a, OPTIONS as c, commandSpec as i, optionSpec as l, LATER_OPTIONS as n, USAGE as o, availableCommands as r, COMMON_OPTIONS as s, COMMAND_SPECS as t };
