from django.db import migrations


def allow(apps, schema_editor):
    """Moderators write the texts of messages."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    content_type, _ = ContentType.objects.get_or_create(
        app_label="messaging", model="messagetemplate"
    )
    permissions = [
        Permission.objects.get_or_create(
            content_type=content_type,
            codename=f"{verb}_messagetemplate",
            defaults={"name": f"Can {verb} message template"},
        )[0]
        for verb in ("add", "change", "view", "delete")
    ]
    for group in apps.get_model("auth", "Group").objects.filter(name="Moderators"):
        group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0001_messages"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailcore", "0002_initial_data"),
    ]

    operations = [migrations.RunPython(allow, migrations.RunPython.noop)]
