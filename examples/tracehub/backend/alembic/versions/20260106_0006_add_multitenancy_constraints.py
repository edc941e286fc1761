"""No row without its organisation, and indexes for whoever asks for one organisation's."""

from alembic import op

revision = "006"
down_revision = "005"

OWNED = ("users", "shipments", "documents", "notifications", "products", "containers", "container_events", "parties")

# With the primary key of organization_memberships, 25 indexes that begin with the organisation.
INDEXES = (
    *((table, "organization_id") for table in OWNED),
    *((table, "organization_id, created_at") for table in OWNED),
    ("users", "organization_id, email"),
    ("shipments", "organization_id, status"),
    ("shipments", "organization_id, reference"),
    ("documents", "organization_id, kind"),
    ("documents", "organization_id, status"),
    ("notifications", "organization_id, user_id"),
    ("container_events", "organization_id, what"),
    ("parties", "organization_id, country"),
)


def name_of(table: str, columns: str) -> str:
    return f"ix_{table}_{columns.replace(', ', '_')}"


def upgrade() -> None:
    for table in OWNED:
        op.create_foreign_key(f"fk_{table}_organization", table, "organizations", ["organization_id"], ["id"])
        op.alter_column(table, "organization_id", nullable=False)
    for table, columns in INDEXES:
        op.create_index(name_of(table, columns), table, columns.split(", "))


def downgrade() -> None:
    for table, columns in reversed(INDEXES):
        op.drop_index(name_of(table, columns), table_name=table)
    for table in reversed(OWNED):
        op.alter_column(table, "organization_id", nullable=True)
        op.drop_constraint(f"fk_{table}_organization", table, type_="foreignkey")
