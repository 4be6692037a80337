"""The questions of a bank, written to a file."""

import re
from typing import Any

from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from assessments.domain.items import bodies
from assessments.formats.markup import Files, attributes
from assessments.formats.records import ReadItem
from assessments.formats.writing import Written, write_items
from assessments.models import ItemBank

_EMBED = re.compile(r"<embed\b([^>]*?)/?>", re.IGNORECASE)
_LINK = re.compile(r"<a\b([^>]*linktype=\"document\"[^>]*)>", re.IGNORECASE)


class _Media:
    """Wagtail's pictures and documents as files of a package."""

    def __init__(self) -> None:
        self.files = Files()

    def _key(self, model: Any, identifier: str) -> str | None:
        held = model.objects.filter(pk=identifier).first() if str(identifier).isdigit() else None
        if held is None:
            return None
        with held.file.open("rb") as opened:
            return self.files.keep(held.file.name, opened.read())

    def picture(self, identifier: Any) -> str | None:
        return self._key(get_image_model(), str(identifier))

    def in_html(self, html: str) -> str:
        def picture(match: re.Match) -> str:
            given = attributes(match[1])
            key = self.picture(given.get("id", ""))
            alt = given.get("alt", "").replace('"', "&quot;")
            return f'<img src="{key}" alt="{alt}">' if key else alt

        def link(match: re.Match) -> str:
            key = self._key(get_document_model(), attributes(match[1]).get("id", ""))
            return f'<a href="{key}">' if key else "<a>"

        return _LINK.sub(link, _EMBED.sub(picture, html))

    def in_data(self, data: Any) -> Any:
        if isinstance(data, str):
            return self.in_html(data) if "<" in data else data
        if isinstance(data, list):
            return [self.in_data(each) for each in data]
        if isinstance(data, dict):
            found = {name: self.in_data(part) for name, part in data.items()}
            if {"id", "width", "height", "alt"} == set(found):
                return {"src": self.picture(found.pop("id")), **found}
            return found
        return data


def export_items(bank: ItemBank, form: str) -> Written:
    """Write the bank's published questions in the format `form`, one of `writing.FORMATS`; tell what is lost."""
    items = list(
        bank.items.filter(live=True, current__isnull=False)
        .select_related("current")
        .order_by("identifier")
    )
    found = bodies([item.current for item in items])
    media = _Media()
    records = [
        ReadItem(
            identifier=item.identifier,
            kind=item.current.kind,
            title=item.title,
            data=media.in_data(found[item.current_id].model_dump(mode="json")),
            tags=[*item.tags.names(), *([f"level:{item.level}"] if item.level else [])],
            language=item.language,
            stimulus=media.in_html(item.current.stimulus),
            raw=item.source_raw,
            raw_format=item.source_format,
        )
        for item in items
    ]
    return write_items(form, records, media.files.by_key)
