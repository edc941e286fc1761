import "./rolldown-runtime.js";
import { et as failure } from "./domain.js";
import { cn as processSpace, sn as allProcesses } from "./looking.js";
import { setTimeout } from "node:timers/promises";
// src/process/process-group.ts
const GRACE_MS = 5e3;
const KILLED_WAIT_MS = 3e4;
const POLL_MS = 20;
function isAlive(started) {
	return lookUp(started).kind === "ours";
}
async function endGroup(started) {
	const whose = lookUp(started);
	if (whose.kind !== "ours") return whose.kind;
	await endUntilGone((signal) => sendSignal(whose.leads ? -started.pid : started.pid, signal), () => isAlive(started), started);
	return "ended";
}
async function endOwnGroup(pid, role) {
	await endUntilGone((signal) => sendSignal(-pid, signal), () => groupLives(pid), {
		pid,
		role
	});
}
function groupLives(group) {
	const processes = allProcesses();
	if (processes !== void 0) return processes.some((other) => other.group === group && !other.zombie);
	return sendSignal(-group, 0);
}
async function endUntilGone(send, lives, who) {
	send("SIGTERM");
	send("SIGCONT");
	if (await waitUntil(() => !lives(), GRACE_MS)) return;
	send("SIGKILL");
	if (await waitUntil(() => !lives(), KILLED_WAIT_MS)) return;
	throw failure("process-will-not-end", `ending process group ${who.pid} (${who.role}): it is still there ${KILLED_WAIT_MS / 1e3} s after SIGKILL`, {
		hint: `see what holds it with "ps -o pid,stat,wchan:32,cmd -g ${who.pid}"; a network file system that does not answer is the usual reason`,
		facts: {
			pid: who.pid,
			role: who.role
		}
	});
}
function lookUp(started) {
	const processes = allProcesses();
	const space = processSpace();
	if (started.startTime === null || processes === void 0 || space === void 0) return withoutProc(started);
	const [, ticks = "", boot, namespace] = /^(\d+)(?:@([^/]+)\/(.+))?$/.exec(started.startTime) ?? [];
	if (ticks === "") return { kind: "not-ours" };
	if (boot !== void 0 && boot !== space.boot) return { kind: "gone" };
	if (namespace !== void 0 && namespace !== space.namespace) return { kind: "not-ours" };
	return among(processes, started.pid, BigInt(ticks));
}
function among(processes, pid, startTicks) {
	const leader = processes.find((other) => other.pid === pid);
	if (leader !== void 0 && leader.startTicks !== startTicks) return { kind: "not-ours" };
	if (leader !== void 0 && leader.group !== pid) return leader.zombie ? { kind: "gone" } : {
		kind: "ours",
		leads: false
	};
	const ours = (other) => other.group === pid && (leader !== void 0 || other.session === pid && other.startTicks >= startTicks);
	return processes.some((other) => ours(other) && !other.zombie) ? {
		kind: "ours",
		leads: true
	} : { kind: "gone" };
}
function withoutProc(started) {
	if (!sendSignal(-started.pid, 0) && !sendSignal(started.pid, 0)) return { kind: "gone" };
	throw failure("process-unclear", `process ${started.pid} (${started.role}) may be left from a run that died, and this system does not tell whether it is`, {
		hint: `look with "ps -p ${started.pid}"; if it belongs to the run, end it, then run the same command again`,
		facts: {
			pid: started.pid,
			role: started.role
		}
	});
}
function sendSignal(pid, signal) {
	try {
		return process.kill(pid, signal);
	} catch (error) {
		if ((error instanceof Error && "code" in error ? error.code : void 0) === "ESRCH") return false;
		throw failure("process-not-permitted", `sending ${signal} to process ${Math.abs(pid)}: it belongs to another user`, {
			hint: "run Belay as the user of the run that started it, or end it by hand",
			cause: error,
			facts: { pid: Math.abs(pid) }
		});
	}
}
async function waitUntil(holds, limitMs) {
	const deadline = performance.now() + limitMs;
	while (!holds()) {
		if (performance.now() >= deadline) return false;
		await setTimeout(POLL_MS);
	}
	return true;
}
export { isAlive as i, endOwnGroup as n, groupLives as r, endGroup as t };
