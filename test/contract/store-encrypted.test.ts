import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll } from "vitest";

import { encryptedStore } from "../../src/store/age/encrypted.ts";
import { directoryStore } from "../../src/store/directory.ts";
import { s3Store } from "../../src/store/s3/s3.ts";
import { startFront, type Front } from "../support/s3/front.ts";
import { BUCKET, CREDENTIALS, startS3Server, type S3Server } from "../support/s3/server.ts";
import { storeContract } from "./store.ts";

let server: S3Server;
let front: Front;
let number = 0;
const identity = await generateX25519Identity();
const encryption = { recipients: [await identityToRecipient(identity)], identities: async () => [identity] };

beforeAll(async () => {
  Object.assign(process.env, CREDENTIALS);
  server = await startS3Server();
  front = await startFront(server);
});

afterAll(async () => {
  await front[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

storeContract("encrypted directory", async () => encryptedStore(directoryStore(mkdtempSync(join(tmpdir(), "belay-store-"))), encryption));

storeContract("encrypted S3", async () => {
  const inner = s3Store(`s3://${BUCKET}/${++number}`, { endpoint: front.endpoint, region: null, pathStyle: null });
  return encryptedStore(inner, encryption);
});
