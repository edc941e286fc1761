/** What this project asks of a workflow beyond that GitHub takes it: nothing moves under it, and nothing may more than it must. */

import { mapping, readWorkflow, type Job, type Mapping, type Uses, type Workflow } from "./workflow.ts";

/** What a workflow can rely on: the action as it is here, and the workflow that others call. */
export interface Ours {
  /** `owner/name`. */
  readonly repository: string;
  /** Version of package.json. */
  readonly version: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** File name of each callable workflow, and its inputs; true: it must be given. */
  readonly workflows: Readonly<Record<string, Readonly<Record<string, boolean>>>>;
}

/** Empty where all rules hold. */
export function brokenRules(content: string, ours: Ours): string[] {
  const workflow = readWorkflow(content);
  return [
    ...permissionProblems(workflow),
    ...unusedInputs(workflow),
    ...concurrencyProblems("concurrency", workflow.body),
    ...workflow.jobs.flatMap((job) => [
      ...concurrencyProblems(`jobs.${job.name}.concurrency`, job.body),
      ...timeProblems(job),
      ...job.uses.flatMap((uses) => [
        ...pinProblems(uses, ours, refsOf(workflow, ours)),
        ...credentialProblems(uses),
        ...inputProblems(uses, ours),
      ]),
      ...outputProblems(job, ours),
    ]),
  ];
}

/** Our own by its major version, as people use it; in a workflow that others call by this very release, so that both are one version. */
function refsOf({ body }: Workflow, { version }: Ours): readonly string[] {
  const isCalled = "workflow_call" in mapping(body["on"]);
  return isCalled ? [`v${version}`] : ["v1", `v${version}`];
}

function pinProblems({ place, action }: Uses, { repository }: Ours, refs: readonly string[]): string[] {
  if (action.startsWith("./") || /@[0-9a-f]{40}$/.test(action)) return [];
  const [name = "", ref = ""] = action.split("@");
  const isOurs = name === repository || name.startsWith(`${repository}/`);
  if (isOurs && refs.includes(ref)) return [];
  return [`${place}: ${action} is not pinned to ${isOurs ? refs.join(" or ") : "a full commit SHA"}`];
}

function credentialProblems({ place, action, with: given }: Uses): string[] {
  const keeps = action.startsWith("actions/checkout@") && given["persist-credentials"] !== false;
  return keeps ? [`${place}: checkout leaves its token in the workspace; say persist-credentials: false`] : [];
}

/** The linter knows the inputs of GitHub's own actions; those of ours are in the registry. */
function inputProblems({ place, action, with: given }: Uses, ours: Ours): string[] {
  const known = inputsOf(action, ours);
  if (known === null) return [];
  const unknown = Object.keys(given).filter((name) => !(name in known));
  const missing = Object.keys(known).filter((name) => known[name] === true && !(name in given));
  return [
    ...unknown.map((name) => `${place}: ${action} has no input ${name}`),
    ...missing.map((name) => `${place}: ${action} needs the input ${name}`),
  ];
}

/** Null where the action is none of ours. */
function inputsOf(action: string, { repository, inputs, workflows }: Ours): Readonly<Record<string, boolean>> | null {
  const name = action.split("@")[0] ?? "";
  if (name === repository) return Object.fromEntries(inputs.map((input) => [input, false]));
  if (!name.startsWith(`${repository}/`)) return null;
  return workflows[name.slice(name.lastIndexOf("/") + 1)] ?? {};
}

/** An output that does not exist is an empty text to GitHub: `if:` would be false for ever, and nobody would see why. */
function outputProblems({ name, body, uses }: Job, { repository, outputs }: Ours): string[] {
  const text = JSON.stringify(body);
  const steps = uses.filter(({ action, id }) => id !== null && action.startsWith(`${repository}@`));
  return steps.flatMap(({ id }) =>
    Array.from(text.matchAll(new RegExp(`steps\\.${id}\\.outputs\\.([\\w-]+)`, "g")), ([, output = ""]) => output)
      .filter((output) => !outputs.includes(output))
      .map((output) => `jobs.${name}: the step ${id} has no output ${output}`),
  );
}

/** An input of a workflow for others that nothing reads would be believed, and do nothing. */
function unusedInputs({ body }: Workflow): string[] {
  const { inputs } = mapping(mapping(body["on"])["workflow_call"]);
  const jobs = JSON.stringify(body["jobs"] ?? {});
  return Object.keys(mapping(inputs))
    .filter((name) => !new RegExp(`\\binputs\\.${name}(?![\\w-])`).test(jobs))
    .map((name) => `on.workflow_call.inputs.${name}: no job reads it`);
}

function permissionProblems({ body, jobs }: Workflow): string[] {
  return [
    ...(body["permissions"] === undefined ? ["permissions: missing, so every job gets what the repository gives by default"] : []),
    ...everyRight("permissions", body["permissions"]),
    ...writes(body["permissions"]).map((right) => `permissions.${right}: write for every job; give it to the job that needs it`),
    ...jobs.flatMap(({ name, body: job }) => everyRight(`jobs.${name}.permissions`, job["permissions"])),
  ];
}

function everyRight(place: string, permissions: unknown): string[] {
  return typeof permissions === "string" ? [`${place}: ${permissions} is every right at once; name those that are needed`] : [];
}

function writes(permissions: unknown): string[] {
  return Object.entries(mapping(permissions)).flatMap(([right, level]) => (level === "write" ? [right] : []));
}

function timeProblems({ name, body }: Job): string[] {
  const hasOwn = body["uses"] !== undefined || body["timeout-minutes"] !== undefined;
  return hasOwn ? [] : [`jobs.${name}: no timeout-minutes, so a job that hangs holds its runner for six hours`];
}

/** GitHub refuses a workflow with both; the linter does not know `queue` yet. */
function concurrencyProblems(place: string, block: Mapping): string[] {
  const { queue, "cancel-in-progress": cancels } = mapping(block["concurrency"]);
  if (queue === undefined) return [];
  if (queue !== "max" && queue !== "single") return [`${place}.queue: is max or single`];
  return queue === "max" && cancels !== undefined && cancels !== false
    ? [`${place}: queue: max waits, so nothing in it can be cancelled`]
    : [];
}
