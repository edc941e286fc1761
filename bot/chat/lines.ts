/** The lines of a comment that could be commands: its own words, at the start of a line, outside quotes, code and hidden text. */

const FENCE = /^ {0,3}(?<fence>`{3,}|~{3,})/u;

/** A line right below a quote still belongs to it (CommonMark 5.1, laziness): what GitHub shows as a quote is one. */
const QUOTE = /^ {0,3}>/u;

/** Lines of a comment that begin with a slash, without white space at their ends. GitHub sends both kinds of line ends. */
export function commandLines(body: string): readonly string[] {
  const lines: string[] = [];
  let fence: string | null = null;
  let hidden = false;
  let quoted = false;
  for (const line of body.split(/\r\n|\n|\r/u)) {
    quoted = QUOTE.test(line) || (quoted && line.trim() !== "");
    const mark = FENCE.exec(line)?.groups?.["fence"] ?? null;
    if (hidden) hidden = !line.includes("-->");
    else if (fence !== null) fence = closes(line, mark, fence) ? null : fence;
    else if (mark !== null) fence = mark;
    else if (leavesHidden(line)) hidden = true;
    else if (!quoted && line.startsWith("/")) lines.push(line.trimEnd());
  }
  return lines;
}

/** After CommonMark 4.5: the same character, at least as long, and nothing behind it. */
function closes(line: string, mark: string | null, fence: string): boolean {
  return mark !== null && mark[0] === fence[0] && mark.length >= fence.length && line.trim() === mark;
}

/** What pages of templates put into `<!-- … -->` is nobody's word, also over several lines. */
function leavesHidden(line: string): boolean {
  return line.lastIndexOf("<!--") > line.lastIndexOf("-->");
}
