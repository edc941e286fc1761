import { INPUTS, type InputSpec, OUTPUTS } from "../../src/github/inputs.ts";

/** `docs/action.md` with its tables of inputs and outputs as the registry has them; all else of the page is kept. */
export function action(page: string): string {
  const inputs = INPUTS.map((spec: InputSpec) => `| \`${spec.name}\` | ${values(spec)} | ${byDefault(spec)} | ${cell(spec.description)} |`);
  const outputs = OUTPUTS.map(({ name, description }) => `| \`${name}\` | ${cell(description)} |`);
  const tables = {
    inputs: ["| input | value | default | |", "| --- | --- | --- | --- |", ...inputs],
    outputs: ["| output | |", "| --- | --- |", ...outputs],
  };
  return Object.entries(tables).reduce((text, [name, lines]) => between(text, name, lines.join("\n")), page);
}

/** Throws where the page has no such place: a table that is written nowhere would be missed by nobody. */
function between(page: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name}:begin, written by script/docs.ts -->\n`, `<!-- ${name}:end -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new RangeError(`docs/action.md has no place for its ${name}: ${begin.trim()} … ${end}`);
  return `${page.slice(0, from + begin.length)}${table}\n${page.slice(to)}`;
}

function values({ kind }: InputSpec): string {
  if (kind === "text") return "text";
  return (kind === "boolean" ? ["true", "false"] : kind).map((value) => `\`${value}\``).join(", ");
}

function byDefault({ default: value }: InputSpec): string {
  return value === null ? "" : `\`${cell(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
