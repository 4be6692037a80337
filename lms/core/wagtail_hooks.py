"""What every editor of Wagtail gets from us."""

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks


@hooks.register("insert_editor_js")
def insert_editor_js():
    return format_html('<script src="{}" defer></script>', static("lms/js/editor.js"))
