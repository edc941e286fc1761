"""Organisations, users, activities and what they earn."""

from alembic import op

revision = "3d1f0c5b7a90"
down_revision = None

STATEMENTS = (
    "create table organizations (id integer primary key, name text not null, mail_username text)",
    "create table setting (id integer primary key, key text not null unique, value text)",
    """create table user (id integer primary key, email text not null unique, name text not null,
        organization_id integer references organizations (id))""",
    """create table activity (id integer primary key, name text not null, starts_on text not null,
        organization_id integer references organizations (id))""",
    """create table passport (id integer primary key, user_id integer not null references user (id),
        activity_id integer not null references activity (id), paid numeric(10, 2) not null, sold_on text not null)""",
    "create table expense (id integer primary key, activity_id integer not null references activity (id), amount numeric(10, 2), spent_on text)",
    "create index passport_by_activity on passport (activity_id)",
    """create view monthly_summary as select substr(p.sold_on, 1, 7) as month, a.organization_id, sum(p.paid) as income
        from passport p join activity a on a.id = p.activity_id group by 1, 2""",
    """create view activity_results as select a.id, a.name, a.organization_id, sum(p.paid) as income
        from activity a left join passport p on p.activity_id = a.id group by a.id""",
)


def upgrade():
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade():
    raise NotImplementedError("there is nothing before it")
