"""What authors of labs get in Wagtail: the notebook's pages, and a reason when publishing must wait."""

from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button

from labs import authoring_views as views
from labs.domain.drafts import freeze_release, reason_not_to_publish
from labs.models import LabPage


@hooks.register("register_admin_urls")
def register_urls():
    lab = "labs/<int:pk>/"
    version = f"{lab}<str:version>/"
    return [
        path(lab, views.NotebookView.as_view(), name="labs_notebook"),
        path(f"{lab}check/", views.CheckView.as_view(), name="labs_check"),
        path(f"{lab}discard/", views.DiscardView.as_view(), name="labs_discard"),
        path(f"{lab}limits/", views.LimitsView.as_view(), name="labs_limits"),
        path(f"{lab}workbench/", views.WorkbenchView.as_view(), name="labs_workbench"),
        path(f"{lab}take-over/", views.TakeOverView.as_view(), name="labs_take_over"),
        path(f"{version}<slug:copy>/", views.CellsView.as_view(), name="labs_cells"),
        path(f"{version}<slug:copy>.ipynb", views.DownloadView.as_view(), name="labs_download"),
        path(f"{version}files/<str:name>", views.DataFileView.as_view(), name="labs_data_file"),
    ]


@hooks.register("before_publish_page")
def freeze_or_say_why_not(request, page):
    """Before the editor's button publishes: freeze the release, or keep the author's changes as a
    draft and say what is still to do.

    The button does not come through `LabPage.publish`, as every other way of publishing does.
    """
    lab = page.specific
    if not isinstance(lab, LabPage):
        return None
    reason = reason_not_to_publish(lab)
    if not reason:
        # the very revision that is published after this
        freeze_release(lab.latest_revision, by=request.user)
        return None
    if not lab.live_revision_id:  # a new page is saved as if it were published already
        LabPage.objects.filter(pk=lab.pk).update(live=False, has_unpublished_changes=True)
    messages.warning(
        request,
        _("Your changes are saved, but “%(title)s” is not published yet. %(reason)s")
        % {"title": lab.title, "reason": reason},
        buttons=[messages.button(reverse("labs_notebook", args=[lab.pk]), _("Notebook"))],
    )
    return redirect("wagtailadmin_pages:edit", lab.pk)


@hooks.register("register_page_listing_more_buttons")
@hooks.register("register_page_header_buttons")
def notebook_button(page, user, next_url=None, **_more):
    if isinstance(page.specific_deferred, LabPage) and page.permissions_for_user(user).can_edit():
        address = reverse("labs_notebook", args=[page.pk])
        yield Button(_("Notebook and data"), address, icon_name="code", priority=15)
