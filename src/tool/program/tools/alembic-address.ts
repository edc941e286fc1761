/** Where Alembic goes by its configuration file alone: told before anything runs, as far as the files leave no doubt. */

import { readFile, realpath } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Reason } from "../../../domain/error.ts";
import type { Place } from "../definition.ts";
import { hintFor } from "../same-database.ts";
import { textOf } from "./options.ts";

/** Whatever could bring an address from elsewhere: then only Alembic itself knows. */
const OTHER_SOURCES =
  /environ|getenv|set_main_option|set_section_option|create_engine|create_async_engine|current_app|url\s*=|import\s+settings|settings\./;

/** `wrong-database` where alembic.ini names another database than the target, and env.py reads no address but that one. */
export async function addressObstacle(place: Place): Promise<Reason | null> {
  if (place.elsewhere) return null;
  const file = resolve(place.directory, textOf(place.options, "config") ?? "alembic.ini");
  const ini = await textOrNothing(file);
  const valueOf = (key: string) => new RegExp(`^${key}\\s*=\\s*(\\S+)`, "m").exec(ini)?.[1]?.replaceAll("%(here)s", dirname(file));
  const [url, scripts] = [valueOf("sqlalchemy\\.url"), valueOf("script_location")];
  if (url === undefined || scripts === undefined || url.includes("%")) return null;
  const env = await textOrNothing(join(resolve(place.directory, scripts), "env.py"));
  if (env === "" || OTHER_SOURCES.test(env)) return null;
  const there = await otherThan(place, url);
  if (there === null) return null;
  return {
    code: "wrong-database",
    message: `sqlalchemy.url in alembic.ini leads to ${there}, not to ${place.target.name}, and env.py reads no other address`,
    hint: `${hintFor(false)}: config.set_main_option("sqlalchemy.url", os.environ["DATABASE_URL"])`,
  };
}

/** What a URL leads to, without its password, where that is not the target; null: it may be the target. */
async function otherThan({ directory, target }: Place, url: string): Promise<string | null> {
  const [, kind = "", rest = ""] = /^([a-z]+)(?:\+\w+)?:\/\/(.*)$/.exec(url) ?? [];
  if (kind === "sqlite") {
    const path = resolve(directory, rest.replace(/^\//, ""));
    const isSame = target.engine === "sqlite" && (await realPath(path)) === (await realPath(target.address));
    return isSame ? null : path;
  }
  if (!kind.startsWith("postgres")) return null;
  if (target.engine !== "postgres") return "a server of PostgreSQL";
  const [given, ours] = [URL.parse(url), URL.parse(target.address)];
  if (given === null || ours === null || given.pathname === ours.pathname) return null; // one server has many addresses, one database one name
  return given.pathname.slice(1);
}

async function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

async function textOrNothing(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}
