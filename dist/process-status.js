import { readFileSync, readdirSync, readlinkSync } from "node:fs";
// src/process/process-status.ts
function statusOf(pid) {
	const text = readProc(`/proc/${pid}/stat`);
	if (text === void 0) return void 0;
	const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
	const [state, , group, session] = fields;
	const startTicks = fields[19];
	if (state === void 0 || startTicks === void 0) return void 0;
	return {
		pid,
		group: Number(group),
		session: Number(session),
		startTicks: BigInt(startTicks),
		zombie: state === "Z" || state === "X"
	};
}
function allProcesses() {
	let names;
	try {
		names = readdirSync("/proc");
	} catch (error) {
		if (isGone(error)) return void 0;
		throw error;
	}
	const processes = names.filter((name) => /^\d+$/.test(name)).map((name) => statusOf(Number(name))).filter((status) => status !== void 0);
	return processes.length === 0 ? void 0 : processes;
}
function processSpace() {
	const boot = readProc("/proc/sys/kernel/random/boot_id");
	if (boot === void 0) return void 0;
	return {
		boot: boot.trim(),
		namespace: readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")
	};
}
function startedProcess(pid, role) {
	const status = statusOf(pid);
	const space = processSpace();
	return {
		pid,
		startTime: status === void 0 || space === void 0 ? null : `${status.startTicks}@${space.boot}/${space.namespace}`,
		role
	};
}
function readProc(path) {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		if (isGone(error)) return void 0;
		throw error;
	}
}
function isGone(error) {
	return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH");
}
export { processSpace as n, startedProcess as r, allProcesses as t };
