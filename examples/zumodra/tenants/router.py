from django.conf import settings
from django.db import connections

from tenants.schema import current_schema


class TenantRouter:
    """Tables of shared applications are in the public schema, those of the others in every tenant's."""

    def allow_migrate(self, db, app_label, **hints):
        shared = current_schema(connections[db]) == settings.PUBLIC_SCHEMA_NAME
        return app_label in (settings.SHARED_APPS if shared else settings.TENANT_APPS)
