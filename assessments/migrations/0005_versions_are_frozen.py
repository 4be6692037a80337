"""The database itself refuses to change a version of a question, or its key."""

from django.db import migrations

TABLES = ["assessments_itemversion", "assessments_itemkey"]


def freeze(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for table in TABLES:
            if schema_editor.connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS "
                    f"$$ BEGIN RAISE EXCEPTION '{table} is frozen' USING ERRCODE = 'integrity_constraint_violation'; END $$"
                )
                cursor.execute(
                    f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} "
                    f"FOR EACH ROW EXECUTE FUNCTION {table}_frozen()"
                )
            else:
                cursor.execute(
                    f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is frozen'); END"
                )


def thaw(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for table in TABLES:
            if schema_editor.connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER {table}_frozen ON {table}")
                cursor.execute(f"DROP FUNCTION {table}_frozen()")
            else:
                cursor.execute(f"DROP TRIGGER {table}_frozen")


class Migration(migrations.Migration):
    dependencies = [("assessments", "0004_banks_and_ledger")]

    operations = [migrations.RunPython(freeze, thaw)]
