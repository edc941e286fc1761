"""Lets a payment be split between two loans. Without --apply it says what it would do.

python3 migrate_loan_splitting.py --instance INSTANCE [--apply]
"""

import argparse
import sqlite3
import sys

from instance import columns_of, connect, tables_of

COLUMNS = {"split_loan_id": "integer", "original_principal_amount": "numeric"}
LOAN_SPLIT = "id integer primary key, payment_id integer not null references payment (id), loan_id integer not null references loan (id), cents integer not null"


def main(instance, apply):
    db = connect(instance)
    there = columns_of(db, "payment")
    missing = [name for name in COLUMNS if name not in there]
    splits = "loan_split" in tables_of(db)
    for name in COLUMNS:
        print(f"payment.{name}: " + ("Would add column" if name in missing else "column already exists"))
    print("loan_split: " + ("table already exists" if splits else "Would create table"))
    if not apply:
        return
    with db:
        db.execute("begin immediate")
        for name in missing:
            db.execute(f"alter table payment add column {name} {COLUMNS[name]}")
        db.execute(f"create table if not exists loan_split ({LOAN_SPLIT})")
    print("Loan splitting migration applied")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--instance", required=True)
    parser.add_argument("--apply", action="store_true")
    given = parser.parse_args()
    try:
        main(given.instance, given.apply)
    except sqlite3.Error as error:
        sys.exit(f"Migration failed: {error}")
