/** Why a request got no answer, in words that say where to look. */

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused: nothing listens there",
  ECONNRESET: "the connection was reset before an answer came",
  EPIPE: "the connection was closed before an answer came",
  UND_ERR_SOCKET: "the connection was closed before an answer came",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the host's name could not be looked up",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the host's network cannot be reached",
  ETIMEDOUT: "no connection in time",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate chain is self-signed",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
  HPE_INVALID_CONSTANT: "what answers there does not speak HTTP",
};

export function whyNoAnswer(error: unknown): string {
  const [first, ...causes] = chainOf(error);
  for (const { code, message } of [...causes.toReversed(), ...(first === undefined ? [] : [first])]) {
    if (code !== undefined) return WORDS[code] === undefined ? message : `${WORDS[code]} (${message})`;
  }
  return causes.at(-1)?.message ?? first?.message ?? "no answer";
}

interface Link {
  readonly code: string | undefined;
  readonly message: string;
}

/** An error and what caused it; of several attempts (one per address of a host) the last. */
function chainOf(error: unknown): readonly Link[] {
  if (!(error instanceof Error)) return [{ code: undefined, message: String(error) }];
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const inner: unknown = error instanceof AggregateError ? error.errors.at(-1) : error.cause;
  return [{ code, message: error.message }, ...(inner === undefined ? [] : chainOf(inner))];
}
