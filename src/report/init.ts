/** What `init` recognised and wrote, and what to do next. */

import type { Result } from "../domain/result.ts";
import { partLines } from "./doctor.ts";
import { fields } from "./page.ts";
import { safeLine } from "./safe-text.ts";
import { paint, type Style } from "./style.ts";

export function initReport(result: Result, style: Style): string[] {
  const files = (result.files ?? []).map((file) => safeLine(file)).join(" and ");
  return [
    ...partLines(result.parts ?? [], style),
    "",
    `${paint(style, ["bold", "green"], "WRITTEN.")} ${files}. Nothing else was changed.`,
    ...fields(style, "Next:", result.next ?? []),
  ];
}
