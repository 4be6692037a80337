"""What administrators edit in Wagtail: achievements and issuers."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import MultiFieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from certification.models import Achievement, Issuer


class AchievementViewSet(SnippetViewSet):
    model = Achievement
    icon = "success"
    list_display = ["title_en", "course", "programme", "hours", "issuer", "rule"]
    search_fields = ["title_en", "title_sw"]
    search_backend_name = None
    panels = [
        MultiFieldPanel(["course", "programme"], heading=_("What it is earned by")),
        MultiFieldPanel(
            ["title_en", "title_sw", "criteria"], heading=_("Words on the certificate")
        ),
        MultiFieldPanel(["hours", "valid_months", "issuer", "rule"], heading=_("Facts")),
    ]


class IssuerViewSet(SnippetViewSet):
    model = Issuer
    icon = "group"
    list_display = ["prefix", "name_en", "organisation"]
    panels = [
        MultiFieldPanel(["organisation", "prefix"], heading=_("Who")),
        MultiFieldPanel(
            ["name_en", "name_sw", "unit_en", "unit_sw"], heading=_("Words on the certificate")
        ),
        MultiFieldPanel(["signatory1_name", "signatory1_office"], heading=_("First signatory")),
        MultiFieldPanel(["signatory2_name", "signatory2_office"], heading=_("Second signatory")),
    ]


@register_snippet
class CertificatesGroup(SnippetViewSetGroup):
    menu_label = _("Certificates")
    menu_icon = "success"
    menu_order = 300
    items = (AchievementViewSet, IssuerViewSet)
