"""Drafts of a lab's notebook: made, discarded, and published with the lab's page."""

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from labs.domain.checking import reason_against
from labs.domain.releases import cut_release, with_limits
from labs.models import LabDraft, LabPage, LabRelease, Origin
from lms.core.errors import Refused
from lms.organisations.scoping import every_organisation

LONGEST_NAME = 40


def newest_release(page: LabPage) -> LabRelease | None:
    """What an author goes on from: the newest draft or, without one, what is published."""
    draft = page.drafts.select_related("release").first()
    return draft.release if draft else page.release


def lock_page(pk: int) -> LabPage:
    """The page as last edited; nobody else changes its drafts before this transaction ends."""
    Page.objects.select_for_update().get(pk=pk)
    return LabPage.objects.get(pk=pk).get_latest_revision_as_object()


def release_name(page: LabPage) -> str:
    """The notebook's file name: kept once there is a release, for learners have files of that name."""
    if found := newest_release(page):
        return found.name
    name = slugify(page.title)[:LONGEST_NAME].strip("-") or "lab"
    is_taken = LabRelease.objects.filter(name=name).exists()
    return f"{name}-{page.pk}" if is_taken else name


@transaction.atomic
def save_draft(
    page: LabPage, master: dict, files: dict[str, bytes], *, by, origin: Origin = Origin.UPLOAD
) -> LabDraft:
    """A new draft with `master` and `files`; if the newest holds the same already, that one.

    What is published stays until the draft is. Raises NotebookError when it cannot be released.
    """
    edited = lock_page(page.pk)
    newest = page.drafts.select_related("release").first()
    limits = newest.release.limits if newest else edited.limits
    release = cut_release(release_name(page), master, files, **limits)
    if newest and newest.release_id == release.pk:
        return newest
    draft = LabDraft.objects.create(
        page=page,
        number=newest.number + 1 if newest else 1,
        release=release,
        origin=origin,
        made_by=by,
    )
    # so that Wagtail shows the page as changed, and a review meets the draft
    edited.save_revision(user=by)
    log(page, "labs.draft_made", user=by, data={"number": draft.number})
    return draft


@transaction.atomic
def discard_draft(draft: LabDraft, *, by) -> None:
    """Throw the newest draft away, or refuse: one that learners have met, or that is not the newest."""
    Page.objects.select_for_update().get(pk=draft.page_id)
    newest = LabDraft.objects.filter(page=draft.page_id).first()
    if newest != draft:
        raise Refused(
            _("There is a newer version of the notebook. Only the newest can be discarded."),
            code="not_the_newest",
        )
    if newest.published_at:
        raise Refused(
            _("This version is published, so it stays. Upload another to change the notebook."),
            code="published",
        )
    release = draft.release
    log(draft.page, "labs.draft_discarded", user=by, data={"number": draft.number})
    draft.delete()
    if not _is_used(release):
        release.delete()


def _is_used(release: LabRelease) -> bool:
    with every_organisation():  # a release is shared by all
        is_met = release.workspaces.exists() or release.submissions.exists()
    is_authored = release.drafts.exists() or release.pages.exists()
    return is_met or is_authored or Revision.objects.filter(content__release=release.pk).exists()


def pending_draft(page: LabPage) -> LabDraft | None:
    """The newest draft, unless it is published."""
    draft = page.drafts.select_related("release").first()
    return draft if draft and not draft.published_at else None


def reason_not_to_publish(page: LabPage) -> str:
    """Why `page`, as edited, cannot be published now; empty if it can."""
    draft = _draft_for(page)
    if draft:
        return reason_against(draft.checks.first(), page.limits)
    return "" if page.release_id else _("It has no notebook yet. Upload one first.")


def _draft_for(page: LabPage) -> LabDraft | None:
    """The draft that publishing `page` takes.

    None where the page, as edited, names a release that is not the published one: it was loaded
    from a folder, followed an original or went back to an earlier revision.
    """
    live = LabPage.objects.values_list("release", flat=True).get(pk=page.pk)
    return pending_draft(page) if page.release_id == live else None


@transaction.atomic
def freeze_release(revision: Revision, *, by) -> None:
    """Fix in `revision` the release that learners will get with it, or raise Refused.

    A second call changes nothing.
    """
    page = revision.as_object()
    Page.objects.select_for_update().get(pk=page.pk)
    if reason := reason_not_to_publish(page):
        raise Refused(
            _("The lab “%(title)s” cannot be published yet. %(reason)s")
            % {"title": page.title, "reason": reason},
            code="lab_not_sound",
        )
    draft = _draft_for(page)
    release = with_limits(draft.release if draft else page.release, page.limits)
    if release.pk != page.release_id:
        revision.content["release"] = release.pk
        Revision.objects.filter(pk=revision.pk).update(content=revision.content)
    if draft:
        draft.published_at = timezone.now()
        draft.save(update_fields=["published_at"])
        log(page, "labs.draft_published", user=by, data={"number": draft.number})
