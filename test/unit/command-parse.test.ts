import { describe, expect, it } from "vitest";

import { COMMON_OPTIONS, type OptionName, OPTIONS } from "../../src/command/options.ts";
import { parse, type Parsed } from "../../src/command/parse.ts";
import { availableCommands } from "../../src/command/registry.ts";
import { COMMANDS } from "../../src/domain/invocation.ts";

const DIGEST = `sha256:${"91ab".repeat(16)}`;

function invocation(...argv: string[]) {
  const parsed = parse(argv);
  if (parsed.kind !== "run") throw new Error(`${argv.join(" ")} is no run: ${JSON.stringify(parsed)}`);
  return parsed.invocation;
}

function wrong(...argv: string[]) {
  const parsed = parse(argv);
  if (parsed.kind !== "usage-error") throw new Error(`${argv.join(" ")} is not wrong: ${JSON.stringify(parsed)}`);
  return { code: parsed.error.code, message: parsed.error.message, hint: parsed.error.hint, kind: parsed.error.kind };
}

function presentation(...argv: string[]) {
  const parsed = parse(argv);
  return parsed.kind === "run" || parsed.kind === "usage-error" ? parsed.presentation : null;
}

describe("what is asked for", () => {
  it("is a command and, where named, an environment", () => {
    expect(invocation("status")).toEqual({ command: "status", environment: null, config: null, targets: [], options: {} });
    expect(invocation("plan", "prod")).toMatchObject({ command: "plan", environment: "prod" });
  });

  it("is the same wherever the options stand, and however their values are attached", () => {
    const expected = invocation("migrate", "prod", "--digest", DIGEST, "--again", "the disk was full", "--config", "a.yml");
    expect(invocation("--config=a.yml", `--digest=${DIGEST}`, "migrate", "--again=the disk was full", "prod")).toEqual(expected);
    expect(expected.options).toEqual({ digest: DIGEST, again: "the disk was full" });
    expect(expected.config).toBe("a.yml");
  });

  it("has every target that is named, in order", () => {
    expect(invocation("plan", "--target", "a", "prod", "--target=b/c").targets).toEqual(["a", "b/c"]);
  });

  it("takes what follows -- as it is", () => {
    expect(invocation("status", "--json", "--", "--odd-name")).toMatchObject({ command: "status", environment: "--odd-name" });
  });

  it("takes a value that looks like an option when it is attached", () => {
    expect(invocation("migrate", "--again=--quiet was no help").options).toEqual({ again: "--quiet was no help" });
    expect(invocation("migrate", "--again=a=b").options).toEqual({ again: "a=b" });
  });

  it("takes no word after an option whose value may be left out", () => {
    expect(invocation("gate", "--wait", "prod")).toMatchObject({ environment: "prod", options: { wait: "" } });
    expect(parse(["gate", "--wait="])).toMatchObject({ kind: "usage-error", error: { code: "option-needs-value" } });
    expect(parse(["gate", "--wait=soon"])).toMatchObject({ kind: "usage-error", error: { code: "option-value-invalid" } });
  });

  it("knows each option of each command, and no other", () => {
    const values: Partial<Record<OptionName, string>> = { digest: DIGEST, strategy: "swap", wait: "5m" };
    for (const { name, options } of availableCommands()) {
      for (const spec of OPTIONS.values()) {
        if (COMMON_OPTIONS.includes(spec.name)) continue;
        const parsed = parse([name, "prod", spec.value === null ? `--${spec.name}` : `--${spec.name}=${values[spec.name] ?? "x"}`]);
        expect(parsed.kind, `${name} --${spec.name}`).toBe(options.includes(spec.name) ? "run" : "usage-error");
      }
    }
    expect(invocation("rollback", "prod", "--accept-loss", "--run=r", "--without-approval=w").options).toEqual({
      run: "r",
      withoutApproval: "w",
      acceptLoss: true,
    });
    expect(invocation("migrate", "--to=a", "--backup=b", "--no-verify").options).toEqual({ to: "a", backup: "b", verify: false });
    expect(invocation("rollback", "--strategy", "hook", "--hook", "flags").options).toEqual({ strategy: "hook", hook: "flags" });
    expect(invocation("rollback", "--to", "0003").options).toEqual({ to: "0003" });
    expect(invocation("restore", "--into", "sqlite:a.db", "--replace").options).toEqual({ into: "sqlite:a.db", replace: true });
    expect(invocation("gate", "--fix", "--wait=5m").options).toEqual({ fix: true, wait: "5m" });
    expect(invocation("verify", "--run=r").options).toEqual(invocation("recover", "--run=r").options);
  });

  it("has the backup of restore on whichever side of the environment", () => {
    const id = "20261121T001400Z-7f3a";
    for (const argv of [
      ["restore", id, "prod"],
      ["restore", "prod", id],
    ]) {
      expect(invocation(...argv)).toMatchObject({ command: "restore", environment: "prod", options: { argument: id } });
    }
    expect(invocation("restore", id)).toMatchObject({ environment: null, options: { argument: id } });
    expect(invocation("restore", "2026")).toMatchObject({ environment: null, options: { argument: "2026" } });
    expect(invocation("restore")).toMatchObject({ environment: null, options: {} });
    expect(wrong("restore", id, "prod", "staging")).toMatchObject({
      code: "too-many-arguments",
      message: `belay restore takes BACKUP and one environment, and got ${id}, prod, staging`,
      hint: `one at a time: \`belay restore ${id} prod\`; a text with spaces goes in quotes`,
    });
  });
});

describe("how it is shown", () => {
  it("is told apart from what is asked", () => {
    expect(presentation("status")).toEqual({ json: false, quiet: false, color: true });
    expect(presentation("status", "--json", "--quiet", "--no-color")).toEqual({ json: true, quiet: true, color: false });
  });

  it("is known even when the rest is wrong, so that --json gets its object", () => {
    expect(presentation("--json", "migrat", "--bogus")).toMatchObject({ json: true });
    expect(presentation("--bogus", "--json")).toMatchObject({ json: true });
  });

  it("is not read from what follows --", () => {
    expect(presentation("status", "--", "--json")).toMatchObject({ json: false });
  });
});

describe("what is wrong", () => {
  it("is a usage error with a next step", () => {
    for (const argv of [
      [],
      ["migrat"],
      ["status", "a", "b"],
      ["status", "--bogus"],
      ["migrate", "--digest"],
      ["status", "--json=1"],
      ["rehearse"],
      ["completion"],
    ]) {
      const { kind, hint } = wrong(...argv);
      expect(kind).toBe("usage");
      expect(hint, argv.join(" ")).toMatch(/\S/);
    }
  });

  it("guesses the command and the option that were meant", () => {
    expect(wrong("migrat", "prod")).toMatchObject({
      code: "unknown-command",
      message: 'there is no command "migrat"',
      hint: "did you mean `belay migrate`?",
    });
    expect(wrong("stauts").hint).toBe("did you mean `belay status`?");
    expect(wrong("status", "--tagret", "app")).toMatchObject({ code: "unknown-option", hint: "did you mean --target?" });
    expect(wrong("xyzzy").hint).toBe("`belay --help` lists the commands");
    expect(wrong("status", "-x").code).toBe("unknown-option");
  });

  it("refuses an option given twice, and one without its value, showing an example", () => {
    expect(wrong("migrate", "--again", "a", "--again", "b").code).toBe("option-repeated");
    expect(wrong("status", "--json", "--json").code).toBe("option-repeated");
    expect(wrong("migrate", "--again")).toMatchObject({ code: "option-needs-value", hint: 'for example --again "the disk was full"' });
    expect(wrong("migrate", "--again", "--json").code).toBe("option-needs-value");
    expect(wrong("migrate", "--again=").code).toBe("option-needs-value");
    expect(wrong("migrate", "--again", " ").code).toBe("option-needs-value");
    expect(wrong("migrate", "--json=yes").code).toBe("option-takes-no-value");
  });

  it("leaves it to the plan whether a digest is its own, whatever it looks like", () => {
    expect(parse(["migrate", "--digest", "91ab"])).toMatchObject({ kind: "run", invocation: { options: { digest: "91ab" } } });
  });

  it("says which command an option belongs to", () => {
    expect(wrong("status", "--accept-loss")).toMatchObject({
      code: "option-not-taken",
      hint: "it belongs to rollback; `belay status --help` lists what it takes",
    });
    expect(wrong("status", "--run=x").hint).toBe("it belongs to verify, rollback and recover; `belay status --help` lists what it takes");
  });

  it("names what a later version will have as such", () => {
    const later = COMMANDS.filter((name) => !availableCommands().some((spec) => spec.name === name));
    expect(later).toEqual(["rehearse"]);
    for (const name of later) expect(wrong(name, "prod").code).toBe("not-in-this-version");
  });

  it("refuses two places to go back to, and a way that is none", () => {
    for (const [one, other] of [
      ["--run=a", "--backup=b"],
      ["--to=a", "--hook=b"],
    ] as const) {
      expect(wrong("rollback", one, other).code).toBe("options-exclude");
    }
    expect(wrong("rollback", "--run=a", "--to=b").message).toBe("--run and --to name two places to go back to");
    expect(wrong("rollback", "--strategy", "magic")).toMatchObject({
      code: "option-value-invalid",
      hint: "it is one of swap, restore, downgrade, hook",
    });
  });

  it("refuses more than one environment", () => {
    expect(wrong("migrate", "prod", "staging")).toMatchObject({
      code: "too-many-arguments",
      message: "belay migrate takes one environment, and got prod, staging",
    });
    expect(wrong("migrate", "").code).toBe("environment-empty");
  });
});

describe("help and version", () => {
  const kinds: [string[], Parsed][] = [
    [["--help"], { kind: "help", command: null }],
    [["-h"], { kind: "help", command: null }],
    [["migrate", "--help"], { kind: "help", command: "migrate" }],
    [["--help", "migrate", "--bogus"], { kind: "help", command: "migrate" }],
    [["--version"], { kind: "version" }],
    [["-V", "migrate"], { kind: "version" }],
  ];

  it.each(kinds)("win over the rest: %j", (argv, expected) => {
    expect(parse(argv)).toEqual(expected);
  });

  it("are not given for a command that is not there", () => {
    expect(wrong("migrat", "--help").code).toBe("unknown-command");
    expect(wrong("rehearse", "--help").code).toBe("not-in-this-version");
  });
});

describe("completion", () => {
  it("is asked for by shell, and for the environments of a file", () => {
    expect(parse(["completion", "bash"])).toEqual({ kind: "completion", shell: "bash" });
    expect(parse(["completion", "environments"])).toEqual({ kind: "environment-names", config: null });
    expect(parse(["completion", "--config", "a.yml", "environments"])).toEqual({ kind: "environment-names", config: "a.yml" });
    expect(parse(["completion", "--help"])).toEqual({ kind: "help", command: "completion" });
  });

  it("says which shells it knows", () => {
    expect(wrong("completion").hint).toBe("one of `belay completion bash`, `belay completion zsh`, `belay completion fish`");
    expect(wrong("completion", "fihs")).toMatchObject({ code: "shell-unknown", hint: "did you mean `belay completion fish`?" });
    expect(wrong("completion", "tcsh").code).toBe("shell-unknown");
    expect(wrong("completion", "bash", "zsh").code).toBe("too-many-arguments");
    expect(wrong("completion", "bash", "--json").code).toBe("option-not-taken");
    expect(wrong("completoin").hint).toBe("did you mean `belay completion`?");
  });
});

it("every argument list is read without throwing", () => {
  const words = [
    "--",
    "-",
    "",
    "--=",
    "=",
    "--json",
    "--config",
    "migrate",
    "-x",
    "--digest=",
    "\u202e",
    "--no-color=1",
    ...OPTIONS.keys(),
  ];
  for (const a of words) for (const b of words) for (const c of words) expect(() => parse([a, b, c])).not.toThrow();
});

describe("audit", () => {
  const head = "ab".repeat(32);

  it("is asked for with hashes, and takes nothing else of a run's", () => {
    expect(parse(["audit", "verify", head])).toMatchObject({ kind: "audit", heads: [head], presentation: { json: false } });
    expect(parse(["audit", "verify", "--json"])).toMatchObject({ kind: "audit", heads: [], presentation: { json: true } });
    expect(parse(["audit", "--help"])).toEqual({ kind: "help", command: "audit" });
    expect(wrong("audit", "verify", "--config", "a.yml").code).toBe("option-not-taken");
  });

  it("says what it knows", () => {
    expect(wrong("audit")).toMatchObject({ code: "audit-usage", message: "audit what?" });
    expect(wrong("audit", "check").message).toBe('audit does not know "check"');
    expect(wrong("audit", "verify", "prod").message).toBe('"prod" is no hash of the record');
    expect(wrong("audti").hint).toBe("did you mean `belay audit`?");
  });
});
