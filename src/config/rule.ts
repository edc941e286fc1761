/** Rules for single values beyond their type, as zod checks. A rule's words leave the value out: only the report knows whether it may be shown. */

import { badTenant } from "../domain/tenant-name.ts";
import * as z from "zod/mini";
import { ageIdentities, isAgeRecipient } from "./age-key.ts";
import { durationMs } from "./duration.ts";
import { readTargetUrl } from "./target-url.ts";
import { parseWindow } from "../domain/window.ts";
import { VARIABLE_NAME } from "./variables.ts";

export interface Flaw {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** Instead, where the value is a secret and `message` or `hint` repeat parts of it. */
  readonly discreet?: { readonly message: string; readonly hint: string };
}

/** setTimeout counts in 32 bits. */
const LONGEST_TIMER_MS = 24 * 86_400_000;

export const DURATION_HINT = "write a number and a unit: 500ms, 30s, 5m, 24h or 7d";

/** A check that asks `verdict` for what is wrong. `path` points below the value, for rules over lists and maps. */
export function rule<T>(verdict: (value: T) => Flaw | null) {
  return rules<T>((value) => {
    const flaw = verdict(value);
    return flaw === null ? [] : [{ ...flaw, path: [] }];
  });
}

export function rules<T>(verdict: (value: T) => readonly (Flaw & { readonly path: readonly (string | number)[] })[]) {
  return z.check<T>((payload) => {
    for (const { path, ...flaw } of verdict(payload.value)) {
      payload.issues.push({ code: "custom", input: payload.value, path: [...path], message: flaw.message, params: { flaw } });
    }
  });
}

export const isDuration = rule<string>((text) =>
  durationMs(text) === null ? { code: "bad-duration", message: "expected a length of time", hint: DURATION_HINT } : null,
);

export const isTimeout = rule<string>((text) => {
  const ms = durationMs(text);
  if (ms === null) return { code: "bad-duration", message: "expected a length of time", hint: DURATION_HINT };
  if (ms > 0 && ms <= LONGEST_TIMER_MS) return null;
  return { code: "bad-duration", message: "expected a length of time above zero and up to 24d", hint: DURATION_HINT };
});

/** In the dialect in which checks will ask it: one that fails only there would undo a run that was good. */
export const isPattern = rule<string>((text) => {
  try {
    new RegExp(text, "u");
    return null;
  } catch (thrown) {
    return badPattern(thrown);
  }
});

function badPattern(thrown: unknown): Flaw {
  const why = thrown instanceof Error ? thrown.message.replace(/^.*: /s, "") : String(thrown);
  return {
    code: "bad-pattern",
    message: `expected a regular expression (${why})`,
    hint: "put \\ before ( [ { } ] . * + ? that mean themselves",
  };
}

/** What a program of the team's own prints is looked through line by line; silence must not be an answer. */
export const isAnswerPattern = rule<string>((text) => {
  let pattern: RegExp;
  try {
    pattern = new RegExp(text, "mu");
  } catch (thrown) {
    return badPattern(thrown);
  }
  if (!pattern.test("")) return null;
  return {
    code: "bad-pattern",
    message: "this matches also when the command says nothing",
    hint: "write words that it prints: ^Would apply",
  };
});

export const isWindow = rule<string>((text) => {
  const window = parseWindow(text);
  return "flaw" in window ? { code: "bad-window", message: window.flaw, hint: "write for example Sun 01:00-05:00 America/Toronto" } : null;
});

export const isTargetUrl = rule<string>((text) => {
  const read = readTargetUrl(text);
  return "engine" in read ? null : read;
});

export const isPostgresUrl = rule<string>((text) => {
  const read = readTargetUrl(text);
  if (!("engine" in read) || read.engine === "postgres") return "engine" in read ? null : read;
  return { code: "bad-target", message: "expected the URL of a PostgreSQL server", hint: "postgres://HOST/DATABASE" };
});

/** Grants must not be read or made up on the way; on one machine there is no way. */
export const isBotUrl = rule<string>((text) =>
  /^(?:https:\/\/[^\s/?#@]+|http:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?)\/?$/i.test(text) && URL.canParse(text)
    ? null
    : { code: "bad-url", message: "expected the bot's address, which begins with https://", hint: "for example https://belay.example.com" },
);

export const isHttpUrl = rule<string>((text) =>
  /^https?:\/\/[^\s/?#]+/i.test(text) && URL.canParse(text)
    ? null
    : {
        code: "bad-url",
        message: "expected an address that begins with http:// or https://",
        hint: "for example http://localhost:5000/login",
      },
);

export const isStore = rule<string>((text) => {
  if (text.startsWith("s3://")) return badBucket(text);
  if (/^[a-z][\w+.-]+:\/\//i.test(text))
    return { code: "bad-store", message: "expected a directory or s3://BUCKET/PREFIX", hint: "for example /srv/belay" };
  return badPath(text);
});

/** A prefix has no empty parts: they would look like another folder in every tool. Credentials have their own ways. */
function badBucket(text: string): Flaw | null {
  if (/^s3:\/\/[A-Za-z0-9][\w.-]*(\/+|(\/[^/?#@\0]+)*\/?)$/.test(text) && !/\/\.\.?(\/|$)/.test(text)) return null;
  return { code: "bad-store", message: "expected s3://BUCKET/PREFIX", hint: "for example s3://company-backups/belay" };
}

export const isEndpoint = rule<string>((text) =>
  /^https?:\/\/[^\s/?#@]+\/?$/i.test(text) && URL.canParse(text)
    ? null
    : { code: "bad-url", message: "expected the address of a service", hint: "for example https://s3.eu-central-1.example.com" },
);

export const isRecipient = rule<string>((text) => {
  if (isAgeRecipient(text)) return null;
  const hint = /^age-secret-key-/i.test(text)
    ? "this is a secret key: write its public one (`age-keygen -y`), and make a new pair if the file was ever committed"
    : "write the public key that age-keygen shows, age1…, letter by letter";
  return { code: "bad-recipient", message: "expected a public key of age", hint };
});

export const isIdentity = rule<string>((text) =>
  (ageIdentities(text)?.length ?? 0) > 0
    ? null
    : { code: "bad-identity", message: "this is no secret key of age", hint: "it begins with AGE-SECRET-KEY-1, as age-keygen writes it" },
);

export const isPath = rule<string>(badPath);

function badPath(text: string): Flaw | null {
  if (text === "" || text.includes("\0")) return { code: "bad-path", message: "expected a path", hint: "for example /srv/belay" };
  if (text.startsWith("~"))
    return { code: "bad-path", message: "~ is not expanded", hint: "write the whole path, or ${HOME} for the home directory" };
  return null;
}

export const isFilled = rule<string>((text) =>
  text.trim() === "" ? { code: "empty", message: "expected some text", hint: "write it, or leave the key out" } : null,
);

/** Names become folders of the store and arguments of commands. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

export function badName(name: string): Flaw | null {
  return NAME.test(name)
    ? null
    : { code: "bad-name", message: "a name begins with a letter or digit and has letters, digits, . _ and -", hint: nameLike(name) };
}

function nameLike(name: string): string {
  const like = name.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[._-]+|-+$/g, "");
  return like === "" ? "choose another name" : `for example ${like}`;
}

export const isName = rule<string>(badName);

/** PostgreSQL keeps 63 bytes of a name, and some schemas for itself. */
export const isTenant = rule<string>((text) => {
  const flaw = badTenant(text);
  return flaw === null
    ? null
    : { code: "bad-tenant", message: `${JSON.stringify(text)} ${flaw}`, hint: "name a schema of the application's own" };
});

export const isVariableName = rule<string>((text) =>
  VARIABLE_NAME.test(text)
    ? null
    : { code: "bad-name", message: "expected the name of an environment variable", hint: "its name alone, without $ and {}" },
);

/** `table`, `table.column`, either in double quotes where it holds a dot. */
export const TABLE_OR_COLUMN = /^("[^"]+"|[^."]+)(?:\.("[^"]+"|[^."]+))?$/;

export const isTableOrColumn = rule<string>((text) =>
  TABLE_OR_COLUMN.test(text)
    ? null
    : {
        code: "bad-may-change",
        message: "expected a table or table.column",
        hint: 'for example setting or users.role; a name with a dot goes in double quotes: "\\"my.table\\".role"',
      },
);
