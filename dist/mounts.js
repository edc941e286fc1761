import { readFileSync, readdirSync, readlinkSync } from "node:fs";
// src/engine/sqlite/mounts.ts
function isMountedByItself(file) {
	const own = readMounts("self");
	const home = own.filter(({ point }) => isBelow(file, point)).sort((a, b) => b.point.length - a.point.length)[0];
	if (home === void 0) return false;
	if (home.point === file) return true;
	const inFileSystem = joinRoot(home.root, file.slice(home.point === "/" ? 0 : home.point.length));
	return [own, ...otherNamespaces()].some((mounts) => mounts.some(({ device, root }) => device === home.device && root === inFileSystem));
}
function otherNamespaces() {
	const seen = new Set([readLink("self")]);
	return processes().flatMap((pid) => {
		const namespace = readLink(pid);
		if (namespace === void 0 || seen.has(namespace)) return [];
		seen.add(namespace);
		return [readMounts(pid)];
	});
}
function readMounts(pid) {
	return (ifThere(() => readFileSync(`/proc/${pid}/mountinfo`, "utf8")) ?? "").split("\n").flatMap((line) => {
		const [, , device, root, point] = line.split(" ");
		return device === void 0 || root === void 0 || point === void 0 ? [] : [{
			device,
			root: unescape(root),
			point: unescape(point)
		}];
	});
}
function unescape(path) {
	return path.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}
function isBelow(file, point) {
	return point === "/" || file === point || file.startsWith(`${point}/`);
}
function joinRoot(root, rest) {
	return root === "/" ? rest : root + rest;
}
function processes() {
	return (ifThere(() => readdirSync("/proc")) ?? []).filter((name) => /^\d+$/.test(name));
}
function readLink(pid) {
	return ifThere(() => readlinkSync(`/proc/${pid}/ns/mnt`));
}
function ifThere(read) {
	try {
		return read();
	} catch (error) {
		if (error instanceof Error) return void 0;
		throw error;
	}
}
export { isMountedByItself as t };
