"""Everything that there is belongs to VIBOTAJ. The long one."""

from alembic import op
from sqlalchemy import text

revision = "005"
down_revision = "004"

OWNED = ("users", "shipments", "documents", "notifications", "products", "containers", "container_events", "parties")


def upgrade() -> None:
    connection = op.get_bind()
    organization = connection.execute(
        text("insert into organizations (name, slug, type) values ('VIBOTAJ', 'vibotaj', 'exporter') returning id")
    ).scalar_one()
    for table in OWNED:
        connection.execute(text(f"update {table} set organization_id = :id where organization_id is null"), {"id": organization})
    connection.execute(
        text("insert into organization_memberships select :id, id, role from users"), {"id": organization}
    )
    missing = {}
    for table in OWNED:
        count = connection.execute(text(f"select count(*) from {table} where organization_id is null")).scalar_one()
        if count:
            missing[table] = count
    if missing:
        raise RuntimeError("organization_id is NULL in " + ", ".join(f"{table}: {count} rows" for table, count in missing.items()))


def downgrade() -> None:
    for table in OWNED:
        op.execute(f"update {table} set organization_id = null")
    op.execute("delete from organization_memberships")
    op.execute("delete from organizations")
