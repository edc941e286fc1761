/** A project of Alembic's as its makers begin one, for SQLite and PostgreSQL: `env.py` reads the URL from a variable. */

export const ALEMBIC_INI = `[alembic]
script_location = migrations
prepend_sys_path = .
`;

export const ALEMBIC_ENV = `import os

from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
`;

/** Statements of SQL up and down; without a way down `downgrade()` is empty, as Alembic's own template leaves it. */
export function revision(id: string, parent: string | null, up: readonly string[], down: readonly string[] = []): string {
  const body = (statements: readonly string[]) =>
    statements.length === 0 ? "    pass\n" : statements.map((sql) => `    op.execute(${JSON.stringify(sql)})\n`).join("");
  return `"""${id}"""

from alembic import op

revision = "${id}"
down_revision = ${parent === null ? "None" : `"${parent}"`}


def upgrade() -> None:
${body(up)}

def downgrade() -> None:
${body(down)}`;
}
