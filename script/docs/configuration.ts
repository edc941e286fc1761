/** `docs/configuration.md`, from the JSON Schema that editors use. */

interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** Definitions with a section of their own, in the order of the page: everywhere else a link to it stands for them. */
const SECTIONS: Readonly<Record<string, { readonly title: string; readonly about: string }>> = {
  environment: { title: "An environment", about: "The block of an environment, and of `defaults`." },
  check: { title: "A check", about: "One query, request or command, and what it must give; [checks.md](checks.md) shows them in use." },
  expectation: { title: "An expectation", about: "What the result of a query must be." },
  conditions: { title: "Conditions", about: "More than one may be given; all of them must hold." },
  command: { title: "A command", about: "A text is for the shell (`sh -e -c`); a list is run without one." },
};

export function configuration(jsonSchema: string): string {
  const schema = JSON.parse(jsonSchema) as Schema;
  const reader = new SchemaReader(schema.definitions ?? {});
  return `# Configuration: belay.yml

<!-- Written by script/docs.ts from schema/belay.schema.json. Do not edit. -->

Belay reads \`belay.yml\`, then \`.github/belay.yml\`, or the file of \`--config\`. Relative paths start at the directory of the file (for
\`.github/belay.yml\` at the repository's root). A key that this version does not know is an error, never overlooked. Editors complete
and check the file with \`schema/belay.schema.json\`:

\`\`\`yaml
# yaml-language-server: $schema=schema/belay.schema.json
environments:
  prod: { target: "sqlite:/srv/app/app.db" }
\`\`\`

\`\${NAME}\` in any text but commands and SQL is that environment variable, and its value is a secret from then on; \`$$\` is \`$\`.
Durations are written \`500ms\`, \`30s\`, \`5m\`, \`24h\`, \`7d\`. A command is a text for the shell (\`sh -e -c\`), a list that is run
without a shell, or \`{ run, timeout }\`.

## The file

${reader.table(schema) ?? ""}
${Object.keys(SECTIONS)
  .map((name) => section(reader, name))
  .join("\n")}`;
}

function section(reader: SchemaReader, name: string): string {
  const { title, about } = SECTIONS[name] ?? { title: name, about: "" };
  const schema = reader.definition(name);
  const ways = (schema.anyOf ?? []).filter(({ properties }) => properties !== undefined);
  const kinds = reader.kinds(schema);
  const paragraphs = [
    `## ${title}`,
    about,
    ...(kinds === "keys" ? [] : [`It is: ${kinds}.`]),
    ...(ways.length > 1 ? ways.map((way) => `With \`${kindOf(way)}\`:\n\n${reader.table(way) ?? ""}`) : [reader.table(schema) ?? ""]),
  ];
  return `${paragraphs
    .map((text) => text.trimEnd())
    .filter((text) => text !== "")
    .join("\n\n")}\n`;
}

/** What tells one form of a check from another: the key that it must have. */
function kindOf({ required = [] }: Schema): string {
  return required[0] ?? "";
}

class SchemaReader {
  readonly #definitions: Readonly<Record<string, Schema>>;

  constructor(definitions: Readonly<Record<string, Schema>>) {
    this.#definitions = definitions;
  }

  definition(name: string): Schema {
    return this.#definitions[name] ?? {};
  }

  /** Null where there are no keys. */
  table(schema: Schema): string | null {
    const rows = this.#below(schema, "");
    return rows.length === 0 ? null : `| key | value | default | |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
  }

  /** The keys inside of a value, whichever of its forms has any; each once. */
  #below(schema: Schema, place: string): string[] {
    const rows = [schema, ...(schema.anyOf ?? [])].flatMap((form) => {
      if (sectionOf(form) !== undefined) return [];
      const values = typeof form.additionalProperties === "object" ? this.#below(form.additionalProperties, `${place}NAME.`) : [];
      const items = form.items === undefined ? [] : this.#below(form.items, place.replace(/\.$/, "[]."));
      return [...this.#rows(form, place), ...values, ...items];
    });
    return [...new Map(rows.map((row) => [row.split(" | ")[0], row])).values()];
  }

  #rows({ properties = {}, required = [] }: Schema, place: string): string[] {
    return Object.entries(properties).flatMap(([key, property]) => {
      const byDefault =
        property.default === undefined ? (required.includes(key) ? "needed" : "") : `\`${cell(JSON.stringify(property.default))}\``;
      const row = `| \`${place}${key}\` | ${this.kinds(property)} | ${byDefault} | ${cell(property.description ?? "")} |`;
      return [row, ...this.#below(property, `${place}${key}.`)];
    });
  }

  /** What may stand there, in words. */
  kinds(schema: Schema): string {
    const name = sectionOf(schema);
    if (name !== undefined) return `[${article(name)}](#${(SECTIONS[name]?.title ?? name).toLowerCase().replaceAll(" ", "-")})`;
    if (schema.const !== undefined) return `\`${cell(JSON.stringify(schema.const))}\``;
    if (schema.enum !== undefined) return schema.enum.map((value) => `\`${cell(String(value))}\``).join(", ");
    if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map((form) => this.kinds(form)))].join("; or ");
    if (schema.type === "array") return `list of ${schema.items === undefined ? "two values" : bracketed(this.kinds(schema.items))}`;
    if (schema.type === "object") return this.#objectKind(schema);
    const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
    return types.length === 0 ? "any value" : types.map((type) => TYPES[type] ?? type).join(", ");
  }

  #objectKind({ properties, additionalProperties: values }: Schema): string {
    if (properties !== undefined) return "keys";
    return typeof values === "object" ? `names, each with ${bracketed(this.kinds(values))}` : "keys";
  }
}

const TYPES: Readonly<Record<string, string>> = { string: "text", integer: "whole number", boolean: "`true`, `false`", null: "`null`" };

/** The section that a schema points to; undefined where it says itself what it is. */
function sectionOf({ $ref, allOf = [] }: Schema): string | undefined {
  const name = ($ref ?? allOf[0]?.$ref)?.replace("#/definitions/", "");
  return name !== undefined && name in SECTIONS ? name : undefined;
}

function article(name: string): string {
  return (SECTIONS[name]?.title ?? name).replace(/^An? /, (word) => word.toLowerCase()).replace(/^C/, "c");
}

function bracketed(kinds: string): string {
  return kinds.includes("; or ") ? `(${kinds})` : kinds;
}

/** Text in a cell of a table. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
