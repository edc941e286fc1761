/** In a trace of calls the error may stand above the calls (Node) or below (Python). */
const TELLING = /error|exception|fatal|locked|denied/i;

/** Of what a program said that which tells most: the last lines, and of those above the last three that speak of an error. */
export function tellingLines(text: string): string {
  const lines = text.trimEnd().split("\n");
  const errors = lines.slice(0, -5).filter((line) => TELLING.test(line));
  return [...errors.slice(-3), ...lines.slice(-5)].join("\n");
}
