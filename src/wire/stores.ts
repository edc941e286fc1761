/** Names the concrete stores: which one a location means, and the encryption around it. */

import { readFile } from "node:fs/promises";

import { ageIdentities } from "../config/age-key.ts";
import type { Environment } from "../config/config.ts";
import { failure, messageOf } from "../domain/error.ts";
import { encryptedStore, type Encryption } from "../store/age/encrypted.ts";
import { directoryStore } from "../store/directory.ts";
import { lateStore } from "../store/late.ts";
import type { Store } from "../store/store.ts";
import type { World } from "../world.ts";

/** Values that the SDK of S3 takes from the environment and that nobody may see. */
const S3_SECRETS = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/** Opens stores by what belay.yml or a state row calls them, each once. */
export function openStores(world: World, environment: Environment): (location: string) => Store {
  const stores = new Map<string, Store>();
  const encryption = encryptionOf(world, environment);
  return (location) => {
    const store = stores.get(location) ?? encryptedStore(plainStore(world, environment, location), encryption);
    stores.set(location, store);
    return store;
  };
}

function plainStore(world: World, { backup: { s3 } }: Environment, location: string): Store {
  if (!location.startsWith("s3://")) return directoryStore(location);
  world.hide(S3_SECRETS.flatMap((name) => world.variables[name] || []));
  return lateStore({ location, encryption: "none" }, async () => (await import("../store/s3/s3.ts")).s3Store(location, s3));
}

/** Without `encrypt` nothing is encrypted, and what once was is told from a plain file all the same. */
function encryptionOf(world: World, { backup: { encryption } }: Environment): Encryption {
  if (encryption === null) return { recipients: [], identities: async () => [] };
  const { recipients, identities, identityFile } = encryption;
  let fromFile: Promise<readonly string[]> | undefined;
  return {
    recipients,
    identities: async () => [...identities, ...(identityFile === null ? [] : await (fromFile ??= readIdentities(world, identityFile)))],
  };
}

async function readIdentities(world: World, file: string): Promise<readonly string[]> {
  const keys = ageIdentities(await textOf(file));
  world.hide(keys ?? []);
  if (keys !== null && keys.length > 0) return keys;
  throw failure("identity-unreadable", `reading ${file}: it holds no secret key of age`, {
    hint: "name the file that age-keygen wrote: `backup.encrypt.identity-file` in belay.yml",
  });
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw failure("identity-unreadable", `reading the identity ${file}: ${messageOf(error)}`, {
      hint: "let the user that runs Belay read it: `backup.encrypt.identity-file` in belay.yml",
      cause: error,
    });
  }
}
