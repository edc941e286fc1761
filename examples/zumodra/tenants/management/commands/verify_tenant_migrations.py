"""Says which tenants lack migrations; with --fix it applies them. Unguarded: what Belay's gate does with a backup behind it."""

from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tenants.schema import schema_context, tenant_schemas


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("--tenant")
        parser.add_argument("--fix", action="store_true")

    def handle(self, *, tenant, fix, **options):
        behind = []
        for schema in [tenant] if tenant else tenant_schemas():
            if fix:
                call_command("migrate_schemas", schema=schema, stdout=self.stdout)
            missing = self.missing(schema)
            self.stdout.write(f"{schema}: {', '.join(missing) or 'up to date'}")
            if missing:
                behind.append(schema)
        if behind:
            raise CommandError(f"behind: {', '.join(behind)}")

    def missing(self, schema):
        with schema_context(schema):
            executor = MigrationExecutor(connection)
            plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
            return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
