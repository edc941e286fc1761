/** What a comment is told, as markdown. Everything that somebody wrote is shown as text, and mentions nobody. */

import { code, link, prose } from "../../src/report/markdown/escape.ts";
import type { Answer, StatusOf } from "../core/answer.ts";
import { helpMarkdown } from "../chat/help.ts";
import { reasonLines } from "./words.ts";

/** By which an answer is found again. */
export function answerMarker(comment: number): string {
  return `<!-- belay:1:answer:${comment} -->`;
}

export function answerMarkdown(comment: number, answers: readonly Answer[]): string {
  return [answerMarker(comment), ...answers.map(answerText)].join("\n\n");
}

function answerText(answer: Answer): string {
  switch (answer.kind) {
    case "help":
      return helpMarkdown();
    case "not-understood": {
      const line = answer.suggestion === null ? "" : ` Perhaps ${code(answer.suggestion)}; \`/belay help\` lists all.`;
      return `😕 Not understood: ${prose(answer.message)}.${line}`;
    }
    case "too-old":
      return "😕 This came to me too late. If it still holds, say it again.";
    case "refused":
      return ["👎 Refused:", "", ...reasonLines(answer.reasons)].join("\n");
    case "already": {
      // On this page: the comment that asked for it.
      const asked = answer.comment === 0 ? null : `#issuecomment-${answer.comment}`;
      return `This is open already as ${link(code(answer.request), asked)}: ${code("/belay status")} says what it waits for.`;
    }
    case "done":
      return `👍 ${prose(answer.what)}.`;
    case "status":
      return ["### 🧗 Belay · status", ...answer.environments.map(statusText)].join("\n\n");
  }
}

function statusText({ environment, request, gates }: StatusOf): string {
  const title = `**${code(environment)}**${request === null ? ", nothing open here" : `, request ${code(request)}`}`;
  const isFree = request === null && gates.every(({ met }) => met);
  const lines = gates.map(
    ({ met, text, hint }) => `- ${met ? "✅" : "⬜"} ${prose(text)}${hint === null || met ? "" : ` — ${prose(hint)}`}`,
  );
  return [title, "", ...lines, ...(isFree ? [`- ▶️ nothing is in the way: ${code(`/migrate ${environment}`)}`] : [])].join("\n");
}
