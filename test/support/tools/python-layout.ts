/** Flask-Migrate's and Django's files in a project, whatever database they are for. */

interface Written {
  write(file: string, text: string): unknown;
}

/** `uri`: a Python expression. */
export const flaskShop = (uri: string) => `import os

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = ${uri}
Migrate(app, SQLAlchemy(app))
`;

/** As `flask db init` writes it, but for its logging: migrations of a team's own may well be silent. */
export function layOutFlask(project: Written, shop: string): void {
  project.write("shop.py", shop);
  project.write("migrations/alembic.ini", "[alembic]\n");
  project.write(
    "migrations/env.py",
    `from alembic import context\nfrom flask import current_app\n
engine = current_app.extensions["migrate"].db.get_engine()
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()\n`,
  );
  project.write("migrations/versions/.keep", "");
}

export function layOutDjango(project: Written, settings: string): void {
  project.write(
    "manage.py",
    `#!/usr/bin/env python3\nimport os\nimport sys\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")\n
from django.core.management import execute_from_command_line\n\nexecute_from_command_line(sys.argv)\n`,
  );
  project.write("site_settings.py", settings);
  project.write("shop/__init__.py", "");
  project.write("shop/migrations/__init__.py", "");
  project.write("migrations/.keep", "");
}
