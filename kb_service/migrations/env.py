"""Alembic's entry: migrations run on the connection that `kb_service.database.migrate` hands over."""

from alembic import context

from ingest.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
