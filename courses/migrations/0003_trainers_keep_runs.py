from django.db import migrations


def allow(apps, schema_editor):
    """Moderators, who publish courses, open runs and move them."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    Group = apps.get_model("auth", "Group")
    content_type, _ = ContentType.objects.get_or_create(app_label="courses", model="courserun")
    permissions = [
        Permission.objects.get_or_create(
            content_type=content_type,
            codename=f"{verb}_courserun",
            defaults={"name": f"Can {verb} run"},
        )[0]
        for verb in ("add", "change", "view")
    ]
    for group in Group.objects.filter(name="Moderators"):
        group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0002_catalogue"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailcore", "0002_initial_data"),
    ]
    operations = [migrations.RunPython(allow, migrations.RunPython.noop)]
