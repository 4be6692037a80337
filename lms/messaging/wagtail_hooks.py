"""Staff's own words for messages, in Wagtail."""

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.admin.ui.tables import Column
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from lms.messaging.models import MessageTemplate


class MessageTemplateViewSet(SnippetViewSet):
    model = MessageTemplate
    icon = "mail"
    menu_label = _("Message templates")
    list_filter = ["key", "language"]
    panels = [
        HelpPanel(template="messaging/template_help.html"),
        FieldPanel("key"),
        FieldPanel("language"),
        FieldPanel("subject"),
        FieldPanel("body"),
        FieldPanel("sms"),
    ]

    @cached_property
    def list_display(self):
        return [
            Column("label", label=_("Message")),
            Column("language", label=_("Language")),
            Column("sms_words", label=_("Text message")),
        ]


register_snippet(MessageTemplateViewSet)
