"""HTML of questions as pages show it, and as plain words where no HTML may stand."""

import re
from html import unescape

from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.rich_text import expand_db_html

from assessments.interactions.shapes import Picture, around_gaps

_EMBED = re.compile(r"<embed\b[^>]*>")
_ALT = re.compile(r'\balt="([^"]*)"')


def rich(html: str) -> SafeString:
    """`html`, cleaned when it was authored, with Wagtail's pictures and links put in."""
    if "<embed" in html or "linktype" in html:
        html = expand_db_html(html)
    return mark_safe(html)  # noqa: S308  Html and Inline are cleaned by their shape


def plain(html: str) -> str:
    """`html` as words: for options of a list, labels read aloud and titles."""
    pictured = _EMBED.sub(lambda embed: f" {(_ALT.search(embed[0]) or ['', ''])[1]} ", html)
    words = re.sub(r"<(br|/p|/li)\b[^>]*>", " ", pictured)
    return " ".join(unescape(strip_tags(words)).split()) or _("(picture)")


def typed(text: str) -> SafeString:
    """What a person typed, its lines kept."""
    return mark_safe(escape(text).replace("\n", "<br>"))  # noqa: S308  escaped here


def picture(facts: Picture) -> SafeString:
    """The picture as an img of a fitting size."""
    return rich(
        f'<embed alt="{escape(facts.alt)}" embedtype="image" format="fullwidth" id="{facts.id}"/>'
    )


def with_gaps(text: str, shown: dict[str, str]) -> SafeString:
    """`text` with the HTML of `shown` at its gaps."""
    pieces = around_gaps(text)
    pieces[1::2] = [shown.get(gap, "") for gap in pieces[1::2]]
    return rich("".join(pieces))
