"""Adds the tables of the cashback programme. Safe to run again: what is there stays as it is.

python3 migrate_cashback_tables.py INSTANCE [--dry-run]
"""

import sqlite3
import sys

from instance import connect, tables_of

TABLES = {
    "cashback_transaction": "id integer primary key, user_id integer not null references users (id), cents integer not null, at text not null",
    "loan_cashback_config": "loan_id integer primary key references loan (id), percent numeric not null",
    "tracker_entry": "id integer primary key, user_id integer not null references users (id), note text",
    "tracker_cashback_config": "tracker_id integer primary key references tracker_entry (id), cents integer not null",
    "user_payment_method": "id integer primary key, user_id integer not null references users (id), kind text not null",
    "cashback_redemption": "id integer primary key, user_id integer not null references users (id), cents integer not null",
}


def main(instance, dry_run):
    db = connect(instance)
    there = tables_of(db)
    for name in TABLES:
        if name in there:
            print(f"  table already exists: {name}")
        elif dry_run:
            print(f"  Would create table: {name}")
    if not dry_run:
        with db:
            db.execute("begin immediate")
            for name, columns in TABLES.items():
                db.execute(f"create table if not exists {name} ({columns})")
                if name not in there:
                    print(f"  {name} table created successfully")
    print(f"Tables that already exist: {len(there & TABLES.keys())}")


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--dry-run"]
    if len(words) != 1:
        sys.exit(__doc__)
    try:
        main(words[0], "--dry-run" in sys.argv)
    except sqlite3.Error as error:
        sys.exit(f"Migration failed: {error}")
