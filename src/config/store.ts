/** Where backups go and how they are encrypted: what belay.yml says of it, put together. Pure. */

import { resolve } from "node:path";
import { ageIdentities } from "./age-key.ts";
import type { EncryptionConfig, S3Config } from "./config.ts";
import type { Problem } from "./problem.ts";
import type { WrittenEncryption, WrittenStore } from "./schema-store.ts";
import { at, placeOf, type Path, type Tree } from "./tree.ts";

/** What the SDK of S3 takes from the environment and nobody else needs: whoever has it can delete every backup. */
const S3_SECRETS = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

export function isS3(store: string | null): boolean {
  return store?.startsWith("s3://") === true;
}

export function storeOf(written: WrittenStore | undefined, directory: string): string | null {
  if (written === undefined) return null;
  const url = typeof written === "string" ? written : written.url;
  return isS3(url) ? url.replace(/\/+$/, "") : resolve(directory, url);
}

export function s3Of(written: WrittenStore | undefined): S3Config {
  const { endpoint = null, region = null, "path-style": pathStyle = null } = typeof written === "object" ? written : {};
  return { endpoint, region, pathStyle };
}

export function encryptionOf(written: WrittenEncryption | undefined, directory: string): EncryptionConfig | null {
  if (written === undefined) return null;
  const file = written["identity-file"];
  return {
    recipients: written.recipients,
    identities: ageIdentities(written.identity ?? "") ?? [],
    identityFile: file === undefined ? null : resolve(directory, file),
  };
}

/** The variables of the store that commands do not inherit. */
export function storeSecrets(store: string | null): readonly string[] {
  return isS3(store) ? S3_SECRETS : [];
}

/** What only shows once values are put together. */
export function storeProblems(store: string | null, s3: S3Config, block: Tree): readonly Problem[] {
  const problems: Problem[] = [];
  const identity = ["backup", "encrypt", "identity"];
  const written = at(block, identity);
  if (written?.kind === "scalar" && written.origin === "written") {
    const hint = 'write identity: "${BELAY_AGE_IDENTITY}" and set the variable, or name a file in identity-file';
    problems.push(problem(block, identity, "secret-in-file", "a secret key does not belong into this file", hint));
  }
  const place = at(block, ["backup", "store", "url"]) ?? at(block, ["backup", "store"]);
  const unknown = place?.kind === "scalar" && place.origin === "unknown";
  if (unknown || store === null || isS3(store) || Object.values(s3).every((value) => value === null)) return problems;
  const hint = "leave endpoint, region and path-style out, or write url: s3://BUCKET/PREFIX";
  return [...problems, problem(block, ["backup", "store"], "not-s3", "a store in a directory has no endpoint and no region", hint)];
}

function problem(block: Tree, path: Path, code: string, message: string, hint: string): Problem {
  return { ...placeOf(block, path), code, message, hint };
}
