"""Makes or removes a tenant: its row and its schema, without its tables."""

from django.core.management import BaseCommand
from django.db import connection, transaction


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("what", choices=["create", "remove"])
        parser.add_argument("schema")

    @transaction.atomic
    def handle(self, *, what, schema, **options):
        name = connection.ops.quote_name(schema)
        with connection.cursor() as cursor:
            if what == "create":
                cursor.execute(f"create schema {name}")
                cursor.execute("insert into public.tenants_tenant (schema_name, name) values (%s, %s)", [schema, schema.title()])
            else:
                cursor.execute(f"drop schema if exists {name} cascade")
                cursor.execute("delete from public.tenants_tenant where schema_name = %s", [schema])
