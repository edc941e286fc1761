import { b as safeLine, x as safeLines } from "./terminal.js";
// src/report/markdown/escape.ts
const NAME_LIMIT = 120;
const TEXT_LIMIT = 2e3;
function prose(text, limit = TEXT_LIMIT) {
	return inline(text, limit, "prose");
}
function cell(text, limit = TEXT_LIMIT) {
	return inline(text, limit, "cell");
}
function code(text, limit = NAME_LIMIT) {
	return codeSpan(safeLine(text, limit), "prose");
}
function cellCode(text, limit = NAME_LIMIT) {
	return codeSpan(safeLine(text, limit), "cell");
}
function htmlCode(text, limit = NAME_LIMIT) {
	return `<code>${safeLine(text, limit).replace(/[&<>"'`]/gu, reference)}</code>`;
}
function fenced(language, text) {
	const lines = safeLines(text);
	const fence = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
	return [
		fence + language,
		...lines,
		fence
	].join("\n");
}
function link(label, url) {
	return url === null ? label : `[${label}](${url})`;
}
function mermaidText(text) {
	const plain = safeLine(text, NAME_LIMIT).replace(/[^\p{L}\p{M}\p{N} ._-]+/gu, " ").trim();
	return plain === "" ? "unnamed" : plain;
}
const ACTIVE = /[@#$]|::|:(?:[+-]1|100|1234|[\w+-]*[a-z][\w+-]*):|:\/\/|www\.|mailto:|xmpp:|(?<![a-z0-9])(?:GH-\d|CVE-|GHSA-|[0-9a-f]{7,40}(?![a-z0-9]))/iu;
const PIECES = /`(?<quoted>[^`]+)`|(?<word>[^\s`]+)|\s+|`/gu;
const WRAPPED = /^(?<before>[("'«[]*)(?<core>.*?)(?<after>[)"'»\],;:.!?…]*)$/su;
function inline(text, limit, place) {
	let line = "";
	for (const { 0: piece, groups } of safeLine(text, limit).matchAll(PIECES)) {
		const shown = shownPiece(piece, groups?.["quoted"], groups?.["word"], place);
		line += line.endsWith("`") && shown.startsWith("`") ? ` ${shown}` : shown;
	}
	return line.replace(/^(?:[-+=:]|\d+[.)])/u, (start) => start.slice(0, -1) + reference(start.slice(-1)));
}
function shownPiece(piece, quoted, word, place) {
	if (quoted !== void 0) return quoted.trim() === "" ? plain(piece) : codeSpan(quoted.trim(), place);
	if (word === void 0 || !ACTIVE.test(word)) return plain(piece);
	const { before = "", core = "", after = "" } = WRAPPED.exec(word)?.groups ?? {};
	return core === "" ? codeSpan(word, place) : plain(before) + codeSpan(core, place) + plain(after);
}
function plain(text) {
	return text.replace(/[&<>`*~[\]\\|]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, reference);
}
function codeSpan(line, place) {
	if (line === "") return "";
	const inside = place === "cell" ? withoutPipes(line) : line;
	const fence = "`".repeat(longestRun(inside) + 1);
	const pad = inside.startsWith("`") || inside.endsWith("`") ? " " : "";
	return fence + pad + inside + pad + fence;
}
function withoutPipes(line) {
	return line.replace(/(?<=\\)\|/gu, "\\u{7c}").replace(/\|/gu, "\\|");
}
function longestRun(text) {
	let longest = 0;
	for (const [run] of text.matchAll(/`+/gu)) longest = Math.max(longest, run.length);
	return longest;
}
function reference(character) {
	return `&#${character.codePointAt(0) ?? 0};`;
}
// src/report/markdown/github-url.ts
const REPOSITORY = /^[\w.-]+\/[\w.-]+$/u;
const FULL_SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/u;
const SERVER = /^https?:\/\/[\w.:-]+$/u;
const RUN = /^https?:\/\/[\w.:-]+\/[\w./-]+$/u;
const LONGEST_URL = 2e3;
function fileUrl(context, file) {
	const path = file === null ? null : repositoryPath(context, file);
	const repository = repositoryUrl(context);
	if (repository === null || path === null || context.sha === null || !FULL_SHA.test(context.sha)) return null;
	return short(`${repository}/blob/${context.sha}/${path.split("/").map(encoded).join("/")}`);
}
function commitUrl(context, sha) {
	const repository = repositoryUrl(context);
	return repository === null || !FULL_SHA.test(sha) ? null : `${repository}/commit/${sha}`;
}
function workflowUrl(context) {
	const repository = repositoryUrl(context);
	return repository === null || context.workflow === null ? null : short(`${repository}/actions/workflows/${encoded(context.workflow)}`);
}
function runUrl({ runUrl: url }) {
	return url !== null && RUN.test(url) ? url : null;
}
function repositoryPath({ directory }, file) {
	if (file.startsWith("/") || file === "") return null;
	const parts = [];
	for (const part of `${directory}/${file}`.split("/")) {
		if (part === ".." && parts.pop() === void 0) return null;
		if (part !== ".." && part !== "." && part !== "") parts.push(part);
	}
	return parts.length === 0 ? null : parts.join("/");
}
function repositoryUrl({ serverUrl, repository }) {
	if (serverUrl === null || repository === null) return null;
	return SERVER.test(serverUrl) && REPOSITORY.test(repository) ? `${serverUrl}/${repository}` : null;
}
function short(url) {
	return url.length > LONGEST_URL ? null : url;
}
function encoded(part) {
	return encodeURIComponent(part.toWellFormed()).replace(/[!'()*~]/gu, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
export { workflowUrl as a, code as c, link as d, mermaidText as f, runUrl as i, fenced as l, fileUrl as n, cell as o, prose as p, repositoryPath as r, cellCode as s, commitUrl as t, htmlCode as u };
