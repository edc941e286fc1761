"""Where the database of an instance is, as every program of the application finds it."""

import pathlib
import sqlite3
import sys

ROOT = pathlib.Path(__file__).resolve().parent


def database_of(instance):
    return ROOT / "instances" / instance / "database" / f"lending_app_{instance}.db"


def connect(instance):
    path = database_of(instance)
    if not path.exists():
        sys.exit(f"There is no instance {instance}: {path} does not exist")
    return sqlite3.connect(path, timeout=1, isolation_level=None)


def tables_of(db):
    return {name for (name,) in db.execute("select name from sqlite_schema where type = 'table'")}


def columns_of(db, table):
    return {name for (_, name, *_) in db.execute(f"pragma table_info({table})")}
