"""A column for the organisation wherever something belongs to one; still without content."""

import sqlalchemy as sa
from alembic import op

revision = "004"
down_revision = "003"

OWNED = ("users", "shipments", "documents", "notifications", "products", "containers", "container_events", "parties")


def upgrade() -> None:
    for table in OWNED:
        op.add_column(table, sa.Column("organization_id", sa.Integer()))


def downgrade() -> None:
    for table in reversed(OWNED):
        op.drop_column(table, "organization_id")
