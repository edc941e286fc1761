/** What can go wrong between Belay and GitHub, route by route. */
export type Fault =
  | { readonly kind: "status"; readonly status: 500 | 502 | 503 | 504 }
  | { readonly kind: "forbidden"; readonly retryAfterSeconds: number }
  | { readonly kind: "secondary-limit"; readonly status: 403 | 429; readonly retryAfterSeconds?: number }
  /** The connection is cut before anything is done. */
  | { readonly kind: "reset" }
  /** Nothing is done and nobody answers. */
  | { readonly kind: "hang" }
  /** It is done, and the connection is cut before the answer. */
  | { readonly kind: "answer-lost" }
  | { readonly kind: "slow"; readonly ms: number }
  /** It is done, and half of the answer arrives under the length of all of it. */
  | { readonly kind: "cut-off" }
  | { readonly kind: "malformed-json" }
  | { readonly kind: "html"; readonly status: 200 | 502 | 503 };

interface Rule {
  readonly route: string;
  readonly fault: Fault;
  after: number;
  times: number;
}

export class Faults {
  readonly #routes: ReadonlySet<string>;
  #rules: Rule[] = [];

  constructor(routes: readonly string[]) {
    this.#routes = new Set(["*", ...routes]);
  }

  /**
   * From now on this happens to requests of a route, named as GitHub's description does (`GET /repos/{owner}/{repo}`), or to all (`*`):
   * `after` so many that go well (default 0), `times` times (default always).
   */
  add(route: string, fault: Fault, { times = Infinity, after = 0 } = {}): void {
    if (!this.#routes.has(route)) throw new Error(`the fake GitHub has no route ${route}`);
    this.#rules.push({ route, fault, times, after });
  }

  clear(): void {
    this.#rules = [];
  }

  /** What happens to a request of this route; null: nothing. */
  next(route: string): Fault | null {
    const waiting = this.#rules.filter((rule) => (rule.route === route || rule.route === "*") && rule.times > 0);
    const due = waiting.find(({ after }) => after === 0);
    for (const rule of waiting.filter((each) => each !== due && each.after > 0)) rule.after -= 1;
    if (due === undefined) return null;
    due.times -= 1;
    return due.fault;
  }
}

export interface FaultAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The answer that stands in place of GitHub's; null where the fault is none of words. */
export function faultAnswer(fault: Fault): FaultAnswer | null {
  switch (fault.kind) {
    case "status":
      return json(fault.status, "Server Error");
    case "forbidden":
      return json(403, "Forbidden", { "retry-after": String(fault.retryAfterSeconds) });
    case "secondary-limit":
      return json(
        fault.status,
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        fault.retryAfterSeconds === undefined ? {} : { "retry-after": String(fault.retryAfterSeconds) },
      );
    case "malformed-json":
      return { status: 200, headers: { "content-type": "application/json; charset=utf-8" }, body: '{"id": 1, "name":' };
    case "html":
      return {
        status: fault.status,
        headers: { "content-type": "text/html; charset=utf-8" },
        body: "<!DOCTYPE html><title>Unicorn! · GitHub</title><p><strong>We had issues producing the response to your request.</strong></p>",
      };
    default:
      return null;
  }
}

function json(status: number, message: string, headers: Readonly<Record<string, string>> = {}): FaultAnswer {
  const body = JSON.stringify({ message, documentation_url: "https://docs.github.com/rest", status: String(status) });
  return { status, headers: { "content-type": "application/json; charset=utf-8", ...headers }, body };
}
