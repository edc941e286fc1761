"""Users, shipments and what belongs to them."""

from alembic import op

revision = "001"
down_revision = None

TABLES = """
create table users (
    id serial primary key, email text not null unique, name text not null, role text not null default 'member',
    created_at timestamptz not null default now());
create table parties (id serial primary key, name text not null, country text not null, created_at timestamptz not null default now());
create table shipments (
    id serial primary key, reference text not null unique, created_by integer not null references users (id),
    buyer_id integer references parties (id), status text not null, created_at timestamptz not null default now());
create table products (
    id serial primary key, shipment_id integer not null references shipments (id) on delete cascade, hs_code text not null,
    quantity numeric(12, 3) not null, created_at timestamptz not null default now());
create table containers (
    id serial primary key, shipment_id integer not null references shipments (id) on delete cascade, number text not null,
    created_at timestamptz not null default now());
create table documents (
    id serial primary key, shipment_id integer not null references shipments (id) on delete cascade, kind text not null,
    status text not null, file_name text, created_at timestamptz not null default now());
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    for table in ("documents", "containers", "products", "shipments", "parties", "users"):
        op.drop_table(table)
