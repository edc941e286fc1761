/** `backup.store` and `backup.encrypt` of belay.yml, as zod sees them. */

import * as z from "zod/mini";
import { isEndpoint, isFilled, isIdentity, isPath, isRecipient, isStore } from "./rule.ts";
import { described, needed, once, text } from "./schema-values.ts";

export const store = once(() =>
  z.union([
    text(isStore),
    z.strictObject({
      url: needed(text(isStore), "A directory, or s3://BUCKET/PREFIX."),
      endpoint: described(text(isEndpoint), "The address of an S3-compatible service; by default Amazon's, or AWS_ENDPOINT_URL."),
      region: described(text(isFilled), "The bucket's region; by default AWS_REGION, or the profile's."),
      "path-style": described(
        z.boolean(),
        "Whether the bucket stands in the path and not in the host's name; by default where the endpoint is not Amazon's.",
      ),
    }),
  ]),
);

export const encrypt = once(() =>
  z.strictObject({
    recipients: needed(z.array(text(isRecipient)).check(z.minLength(1)), "The public keys (age1…) that may open the backups."),
    identity: described(
      text(isIdentity),
      "A secret key to open them with, out of a variable: ${BELAY_AGE_IDENTITY}. Only restoring in another process needs one.",
    ),
    "identity-file": described(text(isPath), "The file with the secret key, as age-keygen writes it."),
  }),
);

export type WrittenStore = z.infer<ReturnType<typeof store>>;
export type WrittenEncryption = z.infer<ReturnType<typeof encrypt>>;
