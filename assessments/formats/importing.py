"""Questions of a file, taken into a bank: their pictures stored, their bodies checked, what is there already told."""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from html import escape, unescape
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection
from wagtail.utils.file import hash_filelike

from assessments.domain.items import hash_of, save_item
from assessments.formats.bodies import body_of, storable
from assessments.formats.markup import attributes
from assessments.formats.media import medium_of
from assessments.formats.reading import read_package
from assessments.formats.records import ReadItem, Unsupported
from assessments.formats.text import name_by_content, title_from
from assessments.interactions.shapes import Body, clean_html
from assessments.models import Item, ItemBank, ItemImport, ItemVersion, Stimulus
from courses.models import Level

_IMAGE = re.compile(r"<img\b([^>]*)>", re.IGNORECASE)
_LINK = re.compile(r"<a\b([^>]*)>", re.IGNORECASE)
_MAX_TAG = 100
_NOT_STORED = 1  # an id for pictures while nothing is written


@dataclass(frozen=True)
class Row:
    """One question in a report; `line` is that of its file, or its row."""

    identifier: str
    kind: str
    line: int
    reason: str


@dataclass
class Report:
    """What an import did, or would do: what was read, what is kept but cannot be asked, what was refused."""

    read: list[Row] = field(default_factory=list)
    unsupported: list[Row] = field(default_factory=list)
    refused: list[Row] = field(default_factory=list)

    def as_json(self) -> dict[str, list[dict[str, Any]]]:
        return asdict(self)


class _Media:
    """The files of a package in the bank's collection, each stored once whatever it is called."""

    def __init__(self, bank: ItemBank, files: dict[str, bytes], *, by, dry_run: bool):
        self.bank, self.files, self.by, self.dry_run = bank, files, by, dry_run
        self._ids: dict[str, int] = {}
        self._collection: Collection | None = None

    @property
    def collection(self) -> Collection | None:
        if self._collection is None:
            root = Collection.get_first_root_node()
            self._collection = root.get_children().filter(name=self.bank.name).first()
            if self._collection is None and not self.dry_run:
                self._collection = root.add_child(name=self.bank.name)
        return self._collection

    def id_of(self, key: str, alt: str = "") -> int:
        """Return the id of the picture or document that holds the file `key`; store it where it is not there yet."""
        if key not in self._ids:
            self._ids[key] = self._store(key, alt)
        return self._ids[key]

    def is_picture(self, key: str) -> bool:
        medium = medium_of(self.files[key])
        return medium is not None and medium.sort == "image"

    def _store(self, key: str, alt: str) -> int:
        model = get_image_model() if self.is_picture(key) else get_document_model()
        held = ContentFile(self.files[key], name=key)
        digest = hash_filelike(held)
        there = model.objects.filter(file_hash=digest, collection=self.collection).first()
        if there is not None:
            return there.pk
        if self.dry_run:
            return _NOT_STORED
        title = (alt or key.split("-", 1)[-1])[:200]
        made = model(title=title, file=held, collection=self.collection, uploaded_by_user=self.by)
        made.file_hash, made.file_size = digest, len(self.files[key])
        if self.is_picture(key) and alt:
            made.description = alt[:255]
        made.save()
        return made.pk

    def in_html(self, html: str) -> str:
        """Return HTML whose pictures and documents are Wagtail's."""

        def picture(match: re.Match) -> str:
            given = attributes(match[1])
            key, alt = given.get("src", ""), given.get("alt", "")
            if key not in self.files:
                return escape(alt)
            return f'<embed embedtype="image" id="{self.id_of(key, alt)}" format="fullwidth" alt="{escape(alt)}"/>'

        def link(match: re.Match) -> str:
            key = unescape(attributes(match[1]).get("href", ""))
            if key not in self.files:
                return match[0]
            return f'<a linktype="document" id="{self.id_of(key)}">'

        return _LINK.sub(link, _IMAGE.sub(picture, html))

    def in_data(self, data: Any) -> Any:
        """Return a body's JSON with all media stored."""
        if isinstance(data, str):
            return self.in_html(data) if "<" in data else data
        if isinstance(data, list):
            return [self.in_data(each) for each in data]
        if isinstance(data, dict):
            if "src" in data and "width" in data:
                return storable({"picture": data}, self.id_of(data["src"], data.get("alt", "")))[
                    "picture"
                ]
            return {name: self.in_data(part) for name, part in data.items()}
        return data


def _language(code: str) -> str:
    """Return one of our languages for a code such as en-GB."""
    known = dict(settings.LANGUAGES)
    short = code.strip().lower().replace("_", "-").split("-")[0]
    return short if short in known else settings.LANGUAGE_CODE.split("-")[0]


def _place(item: ReadItem) -> dict[str, Any]:
    """Return the tags, level and difficulty that an item's tags and category tell."""
    found: dict[str, Any] = {"tags": []}
    for tag in [*item.tags, item.category]:
        name, _colon, value = tag.partition(":")
        if name == "level" and value in Level.values:
            found["level"] = value
        elif name == "difficulty" and value in Item.Difficulty.values:
            found["difficulty"] = value
        elif tag.strip():
            found["tags"].append(tag.strip()[:_MAX_TAG])
    return found


def _stimulus(bank: ItemBank, html: str, *, dry_run: bool) -> Stimulus | None:
    text = clean_html(html)
    if not text:
        return None
    there = Stimulus.objects.filter(bank=bank, text=text).first()
    if there is not None or dry_run:
        return there
    return Stimulus.objects.create(
        bank=bank, title=title_from(text)[:200] or _("Shared text"), text=text
    )


class _Taking:
    """One run of an import over the items of a package."""

    def __init__(self, bank: ItemBank, media: _Media, *, by, dry_run: bool):
        self.bank, self.media, self.by, self.dry_run = bank, media, by, dry_run
        versions = ItemVersion.objects.filter(item__bank=bank, item__current__pk__isnull=False)
        there = versions.filter(pk__in=bank.items.values("current"))
        self.known: dict[str, str] = dict(there.values_list("content_hash", "item__identifier"))
        self.identifiers = set(bank.items.values_list("identifier", flat=True))

    def item(self, item: ReadItem) -> str:
        """Take in one item; return the sentence that says what became of it."""
        body = body_of(item.kind, self.media.in_data(item.data))
        content = hash_of(item.kind, body)
        same = self.known.get(content)
        if same is not None and same != item.identifier:
            return _(
                "duplicate: the same question is in the bank as %(identifier)s; it was not stored again."
            ) % {"identifier": same}
        self.known[content] = item.identifier
        saved = self._saved(item, body, content)
        self.identifiers.add(item.identifier)
        return saved

    def _saved(self, item: ReadItem, body: Body, content: str) -> str:
        if self.dry_run:
            if item.identifier not in self.identifiers:
                return _SENTENCES["created"]()
            current = self.bank.items.filter(
                identifier=item.identifier, current__content_hash=content
            )
            return _SENTENCES["unchanged" if current.exists() else "updated"]()
        _item, saved = save_item(
            self.bank,
            identifier=item.identifier,
            kind=item.kind,
            body=body,
            title=item.title,
            language=_language(item.language),
            by=self.by,
            stimulus=_stimulus(self.bank, self.media.in_html(item.stimulus), dry_run=False),
            is_draft=self.by is not None and not self.by.has_perm("assessments.publish_item"),
            source_format=item.raw_format[:16],
            source_raw=item.raw,
            **_place(item),
        )
        return _SENTENCES[saved]()

    def unsupported(self, item: Unsupported) -> None:
        """Keep what cannot be asked as it came, as a draft; never in place of a question that can."""
        if self.dry_run or self.bank.items.filter(identifier=item.identifier, live=True).exists():
            return
        save_item(
            self.bank,
            identifier=item.identifier or name_by_content(item.raw),
            kind=item.kind or "unsupported",
            body=None,
            title=f"{item.kind}: {item.identifier}"[:200],
            by=self.by,
            source_raw=item.raw,
        )


_SENTENCES: dict[str, Callable[[], str]] = {
    "created": lambda: _("created"),
    "updated": lambda: _("updated: a new version of the question with this identifier"),
    "unchanged": lambda: _("unchanged: it is in the bank just so"),
}


def import_items(
    bank: ItemBank, name: str, data: bytes, *, by=None, dry_run: bool = False
) -> Report:
    """Take the questions of a file into `bank`, publish them if `by` may, and report on every one.

    A question with a known identifier becomes its next version; one whose content is in the bank under another
    identifier is not stored again. Pictures and sounds go into a collection named after the bank, each once. What is
    not supported is kept as a draft with its source. With `dry_run` nothing is written, and the report is the same.
    """
    package = read_package(name, data)
    report = Report()
    media = _Media(bank, package.files, by=by, dry_run=dry_run)
    taking = _Taking(bank, media, by=by, dry_run=dry_run)
    for item in package.items:
        try:
            with transaction.atomic():
                outcome = taking.item(item)
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]["msg"]
            report.refused.append(Row(item.identifier, item.kind, item.line, fault))
            continue
        reason = " ".join([outcome, *item.notes])
        report.read.append(Row(item.identifier, item.kind, item.line, reason))
    for item in package.unsupported:
        taking.unsupported(item)
        report.unsupported.append(Row(item.identifier, item.kind, item.line, item.reason))
    report.refused += [
        Row(each.identifier, each.kind, each.line, each.reason) for each in package.refused
    ]
    return report


def run_import(found: ItemImport) -> None:
    """Read a file that an author brought, or take it in, as its state says; a second call is harmless."""
    State = ItemImport.State  # noqa: N806  a class
    steps = {State.READING: (State.READ, True), State.IMPORTING: (State.IMPORTED, False)}
    if found.state not in steps:
        return
    state, dry_run = steps[found.state]
    with found.file.open("rb") as held:
        report = import_items(found.bank, found.name, held.read(), by=found.by, dry_run=dry_run)
    found.state = state if report.read or report.unsupported else State.FAILED
    found.report = report.as_json()
    found.save(update_fields=["state", "report"])
