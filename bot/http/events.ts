/** `POST /api/requests/ID/events`: what the run that has the grant tells. Kept before it is acknowledged; each number counts once. */

import type { IncomingMessage } from "node:http";
import * as z from "zod/mini";
import type { BoundFields, BoundRollback } from "../../src/domain/bound-fields.ts";
import { digestOf, pendingDigest } from "../../src/plan/digest.ts";
import type { Reported } from "../core/event.ts";
import type { JobKind, Request } from "../core/request.ts";
import type { BotKeys } from "../grant/keys.ts";
import type { BotStore } from "../store/store.ts";
import { type Bodies, jsonOf } from "./body.ts";
import type { EventsToken } from "./grants.ts";
import type { Pace } from "./pace.ts";
import { notNow, refused, type Reply, unread } from "./reply.ts";

export interface EventParts {
  readonly store: BotStore;
  readonly keys: BotKeys;
  readonly bodies: Bodies;
  /** How often the runs of one repository may tell something. */
  readonly eventPace: Pace;
  readonly wake: () => void;
  readonly now: () => Date;
}

const LARGEST_BYTES = 256 * 1024;

const pending = z.strictObject({ id: z.string(), sha256: z.nullable(z.string()) });
const finding = z.strictObject({ id: z.string(), place: z.string() });
const target = z.strictObject({
  name: z.string(),
  identity: z.string(),
  schemaDigest: z.string(),
  pending: z.array(pending),
  findings: z.array(finding),
});

/** Strict: a field that the digest does not bind has no place in what people approve. */
const bound = z.strictObject({
  v: z.literal(1),
  repositoryId: z.nullable(z.int()),
  environment: z.string(),
  command: z.literal("migrate"),
  targets: z.array(target),
  tool: z.strictObject({ name: z.string(), configSha256: z.string() }),
  policyDigest: z.string(),
});

const boundRollback = z.strictObject({
  v: z.literal(1),
  repositoryId: z.nullable(z.int()),
  environment: z.string(),
  command: z.literal("rollback"),
  to: z.nullable(z.string()),
  targets: z.array(
    z.strictObject({
      name: z.string(),
      identity: z.string(),
      run: z.nullable(z.string()),
      laterWrites: z.array(z.strictObject({ table: z.string(), written: z.nullable(z.number()), gone: z.nullable(z.number()) })),
    }),
  ),
  policyDigest: z.string(),
});

const result = z.looseObject({
  belay: z.string(),
  run: z.optional(z.nullable(z.string().check(z.maxLength(64)))),
  command: z.string(),
  outcome: z.string(),
  startedAt: z.string(),
  durationMs: z.number(),
  digest: z.nullable(z.string()),
  deployed: z.optional(z.looseObject({ pendingDigest: z.string() })),
  reasons: z.array(z.looseObject({ code: z.string(), message: z.string() })),
  targets: z.array(z.looseObject({ name: z.string(), outcome: z.string(), pending: z.array(z.looseObject({ id: z.string() })) })),
});

const common = { version: z.literal(1), run: z.string(), seq: z.int().check(z.minimum(0), z.maximum(1_000_000)), at: z.string() };

const told = z.discriminatedUnion("type", [
  z.strictObject({
    ...common,
    type: z.literal("plan"),
    data: z.strictObject({ outcome: z.string(), digest: z.string(), fields: z.discriminatedUnion("command", [bound, boundRollback]) }),
  }),
  z.strictObject({ ...common, type: z.literal("step"), data: z.strictObject({ step: z.string().check(z.maxLength(200)) }) }),
  z.strictObject({ ...common, type: z.literal("result"), data: result }),
]);
type Told = z.infer<typeof told>;

export async function takeEvent(
  message: IncomingMessage,
  request: string,
  { store, keys, bodies, eventPace, wake, now }: EventParts,
): Promise<Reply> {
  const [, token = ""] = /^Bearer (\S+)$/i.exec(message.headers.authorization ?? "") ?? [];
  const body = await bodies.read(message, LARGEST_BYTES);
  if (body.kind !== "read") return unread(body, "256 kB");
  const who = tokenOf(keys.readToken(token));
  if (who === null || who.request !== request) return refused(401, "token-invalid", "this is no token for this request's events");
  const { data } = told.safeParse(jsonOf(body.bytes));
  if (data === undefined || data.run !== who.run) return refused(400, "bad-request", "this is no event of this run");
  const repository = (await store.repositories()).find(({ id }) => id === who.repository);
  if (repository === undefined) return refused(403, "repository-unknown", "this bot knows nothing of the repository");
  // A plan's job runs what nobody has approved: each of its words is kept, and the bot has other repositories.
  const waitMs = eventPace.waitMs(repository.id, now().getTime());
  if (waitMs > 0) return notNow("too-many-events", "the runs of this repository tell too much", waitMs / 1000, 429);
  const state = await store.state(repository.id);
  const known = state.requests.get(request);
  if (known === undefined) return refused(403, "request-unknown", `there is no request ${request}`);
  const forged =
    data.type === "plan"
      ? forgery(data.data, { repository: repository.id, environment: known.environment, policyDigest: known.policy.digest, request: known })
      : null;
  if (forged !== null) return refused(403, "plan-forged", forged);
  const event: Reported = { kind: "report", request, job: who.job, run: who.run, seq: data.seq, told: toldOf(data) };
  await store.receive({ repository, event: { at: now().toISOString(), ...event }, delivery: null });
  wake();
  return { status: 204 };
}

interface Bound {
  readonly repository: number;
  readonly environment: string;
  readonly policyDigest: string;
  readonly request: Pick<Request, "command" | "run" | "to">;
}

/** The plan job runs code that nobody approved: its words count only as far as they hash to its digest, and are about this. */
function forgery(
  { digest, fields }: { readonly digest: string; readonly fields: BoundFields | BoundRollback },
  { repository, environment, policyDigest, request }: Bound,
): string | null {
  if (digestOf(fields) !== digest) return "the plan does not have the digest that it says";
  if (fields.repositoryId !== repository) return "the plan is of another repository";
  if (fields.environment !== environment) return "the plan is for another environment";
  if ((fields.command === "rollback") !== (request.command === "rollback")) return "the plan is of another command";
  if (fields.command === "rollback" && !isAskedFor(fields, request)) return "the plan takes back something else than was asked for";
  if (fields.policyDigest !== policyDigest) return "the plan was made under another policy";
  return null;
}

/** One run is taken back, the one that was named if one was. */
function isAskedFor({ to, targets }: BoundRollback, request: Bound["request"]): boolean {
  const [run = null, another] = [...new Set(targets.map((target) => target.run))];
  return to === request.to && another === undefined && (request.run === null || request.run === run) && (to !== null || run !== null);
}

function toldOf(data: Told): Reported["told"] {
  switch (data.type) {
    case "step":
      return { type: "step", step: data.data.step };
    case "plan": {
      const { outcome, digest, fields } = data.data;
      if (fields.command === "rollback") {
        const takesBack = fields.targets[0]?.run ?? null;
        return {
          type: "plan",
          result: { outcome, digest, pending: fields.targets.length, migrations: null, takesBack, ran: null, whole: fields },
        };
      }
      const count = fields.targets.reduce((sum, each) => sum + each.pending.length, 0);
      const migrations = pendingDigest(fields);
      return { type: "plan", result: { outcome, digest, pending: count, migrations, takesBack: null, ran: null, whole: fields } };
    }
    case "result": {
      const { outcome, digest, targets, deployed } = data.data;
      const count = targets.reduce((sum, each) => sum + each.pending.length, 0);
      return {
        type: "result",
        result: {
          outcome,
          digest,
          pending: count,
          migrations: deployed?.pendingDigest ?? null,
          takesBack: null,
          ran: data.data.run ?? null,
          whole: data.data,
        },
      };
    }
  }
}

const tokenParts = z.tuple([z.int(), z.string(), z.enum(["plan", "run"]), z.string()]);

function tokenOf(text: string | null): EventsToken | null {
  const { data } = tokenParts.safeParse(text === null ? null : jsonOf(Buffer.from(text)));
  if (data === undefined) return null;
  const [repository, request, job, run]: readonly [number, string, JobKind, string] = data;
  return { repository, request, job, run };
}
