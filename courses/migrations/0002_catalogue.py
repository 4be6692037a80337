from django.db import migrations


def plant_catalogue(apps, schema_editor):
    """Put the catalogue where Wagtail's welcome page was, as the site's root."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    CataloguePage = apps.get_model("courses", "CataloguePage")
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    Locale = apps.get_model("wagtailcore", "Locale")

    Site.objects.all().delete()
    Page.objects.filter(depth=2).delete()
    content_type, _ = ContentType.objects.get_or_create(app_label="courses", model="cataloguepage")
    catalogue = CataloguePage.objects.create(
        title="Umahiri",
        draft_title="Umahiri",
        slug="umahiri",
        content_type=content_type,
        path="00010001",
        depth=2,
        numchild=0,
        url_path="/umahiri/",
        locale=Locale.objects.get(language_code="en"),
        intro="",
    )
    Page.objects.filter(depth=1).update(numchild=1)
    Site.objects.create(
        hostname="localhost",
        port=80,
        root_page_id=catalogue.pk,
        is_default_site=True,
        site_name="Umahiri",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0001_initial"),
        ("wagtailcore", "0054_initial_locale"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(plant_catalogue, migrations.RunPython.noop)]
