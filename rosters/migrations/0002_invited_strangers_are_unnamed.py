from django.db import migrations


def leave_unnamed(apps, _schema_editor):
    """Whom a list invited though their account was their own, and who has not accepted yet."""
    enrolment = apps.get_model("courses", "Enrolment")
    strangers = apps.get_model("rosters", "RosterPerson").objects.filter(is_stranger=True)
    enrolment.objects.filter(state="invited", user__in=strangers.values("user")).update(
        is_named=False
    )


class Migration(migrations.Migration):
    dependencies = [("rosters", "0001_imports"), ("courses", "0010_named_enrolments")]

    operations = [migrations.RunPython(leave_unnamed, migrations.RunPython.noop)]
