import os
from urllib.parse import unquote, urlsplit

url = urlsplit(os.environ["DATABASE_URL"])

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": url.hostname or "",
        "PORT": url.port or "",
        "NAME": unquote(url.path[1:]),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
    }
}
DATABASE_ROUTERS = ["tenants.router.TenantRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True

PUBLIC_SCHEMA_NAME = "public"
TENANT_MODEL = "tenants.Tenant"
SHARED_APPS = ["tenants"]
TENANT_APPS = ["crm", "finance"]
INSTALLED_APPS = SHARED_APPS + TENANT_APPS
