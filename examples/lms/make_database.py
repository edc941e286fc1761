"""Writes the database of an instance: the same rows every time, as many as a lender of some years has.

python3 make_database.py INSTANCE [LOANS]
"""

import random
import sqlite3
import sys

from instance import database_of

SCHEMA = """
pragma journal_mode = wal;
create table users (id integer primary key, email text not null unique, name text not null);
create table loan (id integer primary key, user_id integer not null references users (id), principal_cents integer not null, opened text not null);
create table payment (id integer primary key, loan_id integer not null references loan (id), principal_amount numeric not null, paid text not null);
create index payment_by_loan on payment (loan_id);
"""


def main(instance, loans):
    chance = random.Random(20261121)
    path = database_of(instance)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.executescript(SCHEMA)
    users = max(1, loans * 5 // 6)
    day = lambda: f"{chance.randint(2019, 2025)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    with db:
        db.executemany("insert into users values (?, ?, ?)", ((n, f"borrower{n}@example.org", f"Borrower {n}") for n in range(1, users + 1)))
        db.executemany(
            "insert into loan values (?, ?, ?, ?)",
            ((n, chance.randint(1, users), chance.randint(500, 50_000) * 100, day()) for n in range(1, loans + 1)),
        )
        db.executemany(
            "insert into payment values (?, ?, ?, ?)",
            ((n, chance.randint(1, loans), chance.randint(1_000, 900_000) / 100, day()) for n in range(1, 4 * loans + 1)),
        )
    print(f"{path}: {users} users, {loans} loans, {4 * loans} payments")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 12_000)
