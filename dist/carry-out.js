import { $ as BelayError, nt as reasonOf } from "./domain.js";
import { r as commandLine } from "./page.js";
import "./steps.js";
// src/report/interrupt.ts
function interruptNotice({ signal, repeated, environment, effectBegan }) {
	const command = (name) => `\`${commandLine(name, environment)}\``;
	if (!effectBegan) return `${signal}: stopping. Nothing was changed.`;
	return repeated ? `${signal} again: already undoing, which is not cut short. If Belay is killed now, ${command("recover")} finishes it.` : `${signal}: stopping what runs, then undoing what was begun. Please wait. ${command("status")} shows afterwards where it stands.`;
}
// src/version.ts
const VERSION = "0.1.0";
// src/carry-out.ts
async function carryOut(asked) {
	const { invocation, world } = asked;
	const progress = watchProgress(asked);
	const startedAt = world.now();
	try {
		const result = await perform(asked, progress);
		progress.finish();
		return {
			kind: "result",
			result
		};
	} catch (thrown) {
		progress.finish();
		tellStack(asked, thrown);
		if (thrown instanceof BelayError && thrown.kind === "usage") return {
			kind: "usage-error",
			error: thrown
		};
		return {
			kind: "result",
			result: resultOfThrown(thrown, invocation, startedAt, world.now(), progress.effectBegan())
		};
	}
}
async function perform({ invocation, world, onInterrupt, loadPerform }, progress) {
	const { environment } = invocation;
	const watch = onInterrupt(({ signal, repeated }) => {
		const message = interruptNotice({
			signal,
			repeated,
			environment,
			effectBegan: progress.effectBegan()
		});
		progress.tell({
			type: "notice",
			message
		});
	});
	try {
		return await (await loadPerform())(invocation, {
			...world,
			progress: progress.tell,
			signal: watch.signal,
			belayVersion: VERSION
		});
	} finally {
		watch[Symbol.dispose]();
	}
}
const WITHOUT_EFFECT = ["preflight", "checks-before"];
function watchProgress(asked) {
	let { view } = asked;
	let ticking = null;
	let effect = false;
	const write = (text) => {
		try {
			if (view !== null) asked.show(text(view));
		} catch (thrown) {
			view = null;
			asked.complain(`belay: showing the progress went wrong, the run goes on: ${reasonOf(thrown).message}\n`);
		}
	};
	return {
		tell(event) {
			if (event.type === "step-began") {
				effect ||= !WITHOUT_EFFECT.includes(event.step);
				if (view !== null) ticking ??= asked.every(100, () => write((shown) => shown.tick()));
			}
			write((shown) => shown.show(event));
		},
		finish() {
			ticking?.[Symbol.dispose]();
			write((shown) => shown.finish());
		},
		effectBegan: () => effect
	};
}
function resultOfThrown(thrown, invocation, startedAt, endedAt, effectBegan) {
	const reason = reasonOf(thrown);
	const recover = `look where it stands: ${commandLine("status", invocation.environment)}, then ${commandLine("recover", invocation.environment)}`;
	return {
		belay: VERSION,
		run: null,
		command: invocation.command,
		environment: invocation.environment,
		outcome: outcomeOfThrown(thrown, effectBegan),
		digest: null,
		startedAt: startedAt.toISOString(),
		durationMs: endedAt.getTime() - startedAt.getTime(),
		reasons: effectBegan ? [reason, {
			code: "state-unknown",
			message: "the run broke off after its first effect",
			hint: recover
		}] : [reason],
		targets: []
	};
}
function outcomeOfThrown(thrown, effectBegan) {
	if (effectBegan) return "needs-attention";
	if (!(thrown instanceof BelayError)) return "failed";
	return thrown.code === "interrupted" ? "interrupted" : "refused";
}
function tellStack({ complain, world }, thrown) {
	if (world.variables["BELAY_DEBUG"] !== "1") return;
	for (let error = thrown; error instanceof Error; error = error.cause) complain(`${error.stack ?? error.message}\n`);
}
export { resultOfThrown as n, VERSION as r, carryOut as t };
