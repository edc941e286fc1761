"""Connects as the application does."""

from alembic import context
from flask import current_app

engine = current_app.extensions["migrate"].db.get_engine()

with engine.connect() as connection:
    context.configure(connection=connection, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
