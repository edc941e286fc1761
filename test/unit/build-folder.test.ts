import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BuiltFolder, differences, write } from "../../script/build/folder.ts";

const BUILT: BuiltFolder = new Map([
  ["cli.js", { content: Buffer.from("run"), executable: true }],
  ["prebuilds/linux.node", { content: Buffer.from([0, 1, 2]), executable: false }],
]);

describe("the committed dist", () => {
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "belay-dist-"));
    await write(folder, BUILT);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("equals a build that was written to it, whatever lay there before", async () => {
    writeFileSync(join(folder, "old-chunk.js"), "left over");
    await write(folder, BUILT);
    expect(await differences(folder, BUILT)).toEqual([]);
  });

  test("differs when a file changed, is missing, is too many or lost its executable bit", async () => {
    writeFileSync(join(folder, "prebuilds/linux.node"), Buffer.from([0, 1, 3]));
    expect(await differences(folder, BUILT)).toEqual(["prebuilds/linux.node: content differs"]);
    rmSync(join(folder, "prebuilds/linux.node"));
    chmodSync(join(folder, "cli.js"), 0o644);
    writeFileSync(join(folder, "extra.js"), "");
    expect(await differences(folder, BUILT)).toEqual([
      "cli.js: executable bit differs",
      "extra.js: not part of a build",
      "prebuilds/linux.node: missing",
    ]);
  });

  test("differs in everything when it is not there", async () => {
    expect(await differences(join(folder, "absent"), BUILT)).toEqual(["cli.js: missing", "prebuilds/linux.node: missing"]);
  });
});
