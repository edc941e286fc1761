import { describe, expect, it } from "vitest";

import { OPTIONS } from "../../src/command/options.ts";
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

  it("knows each option of each command, and no other", () => {
    const own = { digest: DIGEST, again: "x", "without-approval": "x", run: "x", backup: "x" };
    for (const { name, options } of availableCommands()) {
      for (const [option, value] of Object.entries({ ...own, "accept-loss": null })) {
        const parsed = parse([name, "prod", value === null ? `--${option}` : `--${option}=${value}`]);
        expect(parsed.kind, `${name} --${option}`).toBe(options.some((taken) => taken === option) ? "run" : "usage-error");
      }
    }
    expect(invocation("rollback", "prod", "--accept-loss", "--run=r", "--without-approval=w").options).toEqual({
      run: "r",
      withoutApproval: "w",
      acceptLoss: true,
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
      ["restore"],
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

  it("refuses a digest that cannot be one", () => {
    expect(wrong("migrate", "--digest", "91ab")).toMatchObject({ code: "option-value-invalid", message: '--digest cannot be "91ab"' });
    expect(wrong("migrate", "--digest", `${DIGEST}0`).code).toBe("option-value-invalid");
  });

  it("says which command an option belongs to", () => {
    expect(wrong("status", "--accept-loss")).toMatchObject({
      code: "option-not-taken",
      hint: "it belongs to rollback; `belay status --help` lists what it takes",
    });
  });

  it("names what a later version will have as such", () => {
    const later = COMMANDS.filter((name) => !availableCommands().some((spec) => spec.name === name));
    expect(later).toEqual(["rehearse", "backup", "verify", "restore", "prune", "init", "doctor"]);
    for (const name of later) expect(wrong(name, "prod").code).toBe("not-in-this-version");
    for (const option of ["--to", "--backup=b", "--no-verify"]) expect(wrong("migrate", option).code, option).toBe("not-in-this-version");
    for (const option of ["--to=x", "--strategy", "--hook"]) expect(wrong("rollback", option).code, option).toBe("not-in-this-version");
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
    expect(wrong("restore", "--help").code).toBe("not-in-this-version");
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
