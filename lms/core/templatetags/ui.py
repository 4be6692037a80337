"""The components of the interface, as template tags."""

from django import template
from django.template.defaultfilters import floatformat
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from wagtail.rich_text import expand_db_html

register = template.Library()


@register.simple_block_tag
def notice(content, kind="info"):
    """A boxed message: info, success, warning or error."""
    return format_html('<div class="notice {}">{}</div>', kind, content)


@register.simple_block_tag
def crumbs(content):
    """The way back; its content is list items."""
    return format_html(
        '<nav class="crumbs" aria-label="{}"><ol>{}</ol></nav>', _("You are here"), content
    )


@register.simple_tag
def progress_bar(done, total):
    """A bar with its figures in words beside it."""
    words = _("%(done)s of %(total)s done") % {"done": done, "total": total}
    return format_html(
        '<progress value="{}" max="{}" aria-label="{}"></progress><p class="small muted">{}</p>',
        done,
        total or 1,
        words,
        words,
    )


@register.filter
def content_language(entry):
    """The language in which an activity is read, which need not be that of the page around it."""
    current = get_language()
    languages = list(entry["revisions"]) if entry else []
    return current if current in languages or not languages else languages[0]


@register.filter
def richtext_inline(html):
    """Cleaned HTML of a phrase, Wagtail's pictures put in, without the block around it that `richtext` makes."""
    return mark_safe(expand_db_html(html))  # noqa: S308  shapes clean what authors and files bring


@register.filter
def minutes(number):
    number = round(float(number))
    return ngettext("%(n)s minute", "%(n)s minutes", number) % {"n": number}


@register.filter
def points(number):
    """As 1 point, 2.5 points."""
    shown = floatformat(number, -2)
    return ngettext("%(n)s point", "%(n)s points", 1 if number == 1 else 2) % {"n": shown}


@register.filter
def duration(number):
    """Minutes up to an hour, then hours and minutes: nobody counts 289 minutes."""
    hours, rest = divmod(number, 60)
    if not hours:
        return minutes(number)
    words = ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return f"{words} {minutes(rest)}" if rest else words


@register.filter
def seconds(number):
    """As 20 seconds, 4 minutes 5 seconds, and without seconds from an hour on."""
    whole, rest = divmod(int(number), 60)
    words = ngettext("%(n)s second", "%(n)s seconds", rest) % {"n": rest}
    if not whole:
        return words
    return f"{duration(whole)} {words}" if rest and whole < 60 else duration(whole)  # noqa: PLR2004  an hour


@register.filter
def megabytes(number):
    """As 0.4 MB; anything smaller as less than 0.1 MB."""
    return _("under 0.1 MB") if number < 0.1 else f"{number:.1f} MB"  # noqa: PLR2004  the sentence names it
