/** Text from belay.yml as a message may show it: no password, one line, not too long. */
export function shown(value: string): string {
  const line = withoutPassword(value).replace(/\s+/g, " ");
  return JSON.stringify(line.length > 80 ? `${line.slice(0, 79)}…` : line);
}

/** The same text with the passwords of its URLs, and secret keys of age, as ***. */
export function withoutPassword(text: string): string {
  return withoutAgeKey(text)
    .replace(/(:\/\/[^\s:/@]*):\S*@/g, "$1:***@")
    .replace(/([?&][\w-]*(?:password|passwd|secret|token|key)=)[^&\s]*/gi, "$1***")
    .replace(KEYWORD_PASSWORD, "$1***");
}

/** As libpq's keyword strings write it. */
const KEYWORD_PASSWORD = /((?:^|\s)password\s*=\s*)('(?:[^'\\]|\\.)*'?|[^\s'][^\s]*)/g;

/** A secret key that somebody wrote where a public one belongs. */
function withoutAgeKey(text: string): string {
  return text.replace(/AGE-SECRET-KEY-[\w-]+/gi, "AGE-SECRET-KEY-***");
}

/** The passwords that the addresses in a text carry, as written and decoded. */
export function passwordsIn(text: string): readonly string[] {
  const written = [...text.matchAll(/:\/\/[^\s:/@]*:(\S+)@/g)].map(([, password = ""]) => password);
  const parameters = [...text.matchAll(/[?&]password=([^&\s]+)/g)].map(([, password = ""]) => password);
  const keywords = [...text.matchAll(KEYWORD_PASSWORD)].map(([, , password = ""]) =>
    password.replace(/^'(.*)'$/s, "$1").replace(/\\(.)/gs, "$1"),
  );
  return [...new Set([...[...written, ...parameters].flatMap((password) => [password, decoded(password)]), ...keywords])];
}

function decoded(text: string): string {
  return text.replace(/(%[0-9a-f]{2})+/gi, (bytes) => new TextDecoder().decode(Buffer.from(bytes.replaceAll("%", ""), "hex")));
}
