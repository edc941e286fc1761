/**
 * What GitHub's runner does with the lines that a step prints: it obeys workflow commands in both of their spellings, wherever they come
 * from, and keeps masked texts out of the log. After the runner's own ActionCommand and ActionCommandManager.
 */

export interface ObeyedCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  readonly message: string;
  readonly title: string | null;
  readonly file: string | null;
  readonly line: number | null;
  /** GitHub shows the first ten of each level and step. */
  readonly shown: boolean;
}

const COMMANDS = new Set([
  "add-mask",
  "add-matcher",
  "add-path",
  "debug",
  "echo",
  "endgroup",
  "error",
  "group",
  "notice",
  "remove-matcher",
  "save-state",
  "set-env",
  "set-output",
  "stop-commands",
  "warning",
]);

const SHOWN_OF_EACH_LEVEL = 10;

export class CommandReader {
  /** Every command that was obeyed, in order. */
  readonly obeyed: ObeyedCommand[] = [];
  readonly annotations: Annotation[] = [];
  /** What people see. */
  readonly log: string[] = [];
  /** By `set-output` and `save-state`, which the runner still obeys. */
  readonly outputs: Record<string, string> = {};
  readonly state: Record<string, string> = {};
  /** What the runner itself complains about. */
  readonly problems: string[] = [];
  readonly #masks: Set<string>;
  #resume: string | null = null;

  /** `masks`: shared by the steps of a job. */
  constructor(masks: Set<string>) {
    this.#masks = masks;
  }

  line(line: string): void {
    const command = parse(line, this.#resume);
    if (command === null || (this.#resume !== null && command.name !== this.#resume)) {
      this.log.push(this.masked(line));
      return;
    }
    this.obeyed.push(command);
    if (this.#resume === null) this.#obey(command);
    else this.#resume = null;
  }

  /**
   * Literally, as they were registered; of a text of several lines the first, which is all that can be relied on. The runner masks some
   * encodings beyond that: Belay must not need it.
   */
  masked(text: string): string {
    return [...this.#masks].toSorted((a, b) => b.length - a.length).reduce((rest, mask) => rest.replaceAll(mask, "***"), text);
  }

  #obey({ name, properties, data }: ObeyedCommand): void {
    switch (name) {
      case "add-mask":
        return this.#mask(data);
      case "error":
      case "warning":
      case "notice":
        return this.#annotate(name, properties, data);
      case "stop-commands":
        return this.#stop(data);
      case "set-output":
        this.outputs[properties["name"] ?? ""] = data;
        return;
      case "save-state":
        this.state[properties["name"] ?? ""] = data;
        return;
      case "set-env":
      case "add-path":
        this.problems.push(`The \`${name}\` command is disabled.`);
        return;
      case "group":
      case "endgroup":
        this.log.push(`##[${name}]${this.masked(data)}`);
        return;
    }
  }

  #mask(data: string): void {
    const [first = ""] = data.split(/[\r\n]/);
    if (first.trim() === "") this.problems.push("Can't add secret mask for empty string in ##[add-mask] command.");
    else this.#masks.add(first);
    this.log.push("::add-mask::***");
  }

  #annotate(level: Annotation["level"], properties: Readonly<Record<string, string>>, data: string): void {
    const line = Number.parseInt(properties["line"] ?? "", 10);
    this.annotations.push({
      level,
      message: this.masked(data),
      title: properties["title"] === undefined ? null : this.masked(properties["title"]),
      file: properties["file"] ?? null,
      line: Number.isNaN(line) ? null : line,
      shown: this.annotations.filter((each) => each.level === level).length < SHOWN_OF_EACH_LEVEL,
    });
    this.log.push(`##[${level}]${this.masked(data)}`);
  }

  #stop(token: string): void {
    if (token.trim() === "" || COMMANDS.has(token.toLowerCase()) || token === "pause-logging") {
      this.problems.push(`Invoked ::stop-commands:: with token: [${token}]`);
    } else this.#resume = token;
  }
}

/** null where a line is none. `resume`: the word that is a command for as long as others are not obeyed. */
function parse(line: string, resume: string | null): ObeyedCommand | null {
  const isKnown = (name: string) => COMMANDS.has(name.toLowerCase()) || (resume !== null && name.toLowerCase() === resume.toLowerCase());
  return parseColons(line, isKnown, resume) ?? parseBrackets(line, isKnown, resume);
}

/** `::name key=value,key=value::data`, after any white space. */
function parseColons(line: string, isKnown: (name: string) => boolean, resume: string | null): ObeyedCommand | null {
  const [, head, data] = /^\s*::(.*?)::(.*)$/s.exec(line) ?? [];
  if (head === undefined || data === undefined) return null;
  return commandOf(head, data, ",", isKnown, resume);
}

/** `##[name key=value;key=value]data`, anywhere in a line: the older spelling, which is obeyed all the same. */
function parseBrackets(line: string, isKnown: (name: string) => boolean, resume: string | null): ObeyedCommand | null {
  const [, head, data] = /##\[(.*?)\](.*)$/s.exec(line) ?? [];
  if (head === undefined || data === undefined) return null;
  return commandOf(head, data, ";", isKnown, resume);
}

function commandOf(
  head: string,
  data: string,
  separator: string,
  isKnown: (name: string) => boolean,
  resume: string | null,
): ObeyedCommand | null {
  const [name = ""] = head.split(" ", 1);
  if (!isKnown(name)) return null;
  const pairs = head
    .slice(name.length)
    .trim()
    .split(separator)
    .flatMap((pair) => {
      const [, key, value] = /^(.*?)=(.*)$/s.exec(pair.trim()) ?? [];
      return key === undefined || value === undefined ? [] : [[key, unescaped(value)] as const];
    });
  return { name: name === resume ? name : name.toLowerCase(), properties: Object.fromEntries(pairs), data: unescaped(data) };
}

/** One more than the toolkit escapes in data does no harm there: `%3A` and `%2C` are never left by it. */
function unescaped(text: string): string {
  const meanings: Readonly<Record<string, string>> = {
    "%0D": "\r",
    "%0A": "\n",
    "%3A": ":",
    "%2C": ",",
    "%5D": "]",
    "%3B": ";",
    "%25": "%",
  };
  return text.replaceAll(/%(0D|0A|3A|2C|5D|3B|25)/g, (code) => meanings[code] ?? code);
}

/** Lines as the runner reads them: `\r` alone ends one, too. */
export class Lines {
  readonly #each: (line: string) => void;
  #rest = "";

  constructor(each: (line: string) => void) {
    this.#each = each;
  }

  add(text: string): void {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#each(line);
  }

  end(): void {
    const rest = this.#rest.replace(/\r$/, "");
    if (rest !== "") this.#each(rest);
    this.#rest = "";
  }
}
