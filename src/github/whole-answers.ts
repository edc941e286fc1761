/**
 * A `fetch` that gives whole answers only. The client takes an answer that breaks off in the middle for an empty one, which would be "no
 * approvals" or "no comments"; here it is an error of the connection. An answer that has an ETag is asked for only as far as it
 * changed, which costs nothing of the rate limit.
 */

interface Kept {
  readonly etag: string;
  readonly body: string;
  readonly headers: readonly (readonly [string, string])[];
}

export function wholeAnswers(): (next: typeof fetch) => typeof fetch {
  const kept = new Map<string, Kept>();
  return (next) => async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const known = (init?.method ?? "GET") === "GET" ? kept.get(url) : undefined;
    const headers = new Headers(init?.headers);
    if (known !== undefined) headers.set("if-none-match", known.etag);
    const answer = await next(input, { ...init, headers: Object.fromEntries(headers) });
    if (answer.status === 304 && known !== undefined) {
      await answer.arrayBuffer();
      return new Response(known.body, { status: 200, headers: known.headers.map(([name, value]) => [name, value]) });
    }
    const body = await answer.text();
    if (answer.ok && !HAS_NO_BODY.has(answer.status)) assertJson(body);
    const etag = answer.headers.get("etag");
    const said = [...answer.headers].filter(([name]) => name !== "content-encoding" && name !== "content-length");
    if (answer.status === 200 && etag !== null && (init?.method ?? "GET") === "GET") kept.set(url, { etag, body, headers: said });
    return new Response(HAS_NO_BODY.has(answer.status) ? null : body, { status: answer.status, headers: said });
  };
}

const HAS_NO_BODY = new Set([204, 205, 304]);

function assertJson(body: string): void {
  try {
    JSON.parse(body);
  } catch (cause) {
    throw new TypeError("the answer is no whole JSON", { cause });
  }
}
