import { describe, expect, it } from "vitest";

import { AUDIT } from "../../src/command/audit.ts";
import { COMPLETION } from "../../src/command/completion.ts";
import { commandHelp, generalHelp } from "../../src/command/help.ts";
import { COMMON_OPTIONS, OPTIONS } from "../../src/command/options.ts";
import { parse } from "../../src/command/parse.ts";
import { availableCommands, COMMAND_SPECS } from "../../src/command/registry.ts";
import { COMMANDS } from "../../src/domain/invocation.ts";
import { exitStatus } from "../../src/domain/outcome.ts";
import { expectGolden } from "../golden/golden.ts";

const texts = [generalHelp("0.1.0"), ...availableCommands().map(commandHelp), commandHelp(COMPLETION), commandHelp(AUDIT)];

describe("help", () => {
  it("is what was read and found good", () => {
    expectGolden("help.txt", texts.join(`\n${"=".repeat(80)}\n\n`));
  });

  it("fits 80 columns", () => {
    expect(
      texts
        .join("\n")
        .split("\n")
        .filter((line) => line.length > 80),
    ).toEqual([]);
  });

  it("names every command of the design once", () => {
    expect(COMMAND_SPECS.map(({ name }) => name).toSorted()).toEqual([...COMMANDS].toSorted());
    for (const name of COMMANDS) expect(generalHelp("0.1.0")).toMatch(new RegExp(`\\b${name}\\b`));
  });

  it("ends with the commands, two a line", () => {
    expect(generalHelp("0.1.0").trimEnd().split("\n").at(-1)).toBe(
      "restore   one backup into a database   prune    delete what keep no longer keeps",
    );
  });

  it("shows for each command what it takes, how it ends, and at least two examples that can be typed", () => {
    for (const spec of availableCommands()) {
      const text = commandHelp(spec);
      for (const option of [...spec.options, ...COMMON_OPTIONS]) expect(text).toContain(`--${option}`);
      expect(spec.examples.length).toBeGreaterThanOrEqual(2);
      for (const { command } of spec.examples) {
        expect(text).toContain(command);
        const [program, ...argv] = words(command.replace("91ab…", "91ab".repeat(16)));
        expect(program).toBe("belay");
        expect(parse(argv).kind, command).toBe("run");
      }
    }
  });

  it("gives only exit statuses that exist", () => {
    const known: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 130];
    expect(exitStatus("undone")).toBe(4);
    for (const { exits } of availableCommands()) for (const [status] of exits) expect(known).toContain(status);
  });

  it("has an example for every option that wants a value, which is one", () => {
    for (const { name, value, valueOptional, example, shape } of OPTIONS.values()) {
      if (value === null) continue;
      const written = example.replace("91ab…", "91ab".repeat(16));
      const [given, text] = words(valueOptional === true ? written.replace("=", " ") : written);
      expect(given).toBe(`--${name}`);
      expect(text).toMatch(shape?.pattern ?? /\S/);
    }
  });
});

/** A command as a shell splits it, up to a pipe or a list. */
function words(command: string): string[] {
  const first = command.split(/ [|&]/u)[0] ?? "";
  return Array.from(first.matchAll(/"([^"]*)"|(\S+)/gu), ([, quoted, bare]) => quoted ?? bare ?? "");
}
