/** Values as each medium takes them: what somebody wrote into a name or an error pings nobody, formats nothing and starts no line. */

/** A joiner that nobody sees: it keeps signs apart that would mean something together. */
const APART = "\u2060";

/**
 * Slack's mrkdwn, and the Markdown of those who take the same webhooks: no entity, no mention (`<!channel>`, `@channel`), no link with
 * another text, no formatting.
 */
export function forSlack(value: string): string {
  return value
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/@(?=\S)/g, `@${APART}`)
    .replace(/\](?=[([])/g, `]${APART}`)
    .replace(/(?<![\p{L}\p{N}])[*_~`]+(?=\S)/gu, (marks) => [...marks].map((mark) => `${mark}${APART}`).join(""));
}

/** Text of an HTML page, of which a template has no part either. */
export function forHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

/** A mail in plain text. */
export function forMail(value: string): string {
  return value;
}

/** A header of a mail, a line of a log. */
export function forOneLine(value: string): string {
  return value.replace(/\s*\n\s*/g, "; ");
}
