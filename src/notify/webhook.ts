/** A program that wants to know: the result as JSON, signed where there is a secret. */

import { createHmac } from "node:crypto";
import { post } from "./http.ts";
import type { Receiver } from "./receiver.ts";

/** `X-Belay-Delivery` is the same whenever a message is sent again; `X-Belay-Signature-256` is the HMAC of the body's bytes. */
export function webhookReceiver(url: string, secret: string | null): Receiver {
  return {
    send({ id, event, at, fields, result }, signal) {
      const { environment, run, summary } = fields;
      const body = JSON.stringify({ id, event, at: at.toISOString(), environment, run, summary, fields, result });
      const signature: Record<string, string> =
        secret === null ? {} : { "x-belay-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}` };
      return post({ url, body, headers: { "x-belay-event": event, "x-belay-delivery": id, ...signature } }, signal);
    },
  };
}
