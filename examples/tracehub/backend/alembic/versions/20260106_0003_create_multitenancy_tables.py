"""Organisations, and who belongs to them."""

from alembic import op

revision = "003"
down_revision = "002"


def upgrade() -> None:
    op.execute(
        """
        create table organizations (
            id serial primary key, name text not null unique, slug text not null unique, type text not null,
            created_at timestamptz not null default now());
        create table organization_memberships (
            organization_id integer not null references organizations (id), user_id integer not null references users (id),
            role text not null, primary key (organization_id, user_id));
        """
    )


def downgrade() -> None:
    op.drop_table("organization_memberships")
    op.drop_table("organizations")
