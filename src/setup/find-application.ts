/** How the application might be stopped and started: suggestions for comments, since only people know which parts write. */

import { at } from "../config/tree.ts";
import { readYaml } from "../config/yaml.ts";
import type { Folder } from "./folder.ts";

export interface Suggestion {
  /** `compose.yaml has the services web and worker`. */
  readonly found: string;
  readonly stop: string;
  readonly start: string;
}

const COMPOSE_FILES = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
const UNIT_FOLDERS = [".", "deploy", "systemd", "ops", "etc/systemd/system"];

/** The first that is found: compose, systemd, Procfile. */
export async function findApplication(folder: Folder): Promise<Suggestion | null> {
  return (await compose(folder)) ?? (await systemd(folder)) ?? procfile(folder);
}

async function compose(folder: Folder): Promise<Suggestion | null> {
  for (const file of COMPOSE_FILES) {
    const { tree } = readYaml(await folder.text(file));
    const services = tree === null ? undefined : at(tree, ["services"]);
    if (services?.kind !== "map" || services.entries.size === 0) continue;
    const names = [...services.entries.keys()].filter((name) => /^[\w.-]+$/.test(name));
    const all = names.join(" ");
    return {
      found: `${file} has the services ${names.join(", ")}`,
      stop: `docker compose stop ${all}`,
      start: `docker compose up -d ${all}`,
    };
  }
  return null;
}

async function systemd(folder: Folder): Promise<Suggestion | null> {
  for (const place of UNIT_FOLDERS) {
    const unit = (await folder.names(place)).find((name) => /^[\w.@-]+\.service$/.test(name));
    if (unit === undefined) continue;
    const name = unit.replace(/\.service$/, "");
    const found = `${place === "." ? "" : `${place}/`}${unit} is there`;
    return { found, stop: `sudo systemctl stop ${name}`, start: `sudo systemctl start ${name}` };
  }
  return null;
}

async function procfile(folder: Folder): Promise<Suggestion | null> {
  const names = [...(await folder.text("Procfile")).matchAll(/^([\w-]+):/gm)].map(([, name = ""]) => name);
  if (names.length === 0) return null;
  return { found: `Procfile has the processes ${names.join(", ")}`, stop: "…", start: "…" };
}
