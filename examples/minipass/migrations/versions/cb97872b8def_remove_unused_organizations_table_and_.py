"""The organisation becomes two settings, and its table goes."""

import sqlalchemy as sa
from alembic import op

revision = "cb97872b8def"
down_revision = "3d1f0c5b7a90"

DEFAULT_NAME = "Fondation LHGI"
DEFAULT_ADDRESS = "821 rue des Sables, Rimouski, QC G5L 6Y7"


def upgrade():
    connection = op.get_bind()
    if setting(connection, "ORG_NAME"):
        print("ORG_NAME is there already")
    else:
        move_organization(connection)
    for view in ("monthly_summary", "activity_results"):
        op.execute(f"drop view {view}")
    for table in ("user", "activity"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("organization_id")
    op.execute("drop table organizations")
    op.execute(
        """create view monthly_summary as select substr(sold_on, 1, 7) as month, sum(paid) as income from passport group by 1"""
    )
    op.execute(
        """create view activity_results as select a.id, a.name, sum(p.paid) as income
            from activity a left join passport p on p.activity_id = a.id group by a.id"""
    )


def setting(connection, key):
    return connection.execute(sa.text("select value from setting where key = :key"), {"key": key}).scalar()


def put(connection, key, value):
    connection.execute(
        sa.text("insert into setting (key, value) values (:key, :value) on conflict (key) do update set value = excluded.value"),
        {"key": key, "value": value},
    )


def move_organization(connection):
    found = connection.execute(sa.text("select name, mail_username from organizations order by id limit 1")).first()
    if found is None:
        print("no organisation: the defaults")
        put(connection, "ORG_NAME", DEFAULT_NAME)
        put(connection, "ORG_ADDRESS", DEFAULT_ADDRESS)
        return
    put(connection, "ORG_NAME", found.name)
    if found.mail_username and not setting(connection, "MAIL_USERNAME"):
        put(connection, "MAIL_USERNAME", found.mail_username)


def downgrade():
    raise NotImplementedError("go back by the backup")
