// src/notify/escape.ts
const APART = "⁠";
function forSlack(value) {
	return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replace(/@(?=\S)/g, `@${APART}`).replace(/\](?=[([])/g, `]${APART}`).replace(/(?<![\p{L}\p{N}])[*_~`]+(?=\S)/gu, (marks) => [...marks].map((mark) => `${mark}${APART}`).join(""));
}
function forHtml(text) {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\"", "&quot;").replaceAll("'", "&#39;");
}
function forMail(value) {
	return value;
}
function forOneLine(value) {
	return value.replace(/\s*\n\s*/g, "; ");
}
export { forSlack as i, forMail as n, forOneLine as r, forHtml as t };
