"""Events of containers, and notifications."""

from alembic import op

revision = "002"
down_revision = "001"


def upgrade() -> None:
    op.execute(
        """
        create table container_events (
            id bigserial primary key, container_id integer not null references containers (id) on delete cascade,
            what text not null, place text, created_at timestamptz not null default now());
        create table notifications (
            id bigserial primary key, user_id integer not null references users (id) on delete cascade,
            message text not null, read_at timestamptz, created_at timestamptz not null default now());
        """
    )


def downgrade() -> None:
    op.drop_table("notifications")
    op.drop_table("container_events")
