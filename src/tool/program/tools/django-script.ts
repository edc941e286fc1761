/** What `manage.py shell` is told to run: Django's own loader tells more, and more surely, than any of its commands prints. It changes nothing. */

/** Begins the one line that is ours, whatever else the project prints. */
const MARK = "belay-django ";

/** Reads no database: which migrations there are, in the order of their application. */
export const FILES = `
def belay():
    import json, sys
    from django.db.migrations.executor import MigrationExecutor
    executor = MigrationExecutor(None)
    loader = executor.loader
    def known(migration):
        key = (migration.app_label, migration.name)
        return {
            "id": ".".join(key),
            "file": sys.modules[type(migration).__module__].__file__,
            "reversible": all(operation.reversible for operation in migration.operations),
            "after": [".".join(parent.key) for parent in loader.graph.node_map[key].parents],
            "replaces": [".".join(each) for each in migration.replaces],
        }
    plan = executor.migration_plan(loader.graph.leaf_nodes(), clean_start=True)
    print("\\n${MARK}" + json.dumps({
        "known": [known(migration) for migration, _ in plan],
        "disk": [".".join(key) for key in loader.disk_migrations],
        "conflicts": {app: sorted(names) for app, names in loader.detect_conflicts().items()},
    }))
belay()
`;

/** Names a database of a server's, from whatever address it is reached. */
export const DATABASE_ON_SERVER = `select d.oid::text || '/' || floor(extract(epoch from pg_postmaster_start_time()) * 1000)::bigint::text
  from pg_catalog.pg_database d where d.datname = current_database()`;

/** Which database Django reaches by one of its names for it, and what it takes for applied there. */
export function seenScript(alias: string): string {
  return `
def belay():
    import json, os
    from django.db import connections
    from django.db.migrations.recorder import MigrationRecorder
    connection = connections[${JSON.stringify(alias)}]
    seen = {"applied": [".".join(key) for key in MigrationRecorder(connection).applied_migrations()]}
    if connection.vendor == "sqlite":
        seen["path"] = os.path.realpath(str(connection.settings_dict["NAME"]))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("""${DATABASE_ON_SERVER}""")
            seen["server"] = cursor.fetchone()[0]
    print("\\n${MARK}" + json.dumps(seen))
belay()
`;
}

/** What django-tenants' settings say: the table of its tenants, and which schema is shared. */
export const TENANTS = `
def belay():
    import json
    from django.apps import apps
    from django.conf import settings
    model = apps.get_model(settings.TENANT_MODEL)
    print("\\n${MARK}" + json.dumps({
        "table": model._meta.db_table,
        "shared": getattr(settings, "PUBLIC_SCHEMA_NAME", "public"),
    }))
belay()
`;

/** The value of the last line that is ours; undefined where there is none, or it is no JSON. */
export function answerIn(printed: string): unknown {
  const line = printed.split("\n").findLast((each) => each.startsWith(MARK));
  if (line === undefined) return undefined;
  try {
    return JSON.parse(line.slice(MARK.length)) as unknown;
  } catch {
    return undefined;
  }
}
