import "./rolldown-runtime.js";
import { r as programFailure } from "./program.js";
import { a as djangoSeen, c as stateOf, i as djangoFiles, l as readTenants, n as DJANGO_MEANINGS, o as manage, r as djangoApplied, s as stateBefore, t as django, u as TENANTS } from "./django.js";
// src/tool/program/tools/django-tenants.ts
const djangoTenants = {
	...django,
	name: "django-tenants",
	title: "django-tenants",
	engines: ["postgres"],
	perSchema: true,
	meanings: [{
		words: /Unknown command: 'migrate_schemas'/,
		code: "tool-not-configured",
		hint: "django_tenants is not among INSTALLED_APPS of these settings (migrate.settings); without tenants the tool is django"
	}, ...DJANGO_MEANINGS],
	files: djangoFiles,
	applied: djangoApplied,
	seen: async (asking, files) => {
		const there = await djangoSeen(asking, files);
		return asking.place.schema === null ? there : (await djangoApplied(asking, files)).ids;
	},
	apply: ({ id }, _files, place) => manage(place, "migrate_schemas", `--schema=${place.schema ?? "public"}`, "--no-input", ...stateOf(id)),
	revert: (known, _files, place) => manage(place, "migrate_schemas", `--schema=${place.schema ?? "public"}`, "--no-input", ...stateBefore(known)),
	tenants: tenantsOfModels
};
async function tenantsOfModels({ place, ask }) {
	const answer = await ask(manage(place, "shell", "-c", TENANTS));
	const read = readTenants(answer.stdout);
	if (read === null) {
		const plain = {
			redact: (text) => text,
			directory: place.directory
		};
		throw programFailure("tool-answer-unknown", "asking Django for its tenants: no answer is in what it said", plain, { migration: null }, answer);
	}
	const quoted = (name) => `"${name.replaceAll("\"", "\"\"")}"`;
	return {
		shared: read.shared,
		sql: `select schema_name from ${quoted(read.shared)}.${quoted(read.table)} order by schema_name`
	};
}
export { djangoTenants };
