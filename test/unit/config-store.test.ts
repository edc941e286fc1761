import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from "age-encryption";
import { describe, expect, test } from "vitest";

import { ageIdentities, isAgeRecipient } from "../../src/config/age-key.ts";
import { parseConfig } from "../../src/config/parse.ts";
import type { BelayError } from "../../src/domain/error.ts";

const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);

function configure(backup: string, variables: Readonly<Record<string, string>> = {}, checkout: string | null = null) {
  const text = `environments:\n  prod:\n    target: sqlite:/srv/data/app.db\n    backup:\n${backup.replace(/^/gm, "      ")}\n`;
  const request = {
    file: "/srv/app/belay.yml",
    shownAs: "belay.yml",
    directory: "/srv/app",
    environment: "prod",
    variables,
    checkout,
    find: null,
  };
  const environment = parseConfig(text, request).environments.get("prod");
  if (environment === undefined) throw new Error("there is no prod");
  return environment;
}

function complaint(backup: string, variables: Readonly<Record<string, string>> = {}): string {
  try {
    configure(backup, variables);
  } catch (error) {
    return `${(error as BelayError).message}; ${(error as BelayError).hint ?? ""}`;
  }
  throw new Error("nothing was wrong");
}

describe("backup.store", () => {
  test("in S3, in short and in full", () => {
    const short = configure("store: s3://company/belay/");
    expect(short.backup).toMatchObject({ store: "s3://company/belay", s3: { endpoint: null, region: null, pathStyle: null } });
    const full = configure('store:\n  url: s3://company\n  endpoint: "https://${HOST}:9000"\n  region: eu-1\n  path-style: false', {
      HOST: "minio.example",
    });
    expect(full.backup).toMatchObject({
      store: "s3://company",
      s3: { endpoint: "https://minio.example:9000", region: "eu-1", pathStyle: false },
    });
    expect(configure("store: { url: ../backups }").backup.store).toBe("/srv/backups");
  });

  test("in S3 keeps its credentials from commands, and what belay.yml names for it too", () => {
    const { withheldVariables } = configure('store: { url: "s3://${BUCKET}/x" }', { BUCKET: "company" });
    expect(withheldVariables).toEqual(
      expect.arrayContaining(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "BUCKET"]),
    );
    expect(configure("store: /srv/backups").withheldVariables).toEqual([]);
  });

  test("in S3 is never lost with a checkout; a directory there is, in full as in short", () => {
    expect(configure("store: s3://company/belay", {}, "/srv/app").backup.store).toBe("s3://company/belay");
    expect(() => configure("store: { url: backups }", {}, "/srv/app")).toThrow("this store lies in the workspace");
  });

  test.each([
    ["store: s3://", "expected s3://BUCKET/PREFIX"],
    ["store: s3:///prefix", "expected s3://BUCKET/PREFIX"],
    ["store: s3://b/../x", "expected s3://BUCKET/PREFIX"],
    ["store: s3://b/x//y", "expected s3://BUCKET/PREFIX"],
    ["store: s3://KEY:hunter2@b/x", "expected s3://BUCKET/PREFIX"],
    ["store: { url: /srv/b, region: eu-1 }", "a store in a directory has no endpoint and no region"],
    ["store: { url: s3://b, endpoint: minio.example }", "expected the address of a service"],
    ["store: { url: s3://b, endpoint: 'https://me:hunter2@minio.example' }", "expected the address of a service"],
    ["store: { endpoint: 'https://minio.example' }", '"url" is missing'],
    ["store: ftp://host/x", "expected a directory or s3://BUCKET/PREFIX"],
  ])("%s", (written, said) => {
    expect(complaint(written)).toContain(said);
    expect(complaint(written)).not.toContain("hunter2");
  });
});

describe("backup.encrypt", () => {
  test("names public keys, and a secret one by a variable or a file", () => {
    const text = `encrypt:\n  recipients: [${recipient}]\n  identity: "\${KEY}"\n  identity-file: ../key.txt`;
    const environment = configure(text, { KEY: `# created: today\n# public key: ${recipient}\n${identity}\n` });
    expect(environment.backup.encryption).toEqual({ recipients: [recipient], identities: [identity], identityFile: "/srv/key.txt" });
    expect(environment.withheldVariables).toEqual(["KEY"]);
    expect(environment.secrets.join()).toContain(identity);
    expect(configure(`encrypt: { recipients: [${recipient}] }`).backup.encryption).toMatchObject({ identities: [], identityFile: null });
  });

  test.each([
    ["encrypt: { recipients: [] }", "expected a list of at least 1"],
    ["encrypt: { recipients: [age1x] }", "expected a public key of age"],
    [`encrypt: { recipients: [${recipient.slice(0, -1)}] }`, "expected a public key of age"],
    [`encrypt: { recipients: [${identity}] }`, "this is a secret key"],
    [`encrypt: { recipients: [${recipient}], identity: ${identity} }`, "a secret key does not belong into this file"],
    [`encrypt: { recipients: [${recipient}], identity: "\${KEY}" }`, "this is no secret key of age"],
    [`encrypt: { recipients: [${recipient}], identity-file: ~/key.txt }`, "~ is not expanded"],
  ])("%s", (written, said) => {
    expect(complaint(written, { KEY: `${identity}x` })).toContain(said);
    expect(complaint(written, { KEY: `${identity}x` })).not.toContain(identity.slice(20));
  });
});

describe("keys of age", () => {
  test("are known by their letters, each of which counts", async () => {
    const hybrid = await generateHybridIdentity();
    for (const key of [identity, hybrid]) {
      const other = await identityToRecipient(key);
      expect(isAgeRecipient(other)).toBe(true);
      expect(ageIdentities(key)).toEqual([key]);
      for (const wrong of [other.toUpperCase(), `${other}q`, other.slice(1), other.replace(/.$/, (last) => (last === "q" ? "p" : "q"))])
        expect(isAgeRecipient(wrong), wrong).toBe(false);
      expect(ageIdentities(key.toLowerCase())).toBeNull();
      expect(isAgeRecipient(key)).toBe(false);
    }
  });
});
