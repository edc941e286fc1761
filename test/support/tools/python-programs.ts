/** Flask-Migrate and Django on PostgreSQL, for the cases that every tool is put through. On SQLite: `python-tools.ts`. */

import { revision } from "./alembic-project.ts";
import { flaskShop, layOutDjango, layOutFlask } from "./python-layout.ts";
import type { ToolProduction, ToolProject } from "./tool-project.ts";

/** The system's Python has the tools' packages, whatever Python is first on the PATH of whoever runs the tests. */
function systemPrograms(project: ToolProduction): void {
  project.write("programs/python", '#!/bin/sh\nexec /usr/bin/python3 "$@"\n');
  project.write("programs/flask", '#!/bin/sh\nexec /usr/bin/flask "$@"\n');
}

const FROM_VARIABLE = 'os.environ["DATABASE_URL"]';

export const FLASK_ON_POSTGRES: ToolProject = {
  tool: "flask",
  options: { app: "shop" },
  reverts: true,
  packages: [],
  layOut: (project) => {
    systemPrograms(project);
    layOutFlask(project, flaskShop(FROM_VARIABLE));
  },
  lead: (project, address) => project.write("shop.py", flaskShop(JSON.stringify(address.replace(/^postgres:/, "postgresql:")))), // as SQLAlchemy wants it
  write: (project, { index, name, statements }) => {
    const id = `00${index}`;
    const content = revision(id, index === 1 ? null : `00${index - 1}`, statements, [`drop table ${name}`]);
    project.write(`migrations/versions/${id}_${name}.py`, content);
    return id;
  },
};

const SETTINGS = (address: string) => `import os
from urllib.parse import unquote, urlsplit

url = urlsplit(${address})
SECRET_KEY = "for tests"
INSTALLED_APPS = ["shop"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path[1:]),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": url.port or "",
    }
}
`;

export const DJANGO_ON_POSTGRES: ToolProject = {
  tool: "django",
  reverts: true,
  packages: [],
  layOut: (project) => {
    systemPrograms(project);
    layOutDjango(project, SETTINGS(FROM_VARIABLE));
  },
  lead: (project, address) => project.write("site_settings.py", SETTINGS(JSON.stringify(address))),
  write: (project, { index, name, statements }) => {
    const id = (at: number) => `000${at}_step`;
    const back = (at: number) => (at === 0 ? JSON.stringify(`drop table ${name}`) : "migrations.RunSQL.noop");
    const operations = statements.map((sql, at) => `        migrations.RunSQL(${JSON.stringify(sql)}, ${back(at)}),\n`).join("");
    project.write(
      `shop/migrations/${id(index)}.py`,
      `from django.db import migrations\n\n
class Migration(migrations.Migration):
    dependencies = [${index === 1 ? "" : `("shop", "${id(index - 1)}")`}]
    operations = [\n${operations}    ]\n`,
    );
    return `shop.${id(index)}`;
  },
};
