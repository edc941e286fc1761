import { basename } from "node:path";
import { usageError, type BelayError } from "../domain/error.ts";
import { nearest } from "../domain/nearest.ts";
import type { Config, Environment } from "./config.ts";

/**
 * The environment that a command is about; null asks for the only one. The configuration must have been loaded with the same name.
 * Throws usage errors: `environment-needed` where there are several, `environment-unknown`.
 */
export function chooseEnvironment(config: Config, name: string | null): Environment {
  const wanted = name ?? (config.names.length === 1 ? config.names.join() : null);
  if (wanted === null) throw needed(config);
  if (!config.names.includes(wanted)) throw unknown(config, wanted);
  const environment = config.environments.get(wanted);
  if (environment === undefined) throw new RangeError(`the configuration was loaded for another environment than ${wanted}`);
  return environment;
}

function needed({ file, names }: Config): BelayError {
  const message = `${basename(file)} has ${names.length} environments: ${names.join(", ")}`;
  return usageError("environment-needed", message, {
    hint: "name one of them after the command, or in a workflow by the input environment",
    facts: { environments: names },
  });
}

function unknown({ file, names }: Config, wanted: string): BelayError {
  const meant = nearest(wanted, names);
  const asked = meant === null ? "" : `; did you mean "${meant}"?`;
  return usageError("environment-unknown", `environment "${wanted}" is not in ${basename(file)}${asked}`, {
    hint: names.length === 1 ? `the only one is ${names.join()}, and may be left out` : `the environments are ${names.join(", ")}`,
    facts: { environments: names },
  });
}
