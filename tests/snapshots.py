"""What a fixture wrote, kept as rows: making it again takes hundredths of a second instead of half a one."""

import copy

from django.apps import apps
from django.db import connection


def _tables():
    """{table: name of its primary key's column} of every model, those of many-to-many relations too.

    The index of a full-text search is left out: triggers of the database keep it.
    """
    models = apps.get_models(include_auto_created=True)
    return {
        model._meta.db_table: model._meta.pk.column
        for model in models
        if model._meta.managed and model._meta.pk.column != "rowid"
    }


def _rows(table, key):
    """{primary key: the row as SQL takes it back}."""
    quoted = connection.ops.quote_name(table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT t.{key}, to_jsonb(t)::text FROM {quoted} t")
            return dict(cursor.fetchall())
        cursor.execute(f"SELECT * FROM {quoted} LIMIT 0")
        columns = " || ',' || ".join(f'quote("{column[0]}")' for column in cursor.description)
        cursor.execute(f"SELECT {key}, {columns} FROM {quoted}")
        return dict(cursor.fetchall())


class Snapshot:
    """The rows that making something inserted or changed, and the thing itself."""

    def __init__(self, make):
        before = {table: _rows(table, key) for table, key in _tables().items()}
        self.made = make()
        self.vendor = connection.vendor
        self.changed, self.inserted = {}, {}
        for table, key in _tables().items():
            rows = _rows(table, key)
            new = {pk: row for pk, row in rows.items() if before[table].get(pk) != row}
            if new:
                self.inserted[table] = list(new.values())
                self.changed[table] = [pk for pk in new if pk in before[table]]
        self.kept = copy.deepcopy(self.made)

    def restore(self):
        """Write the rows into an empty transaction and return a copy of the thing. Keys between tables hold at its end."""
        tables = _tables()
        with connection.cursor() as cursor:
            for table, rows in self.inserted.items():
                quoted = connection.ops.quote_name(table)
                for pk in self.changed[table]:
                    cursor.execute(f"DELETE FROM {quoted} WHERE {tables[table]} = %s", [pk])
                if self.vendor == "postgresql":
                    cursor.execute(
                        f"INSERT INTO {quoted} OVERRIDING SYSTEM VALUE "
                        f"SELECT * FROM jsonb_populate_recordset(NULL::{quoted}, %s::jsonb)",
                        [f"[{','.join(rows)}]"],
                    )
                else:
                    values = ",".join(f"({row})" for row in rows)
                    cursor.cursor.connection.execute(f"INSERT INTO {quoted} VALUES {values}")
        return copy.deepcopy(self.kept)
