import type { TenantsOfTool } from "../../tool.ts";
import type { Asking, ProgramTool } from "../definition.ts";
import { programFailure } from "../program.ts";
import { readTenants } from "./django-answer.ts";
import { djangoApplied, djangoFiles, djangoSeen, manage, stateBefore, stateOf } from "./django-look.ts";
import { DJANGO_MEANINGS } from "./django-meanings.ts";
import { TENANTS } from "./django-script.ts";
import { django } from "./django.ts";

/** Django with a schema for each tenant: every schema has a record of its own, and is migrated by itself. */
export const djangoTenants: ProgramTool = {
  ...django,
  name: "django-tenants",
  title: "django-tenants",
  engines: ["postgres"],
  perSchema: true,
  meanings: [
    {
      words: /Unknown command: 'migrate_schemas'/,
      code: "tool-not-configured",
      hint: "django_tenants is not among INSTALLED_APPS of these settings (migrate.settings); without tenants the tool is django",
    },
    ...DJANGO_MEANINGS,
  ],
  files: djangoFiles,
  applied: djangoApplied,
  // Django itself looks into the shared schema alone; which database it is, it says in any case.
  seen: async (asking, files) => {
    const there = await djangoSeen(asking, files);
    return asking.place.schema === null ? there : (await djangoApplied(asking, files)).ids;
  },
  apply: ({ id }, _files, place) => manage(place, "migrate_schemas", `--schema=${place.schema ?? "public"}`, "--no-input", ...stateOf(id)),
  revert: (known, _files, place) =>
    manage(place, "migrate_schemas", `--schema=${place.schema ?? "public"}`, "--no-input", ...stateBefore(known)),
  tenants: tenantsOfModels,
};

async function tenantsOfModels({ place, ask }: Asking): Promise<TenantsOfTool> {
  const answer = await ask(manage(place, "shell", "-c", TENANTS));
  const read = readTenants(answer.stdout);
  if (read === null) {
    const plain = { redact: (text: string) => text, directory: place.directory };
    throw programFailure(
      "tool-answer-unknown",
      "asking Django for its tenants: no answer is in what it said",
      plain,
      { migration: null },
      answer,
    );
  }
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
  return { shared: read.shared, sql: `select schema_name from ${quoted(read.shared)}.${quoted(read.table)} order by schema_name` };
}
