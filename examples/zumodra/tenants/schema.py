"""Which schema a connection works in."""

from contextlib import contextmanager

from django.conf import settings
from django.db import connection


def current_schema(one):
    return getattr(one, "tenant_schema", settings.PUBLIC_SCHEMA_NAME)


@contextmanager
def schema_context(schema):
    """That schema alone: a migration must not find another one's record of migrations."""
    before = current_schema(connection)
    try:
        enter(schema)
        yield
    finally:
        enter(before)


def enter(schema):
    connection.tenant_schema = schema
    with connection.cursor() as cursor:
        cursor.execute("select set_config('search_path', quote_ident(%s), false)", [schema])


def tenant_schemas():
    with connection.cursor() as cursor:
        cursor.execute("select schema_name from public.tenants_tenant order by schema_name")
        return [schema for (schema,) in cursor.fetchall()]
