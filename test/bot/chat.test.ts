import fc from "fast-check";
import { expect, test } from "vitest";

import { readComment, readLine } from "../../bot/chat/grammar.ts";
import { helpMarkdown } from "../../bot/chat/help.ts";
import { commandLines } from "../../bot/chat/lines.ts";
import { CHAT_COMMANDS, usageOf } from "../../bot/chat/table.ts";
import { hostileText } from "../support/hostile-text.ts";

test("a command is read with everything that it takes", () => {
  expect(readLine('/migrate prod main --target a --target b/c --again "the disk was full"')).toMatchObject({
    kind: "asked",
    command: "migrate",
    named: false,
    environment: "prod",
    ref: "main",
    targets: ["a", "b/c"],
    again: "the disk was full",
  });
  expect(readLine('/belay reject r12 "not on a Friday"')).toMatchObject({
    command: "reject",
    named: true,
    request: "r12",
    reason: "not on a Friday",
  });
  expect(readLine("/belay status")).toMatchObject({ command: "status", environment: null });
});

test.each([
  ["/migrate", "an environment is missing", '/belay migrate ENV [REF] [--target NAME]… [--again "why"]'],
  ["/approve", "the request's name is missing", "/belay approve ID"],
  ["/reject r1", "a reason in quotes is missing", '/belay reject ID "why"'],
  ["/reject r1 why not", "a reason in quotes is missing", '/belay reject ID "why"'],
  ["/rollback prod --runn X", "there is no option --runn here; --run is one", "/belay rollback ENV [--run ID] [--to ID] [--target NAME]…"],
  ["/rollback prod --run", "--run needs a value", null],
  ["/rollback prod --run a --run b", "--run is there twice", null],
  ['/migrate prod --again "half', "a quote is not closed", null],
  ["/migrate prod –-again", "a command is plain ASCII: look for typographic quotes and dashes", null],
  ["/migrate prod main more", '"more" is one word too many', null],
  ["/belay migrat prod", 'there is no command "migrat"', '/belay migrate ENV [REF] [--target NAME]… [--again "why"]'],
  ["/belay", "there is no command after /belay", "/belay help"],
])("%s is answered with what is wrong, and a line to type", (line, message, suggestion) => {
  expect(readLine(line)).toMatchObject({ kind: "mistake", message, ...(suggestion === null ? {} : { suggestion }) });
});

test.each(["/deploy prod", "/belayer migrate prod", "/ migrate", "migrate prod", "/MIGRATE prod"])("%s is nobody's command", (line) => {
  expect(readComment(line)).toEqual([]);
});

test("what is quoted, code or hidden is no command", () => {
  const body = [
    "Please:",
    "/plan one",
    "> /plan quoted",
    "/plan lazy",
    "",
    "```",
    "/plan fenced",
    "~~~",
    "/plan fenced",
    "```",
    "    /plan indented",
    " /plan not-at-the-start",
    "<!-- template",
    "/plan hidden",
    "-->",
    "/plan two\r",
    "````sh",
    "```",
    "/plan still-fenced",
  ].join("\n");
  expect(commandLines(body)).toEqual(["/plan one", "/plan two"]);
});

test("no text of anybody breaks the grammar, and a name never holds more than names may", () => {
  const piece = fc.oneof(
    fc.constantFrom("/migrate", "/belay", "prod", '"', "--again", "--target", " ", "\n", ">", "```", "<!--", "-->"),
    hostileText,
    fc.string({ unit: "grapheme" }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      for (const read of readComment(pieces.join(""))) {
        if (read.kind === "mistake") continue;
        for (const name of [read.environment, read.request, read.run, read.ref, read.to, ...read.targets])
          if (name !== null) expect(name).toMatch(/^\w[\w./:-]*$/);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("help shows every command as it is read", () => {
  const help = helpMarkdown();
  for (const command of CHAT_COMMANDS) expect(help).toContain(usageOf(command));
});
