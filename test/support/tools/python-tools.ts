/** How Alembic, Flask-Migrate and Django lie in a project, for the cases that every tool is put through. */

import { ALEMBIC_INI } from "./alembic-project.ts";
import { flaskShop, layOutDjango, layOutFlask } from "./python-layout.ts";
import type { PythonProject, PythonTool } from "./python-site.ts";

const indented = (lines: readonly string[]) => lines.map((line) => `    ${line}\n`).join("");

const REVISION_IDS = (index: number) => `00${index}`;

function writeRevision(project: PythonProject, { index, name, body }: Parameters<PythonTool["write"]>[1]): string {
  const id = REVISION_IDS(index);
  const lines = ["execute = op.execute", `execute("create table ${name} (a integer)")`, ...body];
  project.write(
    `migrations/versions/${id}_${name}.py`,
    `"""${name}"""\n\nfrom alembic import op\n\nrevision = "${id}"\ndown_revision = ${index === 1 ? "None" : `"${REVISION_IDS(index - 1)}"`}\n\n
def upgrade():\n${indented(lines)}\n\ndef downgrade():\n    op.drop_table("${name}")\n`,
  );
  return id;
}

export const ALEMBIC: PythonTool = {
  migrate: { tool: "alembic" },
  ownTables: /^alembic_version$/,
  layOut: (project, address) => {
    project.write("alembic.ini", ALEMBIC_INI);
    project.write(
      "migrations/env.py",
      `import os\n\nfrom alembic import context\nfrom sqlalchemy import create_engine\n
with create_engine("sqlite:///" + ${address}).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()\n`,
    );
    project.write("migrations/versions/.keep", "");
  },
  write: writeRevision,
};

export const FLASK: PythonTool = {
  migrate: { tool: "flask", app: "shop" },
  ownTables: /^alembic_version$/,
  layOut: (project, address) => layOutFlask(project, flaskShop(`"sqlite:///" + ${address}`)),
  write: writeRevision,
};

export const DJANGO: PythonTool = {
  migrate: { tool: "django" },
  ownTables: /^django_/,
  layOut: (project, address) =>
    layOutDjango(
      project,
      `import os\n\nSECRET_KEY = "for tests"\nINSTALLED_APPS = ["shop"]\nDEFAULT_AUTO_FIELD = "django.db.models.AutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ${address}}}\n`,
    ),
  write: (project, { index, name, body }) => {
    const id = (at: number) => `000${at}_step`;
    const lines = ["execute = editor.execute", ...body];
    const code = body.length === 0 ? "" : `\n\ndef more(apps, editor):\n${indented(lines)}\n`;
    const more = body.length === 0 ? "" : "\n        migrations.RunPython(more, migrations.RunPython.noop),";
    project.write(
      `shop/migrations/${id(index)}.py`,
      `from django.db import migrations\n${code}\n
class Migration(migrations.Migration):
    atomic = False
    dependencies = [${index === 1 ? "" : `("shop", "${id(index - 1)}")`}]
    operations = [
        migrations.RunSQL("create table ${name} (a integer)", "drop table ${name}"),${more}
    ]\n`,
    );
    return `shop.${id(index)}`;
  },
};
