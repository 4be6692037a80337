"""On PostgreSQL a search in names uses trigrams; SQLite reads the column through."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

INDEX = """
CREATE INDEX user_name_words ON accounts_user USING gin (UPPER(full_name::text) gin_trgm_ops)
"""


def make_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(INDEX)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX user_name_words")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_people_by_name"),
    ]

    operations = [
        TrigramExtension(),
        migrations.RunPython(make_index, drop_index),
    ]
