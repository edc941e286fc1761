import "./rolldown-runtime.js";
import { K as nearest, it as usageError, o as databaseOf } from "./domain.js";
// src/run/rollback.ts
const STRATEGIES = [
	"swap",
	"restore",
	"downgrade",
	"hook"
];
async function rollback(ports, environment, targets, options) {
	const { run, backup, to, acceptLoss, withoutApproval } = options;
	const strategy = strategyOf(options);
	if (strategy === "hook") {
		const { runHook } = await import("./hook.js");
		return runHook(ports, environment, [...new Set(targets.map(databaseOf))], {
			name: hookName(environment, options.hook),
			withoutApproval
		});
	}
	if (strategy === "downgrade") {
		const { downgrade } = await import("./downgrade.js");
		return downgrade(ports, environment, targets, {
			to,
			acceptLoss,
			withoutApproval
		});
	}
	const { putDataBack } = await import("./put-back2.js");
	return putDataBack(ports, environment, targets, {
		run,
		backup,
		strategy,
		acceptLoss,
		withoutApproval
	});
}
function strategyOf({ run, backup, to, strategy: asked, hook }) {
	const strategy = asked === null ? null : STRATEGIES.find((known) => known === asked);
	if (strategy === void 0) {
		const near = nearest(asked ?? "", STRATEGIES);
		throw usageError("strategy-unknown", `--strategy ${asked} is not known`, { hint: near === null ? `it is one of ${STRATEGIES.join(", ")}` : `did you mean ${near}?` });
	}
	const implied = hook !== null ? "hook" : to !== null ? "downgrade" : null;
	if (hook !== null && to !== null) throw conflict("--hook", "--to");
	if (implied !== null && strategy !== null && strategy !== implied) throw conflict(hook !== null ? "--hook" : "--to", `--strategy ${strategy}`);
	const chosen = strategy ?? implied;
	if ((chosen === "hook" || chosen === "downgrade") && (run !== null || backup !== null)) throw conflict(run === null ? "--backup" : "--run", `a rollback by ${chosen}`);
	return chosen;
}
function conflict(one, other) {
	return usageError("options-conflict", `${one} and ${other} exclude each other`, { hint: "`belay rollback --help` shows what goes together" });
}
function hookName(environment, asked) {
	const names = [...environment.rollback.hooks.keys()];
	const [only, second] = names;
	const name = asked ?? (second === void 0 ? only : void 0);
	if (name !== void 0 && names.includes(name)) return name;
	const near = asked === null ? null : nearest(asked, names);
	const known = names.length === 0 ? `${environment.name} has no rollback.hooks in belay.yml` : `hooks of ${environment.name}: ${names.join(", ")}`;
	throw usageError("hook-unknown", asked === null ? "which hook? Name it with --hook" : `there is no hook ${JSON.stringify(asked)}`, { hint: near === null ? known : `did you mean ${JSON.stringify(near)}?` });
}
export { rollback };
