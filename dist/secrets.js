// src/process/secret-forms.ts
const SHORTEST_SECRET = 4;
function formsOf(secret) {
	const whole = [secret, ...passwordsOf(secret)].flatMap((text) => [text, percentDecoded(text)]);
	const long = [...new Set(whole.flatMap((text) => [text, ...linesOf(text)]))].filter((text) => text.length >= SHORTEST_SECRET);
	const coded = new Set(long.flatMap(base64Cores).filter((text) => text.length >= SHORTEST_SECRET));
	return [...long.map((text) => Array.from(text, spellingsOf)), ...[...coded].map((text) => Array.from(text, (character, at) => inBase64(character, at > 0)))];
}
function maskedTexts(secret) {
	const texts = [secret, ...passwordsOf(secret)].flatMap((text) => [text, percentDecoded(text)]).flatMap((text) => [text, ...linesOf(text)]).filter((text) => text.length >= SHORTEST_SECRET).flatMap((text) => [
		text,
		encodeURIComponent(text.toWellFormed()),
		...base64Cores(text)
	]);
	return [...new Set(texts)].filter((text) => text.length >= SHORTEST_SECRET);
}
function passwordsOf(secret) {
	return [
		/^[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*:([^\s/?#]+)@/i.exec(secret)?.[1],
		/^[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*:(\S+)@/i.exec(secret)?.[1],
		...[...secret.matchAll(/[?&](?:\w*password|passwd|pwd|\w*token|\w*secret|\w*key)=([^&#\s]+)/gi)].map(([, value]) => value)
	].filter((text) => text !== void 0);
}
function percentDecoded(text) {
	return text.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => {
		const decoded = Buffer.from(codes.replaceAll("%", ""), "hex").toString("utf8");
		return decoded.includes("�") ? codes : decoded;
	});
}
function linesOf(text) {
	return text.split(/[\r\n]+/).map((line) => line.trim());
}
function base64Cores(text) {
	const bytes = Buffer.from(text);
	return [
		0,
		1,
		2
	].map((offset) => {
		const coded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
		const first = Math.ceil(offset * 8 / 6);
		const last = Math.floor((offset + bytes.length) * 8 / 6);
		return coded.slice(first, last);
	});
}
function inBase64(character, mayFollowBreak) {
	const safe = {
		"+": "-",
		"/": "_"
	}[character];
	const plain = [
		character,
		...safe === void 0 ? [] : [safe],
		...percentSpellings(character)
	];
	if (!mayFollowBreak) return plain;
	return [...plain, ...plain.flatMap((spelling) => [`\n${spelling}`, `\r\n${spelling}`])];
}
function spellingsOf(character) {
	const spellings = [
		character,
		...SPECIAL[character] ?? [],
		...percentSpellings(character),
		...codeSpellings(character)
	];
	if (/\W/.test(character)) spellings.push(`\\${character}`, `\\\\${character}`);
	return [...new Set(spellings)];
}
const SPECIAL = {
	"\n": [
		"\\n",
		"\\\\n",
		"\r\n",
		"\\r\\n"
	],
	"\r": ["\\r", "\\\\r"],
	"	": ["\\t", "\\\\t"],
	"\b": ["\\b"],
	"\f": ["\\f"],
	"\v": ["\\v"],
	"\x1B": ["\\e", "\\E"],
	" ": ["+", "\\ "],
	"'": [
		"'\\''",
		`'"'"'`,
		"''",
		"&#39;",
		"&#x27;",
		"&apos;"
	],
	"\"": [
		"\"\"",
		"&quot;",
		"&#34;",
		"\\\\\\\""
	],
	"\\": ["\\\\", "\\\\\\\\"],
	"&": ["&amp;"],
	"<": ["&lt;"],
	">": ["&gt;"]
};
function percentSpellings(character) {
	const upper = [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
	return [
		upper,
		upper.toLowerCase(),
		upper.replaceAll("%", "%25"),
		upper.toLowerCase().replaceAll("%", "%25")
	];
}
function codeSpellings(character) {
	if (/^\w$/.test(character)) return [];
	const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at).toString(16).padStart(4, "0"));
	const bytes = [...Buffer.from(character)];
	const point = (character.codePointAt(0) ?? 0).toString(16);
	return [
		units.map((unit) => `\\u${unit}`).join(""),
		units.map((unit) => `\\u${unit.toUpperCase()}`).join(""),
		bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""),
		bytes.map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join(""),
		`\\x${point.padStart(2, "0")}`,
		`\\u{${point}}`,
		`\\U${point.padStart(8, "0")}`
	].flatMap((code) => [code, `\\${code}`]);
}
export { maskedTexts as n, formsOf as t };
