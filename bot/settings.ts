/** What the bot's environment says. It does not start with half of it: a bot without its secret would believe anybody. */

import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { messageOf, usageError } from "../src/domain/error.ts";

export interface Settings {
  readonly appId: number;
  /** PEM. A secret. */
  readonly privateKey: string;
  /** A secret. */
  readonly webhookSecret: string;
  /** The bot's public address, without a slash at the end. */
  readonly url: string;
  /** File of the SQLite store. */
  readonly store: string;
  readonly port: number;
  /** null: the next one, or any. */
  readonly metricsPort: number | null;
  readonly apiUrl: string;
  readonly oidcIssuer: string;
  readonly logLevel: LogLevel;
}

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

type Variables = Readonly<Record<string, string | undefined>>;

/** Throws one usage error, `bot-settings`, that names everything that is missing or odd, and no value of a secret. */
export function readSettings(variables: Variables): Settings {
  const problems: string[] = [];
  const settings: Settings = {
    appId: appIdOf(variables, problems),
    privateKey: privateKeyOf(variables, problems),
    webhookSecret: secretOf(variables, problems),
    url: urlOf(variables, "BELAY_URL", null, problems),
    store: storeFile(variables, problems),
    port: portOf(variables, "PORT", problems) ?? 3000,
    metricsPort: portOf(variables, "METRICS_PORT", problems),
    apiUrl: urlOf(variables, "GITHUB_API_URL", "https://api.github.com", problems),
    oidcIssuer: urlOf(variables, "OIDC_ISSUER", "https://token.actions.githubusercontent.com", problems),
    logLevel: LOG_LEVELS.find((level) => level === (variables["LOG_LEVEL"] || "info")) ?? oddLevel(problems),
  };
  if (problems.length === 0) return settings;
  throw usageError("bot-settings", `the bot does not start: ${problems.join("; ")}`, {
    hint: "docs/bot.md says where each of them comes from",
    facts: { problems },
  });
}

function appIdOf(variables: Variables, problems: string[]): number {
  const value = variables["APP_ID"] ?? "";
  if (!/^[1-9]\d{0,14}$/.test(value)) problems.push(value === "" ? "APP_ID is not set" : "APP_ID is no number");
  return Number(value);
}

function privateKeyOf(variables: Variables, problems: string[]): string {
  try {
    const key = pemOf(variables);
    if (key === "") problems.push("neither PRIVATE_KEY nor PRIVATE_KEY_PATH is set");
    else createPrivateKey(key);
    return key;
  } catch (error) {
    const isFile = error instanceof Error && "path" in error;
    problems.push(isFile ? `the file of PRIVATE_KEY_PATH cannot be read: ${messageOf(error)}` : "the private key is no key in PEM");
    return "";
  }
}

/** What holds one line only has `\n` written out, or all of it in base64. */
function pemOf(variables: Variables): string {
  const path = variables["PRIVATE_KEY_PATH"] ?? "";
  const given = (variables["PRIVATE_KEY"] || (path === "" ? "" : readFileSync(path, "utf8"))).replaceAll("\\n", "\n").trim();
  return given === "" || given.startsWith("-----BEGIN") ? given : Buffer.from(given, "base64").toString("utf8");
}

/** `development` is what Probot takes where nothing is said, and everybody knows it. */
function secretOf(variables: Variables, problems: string[]): string {
  const secret = variables["WEBHOOK_SECRET"] ?? "";
  if (secret === "") problems.push("WEBHOOK_SECRET is not set");
  else if (secret === "development") problems.push("WEBHOOK_SECRET is the one that everybody knows: take 16 random characters or more");
  return secret;
}

/** It works, but somebody with time finds it. */
export function isGuessable(secret: string): boolean {
  return secret.length < 16;
}

/** An address that is safe to use, without a slash at its end; `standard` where there is none. What is wrong with it goes to `problems`. */
export function urlOf(variables: Variables, name: string, standard: string | null, problems: string[]): string {
  const value = variables[name] || standard;
  const url = value === null ? null : URL.parse(value);
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && ["localhost", "127.0.0.1"].includes(url.hostname));
  if (value === null) problems.push(`${name} is not set`);
  else if (!isSafe) problems.push(`${name} is no address that begins with https://`);
  return (value ?? "").replace(/\/+$/, "");
}

/** The file of BELAY_STORE; what is wrong with it goes to `problems`. */
export function storeFile(variables: Variables, problems: string[]): string {
  const value = variables["BELAY_STORE"] || "sqlite:belay-bot.db";
  if (/^postgres(ql)?:/.test(value))
    problems.push("BELAY_STORE names PostgreSQL, which this version cannot keep its store in: take sqlite:PATH, on a disk that stays");
  else if (!/^sqlite:(?!\/\/).+/.test(value)) problems.push("BELAY_STORE is not sqlite:PATH");
  return value.replace(/^sqlite:/, "");
}

/** null: it is not set. */
function portOf(variables: Variables, name: string, problems: string[]): number | null {
  const value = variables[name] || null;
  if (value === null) return null;
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) problems.push(`${name} is no port`);
  return Number(value);
}

function oddLevel(problems: string[]): LogLevel {
  problems.push(`LOG_LEVEL is none of ${LOG_LEVELS.join(", ")}`);
  return "info";
}
