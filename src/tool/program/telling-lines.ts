/** In a trace of calls the error may stand above the calls (Node) or below (Python). */
const TELLING = /error|exception|fatal|locked|denied/i;
const PYTHON_TRACE = /^Traceback \(most recent call last\):$/;

/** Of what a program said that which tells most: the last lines, and of those above the last three that speak of an error. */
export function tellingLines(text: string): string {
  const lines = withoutCalls(text.trimEnd().split("\n"));
  const errors = lines.slice(0, -5).filter((line) => TELLING.test(line));
  return [...errors.slice(-3), ...lines.slice(-5)].join("\n");
}

/** A call in a trace of Node's, which stand below the error. */
const NODE_CALL = /^\s+at .+(?:\)|:\d+:\d+)(?: \{)?$/;

/** Which function called which tells nobody anything. Of Python's traces the error stands below, at the margin. */
function withoutCalls(lines: readonly string[]): readonly string[] {
  let inTrace = false;
  return lines.filter((line) => {
    if (PYTHON_TRACE.test(line)) inTrace = true;
    else if (!/^\s/.test(line)) inTrace = false;
    return !inTrace && !NODE_CALL.test(line);
  });
}
