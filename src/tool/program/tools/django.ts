import type { Place, ProgramTool } from "../definition.ts";
import { djangoApplied, djangoFiles, djangoSeen, manage, stateBefore, stateOf } from "./django-look.ts";
import { DJANGO_MEANINGS } from "./django-meanings.ts";
import { textOf } from "./options.ts";

export const django: ProgramTool = {
  name: "django",
  title: "Django",
  engines: ["sqlite", "postgres"],
  programs: ["python", "python3"],
  install: "install Python, or make the project's .venv",
  configuration: ({ options }) => [textOf(options, "manage") ?? "manage.py", "*/settings.py", "*/settings/*.py"],
  atomic: () => false, // `atomic = False` is a migration's own choice
  reverts: true,
  records: () => ["django_migrations"],
  perSchema: false,
  lockTimeoutNote: null,
  sameFilesForAll: true,
  meanings: DJANGO_MEANINGS,
  files: djangoFiles,
  applied: djangoApplied,
  seen: djangoSeen,
  apply: ({ id }, _files, place) => migrate(place, stateOf(id)),
  revert: (known, _files, place) => migrate(place, stateBefore(known)),
};

function migrate(place: Place, state: readonly string[]): readonly string[] {
  const alias = textOf(place.options, "database");
  return manage(place, "migrate", ...(alias === null ? [] : ["--database", alias]), "--no-input", ...state);
}
