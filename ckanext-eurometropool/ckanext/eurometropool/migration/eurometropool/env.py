"""How Alembic reaches the database for this plugin's migrations; the plugin's version has a table of its own."""

from alembic import context
from ckan.model.meta import metadata
from sqlalchemy import engine_from_config, pool

config = context.config
engine = engine_from_config(
    config.get_section(config.config_ini_section, {}), prefix="sqlalchemy.", poolclass=pool.NullPool
)

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table="eurometropool_alembic_version",
        include_object=lambda _object, name, kind, _reflected, _other: (
            kind != "table" or str(name).startswith("eurometropool_")
        ),
    )
    with context.begin_transaction():
        context.run_migrations()
