from django.db import migrations

MODELS = {"item": "question", "itembank": "question bank", "stimulus": "shared text"}


def allow(apps, schema_editor):
    """Editors write questions; moderators publish them and keep the banks."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    Group = apps.get_model("auth", "Group")

    def permissions(model, verbs):
        content_type, _ = ContentType.objects.get_or_create(app_label="assessments", model=model)
        return [
            Permission.objects.get_or_create(
                content_type=content_type,
                codename=f"{verb}_{model}",
                defaults={"name": f"Can {verb} {MODELS[model]}"},
            )[0]
            for verb in verbs
        ]

    for group in Group.objects.filter(name="Editors"):
        group.permissions.add(*permissions("item", ["add", "change", "view"]))
        group.permissions.add(*permissions("stimulus", ["add", "change", "view"]))
        group.permissions.add(*permissions("itembank", ["view"]))
    for group in Group.objects.filter(name="Moderators"):
        group.permissions.add(
            *permissions("item", ["add", "change", "view", "publish", "lock", "unlock", "delete"])
        )
        group.permissions.add(*permissions("stimulus", ["add", "change", "view", "delete"]))
        group.permissions.add(*permissions("itembank", ["add", "change", "view"]))


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0005_versions_are_frozen"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailcore", "0002_initial_data"),
    ]

    operations = [migrations.RunPython(allow, migrations.RunPython.noop)]
