import { afterAll, beforeAll } from "vitest";

import { s3Store } from "../../src/store/s3/s3.ts";
import { startFront, type Front } from "../support/s3/front.ts";
import { BUCKET, CREDENTIALS, startS3Server, type S3Server } from "../support/s3/server.ts";
import { storeContract } from "./store.ts";

let server: S3Server;
let front: Front;
let number = 0;

beforeAll(async () => {
  Object.assign(process.env, CREDENTIALS);
  server = await startS3Server();
  front = await startFront(server);
});

afterAll(async () => {
  await front[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

storeContract("S3", async () => s3Store(`s3://${BUCKET}/teams/${++number}/`, { endpoint: front.endpoint, region: null, pathStyle: null }));
