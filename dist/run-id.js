// src/domain/schema.ts
function schemaSnapshot(objects) {
	const order = (a, b) => compare(a.kind, b.kind) || compare(a.name, b.name);
	return { objects: [...objects].sort(order) };
}
function schemaDifference(before, after) {
	const old = byLabel(before);
	const now = byLabel(after);
	return {
		added: [...now.keys()].filter((label) => !old.has(label)),
		removed: [...old.keys()].filter((label) => !now.has(label)),
		changed: [...now].filter(([label, definition]) => old.has(label) && old.get(label) !== definition).map(([label]) => label)
	};
}
function sameSchema(before, after) {
	const { added, removed, changed } = schemaDifference(before, after);
	return added.length + removed.length + changed.length === 0;
}
function byLabel(snapshot) {
	return new Map(snapshot.objects.map(({ kind, name, definition }) => [`${kind} ${name}`, definition]));
}
function compare(a, b) {
	return a < b ? -1 : a > b ? 1 : 0;
}
// src/domain/run-id.ts
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
function makeRunId(at, random) {
	let bits = BigInt(at.getTime());
	for (const byte of random.subarray(0, 10)) bits = bits << 8n | BigInt(byte);
	let id = "";
	for (let i = 0; i < 26; i++) {
		id = CROCKFORD.charAt(Number(bits & 31n)) + id;
		bits >>= 5n;
	}
	return id;
}
function makeBackupId(at, random) {
	return `${at.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "")}-${[...random.subarray(0, 2)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
const ASIDE_LETTER = {
	clone: "c",
	failed: "f",
	scratch: "s",
	after: "a"
};
function asideName(name, kind, run, maxBytes = 255) {
	const suffix = `_belay_${ASIDE_LETTER[kind]}_${run.slice(-10)}`;
	let kept = name;
	while (new TextEncoder().encode(kept + suffix).length > maxBytes) kept = [...kept].slice(0, -1).join("");
	return kept + suffix;
}
export { schemaDifference as a, sameSchema as i, makeBackupId as n, schemaSnapshot as o, makeRunId as r, asideName as t };
