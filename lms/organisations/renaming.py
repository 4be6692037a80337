"""A public body's new name: a record of its own, above the one it succeeds."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from lms.core.errors import Refused
from lms.organisations.models import Kind, Membership, Organisation


def _free_slug(name: str, on: date) -> str:
    slug = slugify(name)[:90]
    if Organisation.objects.filter(slug=slug).exists():
        slug = f"{slug}-{on.year}"
    return slug


@transaction.atomic
def rename_organisation(organisation: Organisation, name: str, *, on: date, by) -> Organisation:
    """Let `organisation` end on the day `on` and a successor called `name` begin; return the successor.

    What was below it and who works there goes to the successor. Enrolments and certificates stay with the old
    record and name, which moves below the successor, so that its staff go on seeing them.
    """
    held = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if held.successor_id or held.kind in {Kind.CENTRE, Kind.COUNTRY}:
        raise Refused(
            _("This body cannot be renamed: it has a successor already, or is a country."),
            code="not_renamable",
        )
    values = {
        field: getattr(held, field) for field in ("kind", "country_code", "code", "time_zone")
    }
    successor = held.add_sibling(
        "right", name=name, slug=_free_slug(name, on), valid_from=on, **values
    )
    for child in Organisation.objects.get(pk=held.pk).get_children():
        child.move(Organisation.objects.get(pk=successor.pk), "last-child")
    Organisation.objects.get(pk=held.pk).move(
        Organisation.objects.get(pk=successor.pk), "last-child"
    )
    old = Organisation.objects.get(pk=held.pk)
    old.valid_until, old.successor = on, successor
    old.save()
    now = timezone.now()
    for membership in old.memberships.current():
        Membership.objects.create(
            user_id=membership.user_id,
            organisation_id=successor.pk,
            role=membership.role,
            from_at=now,
            unit=membership.unit,
            grade_scheme=membership.grade_scheme,
            grade=membership.grade,
        )
        membership.until_at = now
        membership.save(update_fields=["until_at"])
    log(old, "organisations.renamed", user=by, data={"successor": successor.pk})
    return Organisation.objects.get(pk=successor.pk)
