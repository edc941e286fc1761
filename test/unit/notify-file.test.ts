import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

import { deliver } from "../../src/notify/deliver.ts";
import { fileReceiver } from "../../src/notify/file.ts";
import { messageOf } from "../support/messages.ts";

const folder = mkdtempSync(join(tmpdir(), "belay-notify-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a file gets each message under a line of its own, after what is there", async () => {
  const path = join(folder, "messages.txt");
  writeFileSync(path, "before\n");
  const receiver = fileReceiver(path, "{{environment}}: {{reasons}}\ncount {{count}}");
  expect(await deliver(receiver, messageOf({ reasons: "one\n# 2026 forged\ntwo", count: "2" }), 5000)).toBeNull();
  expect(await deliver(receiver, messageOf(), 5000)).toBeNull();
  expect(readFileSync(path, "utf8")).toBe(
    [
      "before",
      "# 2026-11-21T13:00:00.000Z prod end 01JD",
      "prod: one; # 2026 forged; two",
      "count 2",
      "",
      "# 2026-11-21T13:00:00.000Z prod end 01JD",
      "prod: ",
      "",
      "",
    ].join("\n"),
  );
});

test("twenty messages at once do not mix", async () => {
  const path = join(folder, "many.txt");
  const long = "x".repeat(20_000);
  const sent = Array.from({ length: 20 }, (_, at) =>
    deliver(fileReceiver(path, `${at} {{summary}} ${long}`), messageOf({ run: `R${at}` }), 5000),
  );
  expect(await Promise.all(sent)).toEqual(Array.from({ length: 20 }, () => null));
  const messages = readFileSync(path, "utf8").split("\n\n").slice(0, -1);
  expect(messages.map((text) => /^# \S+ prod end R(\d+)\n\1 prod: MIGRATED in 14 s\. x{20000}$/.test(text))).toEqual(
    Array.from({ length: 20 }, () => true),
  );
});

test("a file that cannot be written is told by its path and its reason, and not tried again", async () => {
  expect(await deliver(fileReceiver(join(folder, "none", "m.txt"), null), messageOf(), 5000)).toMatch(/^writing .*none\/m\.txt: ENOENT/);
  expect(await deliver(fileReceiver("/dev/full", null), messageOf(), 5000)).toMatch(/^writing \/dev\/full: ENOSPC/);
});
