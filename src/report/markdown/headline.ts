/** The first two lines: what became of it, and what that means. */

import type { Result } from "../../domain/result.ts";
import { counted } from "../../domain/words.ts";
import { verdict } from "../verdict.ts";
import { code, prose } from "./escape.ts";
import { isListing } from "./listing.ts";

export interface Headline {
  /** `🧗 Belay · prod · ✅ migrated in 14 s`, without the marks of a heading. */
  readonly title: string;
  /** One sentence or two, bold; empty where the title says it all. */
  readonly sentence: string;
}

/** Sentences that Belay makes are short, but names of many targets may stand in them. */
const SENTENCE_LIMIT = 600;
const NAME_LIMIT = 60;

export function headline(result: Result): Headline {
  const { mark, head, sentence } = spoken(result);
  const where = result.environment === null ? [] : [code(result.environment, NAME_LIMIT)];
  return {
    title: ["🧗 Belay", ...where, `${mark} ${head}`].join(" · "),
    sentence: sentence === "" ? "" : `**${prose(sentence, SENTENCE_LIMIT)}**`,
  };
}

interface Spoken {
  readonly mark: string;
  readonly head: string;
  readonly sentence: string;
}

function spoken(result: Result): Spoken {
  if (result.welcome !== undefined) {
    return { mark: "👋", head: "welcome", sentence: "The default branch does not know this environment yet. Nothing was run or changed." };
  }
  if (result.outcome === "planned") return plan(result);
  const { word, rest, paint } = verdict(result);
  const mark = result.outcome === "needs-attention" ? "🚨" : paint === "green" ? "✅" : paint === "yellow" ? "⚠️" : "❌";
  if (isListing(result)) return { mark, head: result.command, sentence: "" };
  const [, head = "", sentence = ""] = /^(.*?)\.(?:\s+(.*))?$/su.exec(`${word.toLowerCase()} ${rest}`) ?? [];
  return { mark, head: head.replace(/,(?= (?:in|after) )/u, ""), sentence };
}

function plan({ targets, reasons }: Result): Spoken {
  const pending = targets.reduce((sum, target) => sum + target.pending.length, 0);
  const where = targets.length > 1 ? ` for ${targets.length} databases` : "";
  const head = pending === 0 ? "nothing is pending" : `${counted(pending, "migration")} pending${where}`;
  if (reasons.length > 0) return { mark: "⚠️", head, sentence: "As it stands, `belay migrate` would refuse. Nothing was changed." };
  return {
    mark: pending === 0 ? "✅" : "📋",
    head,
    sentence: pending === 0 ? "Every migration is applied." : "A plan: nothing was changed.",
  };
}
