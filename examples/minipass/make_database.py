"""Three customers, before the migration: python3 make_database.py [USERS]. One has an organisation, one ORG_NAME already, one neither."""

import os
import pathlib
import sqlite3
import subprocess
import sys

users = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000

CUSTOMERS = {
    "aurore": ["insert into organizations (name, mail_username) values ('Club Aurore', 'aurore@example.org')"],
    "belvedere": [
        "insert into organizations (name, mail_username) values ('An old name', 'old@example.org')",
        "insert into setting (key, value) values ('ORG_NAME', 'Le Belvédère'), ('MAIL_USERNAME', 'belvedere@example.org')",
    ],
    "cascade": [],
}

ROWS = """
insert into setting (key, value) values ('CURRENCY', 'CAD');
insert into user (email, name, organization_id)
  with recursive n(i) as (select 1 union all select i + 1 from n where i < {users})
  select 'user' || i || '@example.org', 'User ' || i, (select min(id) from organizations) from n;
insert into activity (name, starts_on, organization_id)
  select 'Activity ' || id, date('2024-01-01', id || ' days'), organization_id from user where id <= 200;
insert into passport (user_id, activity_id, paid, sold_on)
  select id, 1 + id % (select count(*) from activity), 10 + id % 40, date('2024-01-01', (id % 600) || ' days') from user;
insert into passport (user_id, activity_id, paid, sold_on) select user_id, activity_id, 5, sold_on from passport;
insert into expense (activity_id, amount, spent_on) select id, id * 3, starts_on from activity;
"""

for name, own in CUSTOMERS.items():
    path = pathlib.Path("customers", name, "instance", "minipass.db")
    path.parent.mkdir(parents=True)
    sqlite3.connect(path).close()
    told = {**os.environ, "BELAY_DATABASE_PATH": str(path), "SECRET_KEY": "for the example"}
    subprocess.run(["flask", "--app", "minipass", "db", "upgrade", "3d1f0c5b7a90"], check=True, env=told)
    with sqlite3.connect(path) as db:
        for statement in own:
            db.execute(statement)
        db.executescript(ROWS.format(users=users))
    path.chmod(0o664)
