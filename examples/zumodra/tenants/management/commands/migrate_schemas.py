"""The command of django-tenants, as far as this project needs it."""

from django.conf import settings
from django.core.management import BaseCommand, call_command

from tenants.schema import schema_context, tenant_schemas


class Command(BaseCommand):
    help = "Migrates the public schema, all tenants, or one schema."

    def add_arguments(self, parser):
        parser.add_argument("app_label", nargs="?")
        parser.add_argument("migration_name", nargs="?")
        parser.add_argument("-s", "--schema")
        parser.add_argument("--shared", action="store_true")
        parser.add_argument("--tenant", action="store_true")
        parser.add_argument("--noinput", "--no-input", action="store_false", dest="interactive")

    def handle(self, *, app_label, migration_name, schema, shared, tenant, **options):
        everything = not (schema or shared or tenant)
        schemas = [schema] if schema else []
        if shared or everything:
            schemas.append(settings.PUBLIC_SCHEMA_NAME)
        for each in schemas:
            self.migrate(each, app_label, migration_name)
        if tenant or everything:
            for each in tenant_schemas():
                self.migrate(each, app_label, migration_name)

    def migrate(self, schema, app_label, migration_name):
        self.stdout.write(f"=== {schema}")
        target = [part for part in (app_label, migration_name) if part is not None]
        with schema_context(schema):
            call_command("migrate", *target, interactive=False, stdout=self.stdout, stderr=self.stderr)
