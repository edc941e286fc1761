/** Where everything stands that did not fit. */

import type { MarkdownContext } from "./context.ts";
import { code, link } from "./escape.ts";
import { runUrl } from "./github-url.ts";

/** `summary`: what the run's page is called from here; null: this is that page. */
export function theWhole(context: MarkdownContext, summary: string | null): string {
  const url = runUrl(context);
  const places = [
    summary === null || url === null ? "" : link(summary, url),
    context.reportPath === null ? "" : `the report ${code(context.reportPath, 400)} (output \`report\`)`,
  ].filter((text) => text !== "");
  return places.length === 0 ? "`--json` gives all of it." : `All of it is in ${places.join(" and in ")}.`;
}
