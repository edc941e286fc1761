/**
 * What PostgreSQL's programs say when they fail, without the statement that failed: they quote it whole, and a CREATE USER MAPPING or a
 * CREATE SUBSCRIPTION has a password in it, a COPY the rows of people.
 */

/** The errors with what is said to each, without the programs' own names; at most a few. undefined: nothing was said. */
export function wordsOf(stderr: string): string | undefined {
  const lines = withoutStatements(stderr.split("\n")).filter((line) => line.trim() !== "" && !/^\S+: (?:warning|hint):/.test(line));
  const from = lines.findIndex((line) => / (?:error|fatal):/.test(line));
  const said = lines.slice(Math.max(from, 0)).slice(0, SHOWN_LINES);
  return said.length === 0 ? undefined : said.map((line) => line.replace(/^pg_\w+: (?:error|fatal|detail): /, "").trim()).join("; ");
}

const SHOWN_LINES = 4;

/** Where a line begins that a program says itself. */
const OWN = /^(?:pg_(?:dump|restore)|psql)(?::<stdin>:\d+)?: /;

/** What begins a quotation: of a statement, of a piece of one, of a row. It goes on until the program says something itself. */
const QUOTATION = /^(?:Command was|STATEMENT|QUERY|CONTEXT|LINE \d+):|^DETAIL: +Failing row|(?:[Cc]ommand|[Qq]uery) was: /;

function withoutStatements(lines: readonly string[]): readonly string[] {
  let quoting = false;
  return lines.filter((line) => {
    if (QUOTATION.test(line)) quoting = true;
    else if (OWN.test(line)) quoting = false;
    return !quoting;
  });
}
