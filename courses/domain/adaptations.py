"""Adapting a course for a partner, and following the original without losing what is the partner's own."""

from dataclasses import dataclass, field

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.log_actions import log
from wagtail.models import GroupPagePermission, Page, Revision

from courses.domain.editions import cut_edition
from courses.models import ActivityPage, Adaptation, AdaptedPage, CoursePage, SkippedUpdate
from lms.core.errors import Refused
from lms.organisations.models import Membership, Organisation, Role

TREE = {"id", "path", "depth", "numchild", "page_ptr", "activitypage_ptr"}
PAGE_FIELDS = {each.name for each in Page._meta.get_fields()}


def _content_fields(page: Page) -> list[str]:
    """What an author writes on a page of this kind, its title included."""
    own = [each.name for each in page._meta.concrete_fields if each.name not in PAGE_FIELDS | TREE]
    return ["title", *own]


def _is_locked(page: Page) -> bool:
    return isinstance(page, ActivityPage) and page.is_locked_for_partners


def _remember(adaptation: Adaptation, copy: Page, original: Page) -> AdaptedPage:
    return AdaptedPage.objects.update_or_create(
        page=copy,
        defaults={
            "adaptation": adaptation,
            "original": original,
            "original_revision_id": original.live_revision_id,
            "own_revision_id": copy.latest_revision_id,
        },
    )[0]


def _copy_page(page: Page, parent: Page, *, slug: str, by) -> Page:
    """A live copy of one page as it is published, below `parent`; locked where partners may not change it."""
    copy = page.copy(
        to=parent,
        recursive=False,
        update_attrs={"slug": slug, "locked": _is_locked(page)},
        copy_revisions=False,
        keep_live=True,
        user=by,
    )
    copy.save_revision(user=by).publish(user=by, skip_permission_checks=True)
    return type(page).objects.get(pk=copy.pk)


def _copy_below(adaptation: Adaptation, original: Page, parent: Page, *, by) -> None:
    for page in original.get_children().live().specific():
        copy = _copy_page(page, parent, slug=f"{page.slug}-{adaptation.organisation.slug}", by=by)
        _remember(adaptation, copy, page)
        _copy_below(adaptation, page, copy, by=by)


@transaction.atomic
def adapt_course(course: CoursePage, organisation: Organisation, *, by) -> Adaptation:
    """Copy the published `course` for `organisation`, whose trainers may edit all that is not locked.

    A second call returns the adaptation there is.
    """
    found = Adaptation.objects.filter(original=course, organisation=organisation).first()
    if found:
        return found
    if not course.live or Adaptation.objects.filter(course=course).exists():
        raise Refused(
            _("Only a published original can be adapted, not another adaptation."),
            code="not_adaptable",
        )
    copy = _copy_page(course, course.get_parent(), slug=f"{course.slug}-{organisation.slug}", by=by)
    adaptation = Adaptation.objects.create(
        organisation=organisation, original=course, course=copy, made_by=by
    )
    _remember(adaptation, copy, course)
    _copy_below(adaptation, course, copy, by=by)
    cut_edition(copy, by=by)
    _let_trainers_edit(organisation, copy)
    log(copy, "courses.adapted", user=by, data={"original": course.pk})
    return adaptation


def _let_trainers_edit(organisation: Organisation, course: CoursePage) -> None:
    """Give the organisation's trainers the right to edit and publish below its copy, and there alone."""
    group, _created = Group.objects.get_or_create(name=f"Authors: {organisation.slug}")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(
            content_type__app_label="wagtailcore", codename=codename
        )
        GroupPagePermission.objects.get_or_create(group=group, page=course, permission=permission)
    trainers = Membership.objects.current().filter(organisation=organisation, role=Role.INSTRUCTOR)
    group.user_set.add(*trainers.values_list("user", flat=True))


@dataclass
class Followed:
    """Titles of what following the original did."""

    updated: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


@transaction.atomic
def follow_original(adaptation: Adaptation, *, by=None) -> Followed:
    """Take over what changed in the original where the partner did not edit, or may not.

    What meets the partner's own edits is left and listed as a SkippedUpdate; so is what the original lost.
    A second call does nothing.
    """
    Adaptation.objects.select_for_update().get(pk=adaptation.pk)
    followed = Followed()
    pairs = list(adaptation.pages.select_related("page", "original"))
    known = {pair.original_id: pair for pair in pairs}
    for pair in pairs:
        _follow_page(pair, followed, by=by)
    for original in adaptation.original.get_descendants().live().order_by("path").specific():
        parent = known.get(original.get_parent().pk)
        if original.pk in known or parent is None:
            continue
        slug = f"{original.slug}-{adaptation.organisation.slug}"
        copy = _copy_page(original, parent.page.specific, slug=slug, by=by)
        known[original.pk] = _remember(adaptation, copy, original)
        followed.added.append(copy.title)
    if followed.updated or followed.added:
        cut_edition(CoursePage.objects.get(pk=adaptation.course_id), by=by)
    return followed


def _follow_page(pair: AdaptedPage, followed: Followed, *, by) -> None:
    original, copy = pair.original, pair.page
    if original is None or not original.live:
        if copy.live:
            _skip(pair, None, followed)
        return
    revision = original.live_revision
    if revision is None or revision.pk == pair.original_revision_id:
        return
    is_own = copy.latest_revision_id != pair.own_revision_id
    if is_own and not _is_locked(original.specific):
        _skip(pair, revision, followed)
    else:
        _take_over(pair, revision, by=by)
        followed.updated.append(copy.title)


def _skip(pair: AdaptedPage, revision: Revision | None, followed: Followed) -> None:
    _skipped, is_new = SkippedUpdate.objects.get_or_create(adapted=pair, original_revision=revision)
    if is_new:
        followed.skipped.append(pair.page.title)


def _take_over(pair: AdaptedPage, revision: Revision, *, by) -> None:
    """Give the copy the words of the original's `revision`, and publish it."""
    original, copy = revision.as_object(), pair.page.specific
    for name in _content_fields(copy):
        setattr(copy, name, getattr(original, name))
    copy.locked = _is_locked(original)
    copy.save_revision(user=by, log_action=True).publish(user=by, skip_permission_checks=True)
    copy = Page.objects.get(pk=copy.pk)
    pair.original_revision, pair.own_revision_id = revision, copy.latest_revision_id
    pair.save(update_fields=["original_revision", "own_revision"])


@transaction.atomic
def decide_skipped(update: SkippedUpdate, *, take: bool, by) -> None:
    """Take the original's version after all, or keep one's own; either is decided once."""
    update = SkippedUpdate.objects.select_for_update().get(pk=update.pk)
    if update.state != SkippedUpdate.State.OPEN:
        raise Refused(_("This was decided already."), code="decided")
    pair = update.adapted
    if take and update.original_revision:
        _take_over(pair, update.original_revision, by=by)
    elif take:
        UnpublishPageAction(pair.page, user=by).execute(skip_permission_checks=True)
    elif update.original_revision:
        pair.original_revision = update.original_revision
        pair.save(update_fields=["original_revision"])
    update.state = SkippedUpdate.State.TAKEN if take else SkippedUpdate.State.KEPT
    update.decided_by, update.decided_at = by, timezone.now()
    update.save(update_fields=["state", "decided_by", "decided_at"])
    if take:
        cut_edition(CoursePage.objects.get(pk=pair.adaptation.course_id), by=by)
