"""Items and their frozen versions."""

import json
from collections.abc import Iterable
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal

from django.db import transaction
from django.db.models import Max
from django.utils.html import strip_tags

from assessments.interactions import KINDS
from assessments.interactions.shapes import Body, join, split
from assessments.models import UNSUPPORTED, Item, ItemBank, ItemKey, ItemVersion, Stimulus
from courses.models import Competency

Saved = Literal["created", "updated", "unchanged"]

_known: dict[str, Body] = {}  # by content hash, which never names another body
KNOWN_AT_MOST = 5000


def hash_of(kind: str, body: Body) -> str:
    """SHA-256 of what is asked and what is right; equal for equal questions, wherever they are."""
    text = json.dumps([kind, *split(body)], sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def bodies(versions: Iterable[ItemVersion]) -> dict[int, Body]:
    """Return {version id: body} with variables not filled in; at most one query, none for those met before."""
    versions = {version.pk: version for version in versions}
    unknown = [version for version in versions.values() if version.content_hash not in _known]
    if unknown:
        if len(_known) + len(unknown) > KNOWN_AT_MOST:
            _known.clear()
            unknown = list(versions.values())
        keys = dict(ItemKey.objects.filter(version__in=unknown).values_list("version_id", "key"))
        for version in unknown:
            data = join(version.content, keys[version.pk])
            _known[version.content_hash] = KINDS[version.kind].body.model_validate(data)
    return {pk: _known[version.content_hash] for pk, version in versions.items()}


def authored(item: Item) -> tuple[str, Body] | None:
    """Return kind and body of an item as its author has it now, or None where there is none yet."""
    blocks = item.body.get_prep_value()
    if not blocks:
        return None
    return blocks[0]["type"], KINDS[blocks[0]["type"]].from_block(blocks[0]["value"])


def raw_body(kind: str, body: Body) -> str:
    """The author's form of a body, as its StreamField stores it."""
    return json.dumps([{"type": kind, "value": KINDS[kind].to_block(body)}])


def plain_text(body: Body) -> str:
    """The words of a question, for lists and search."""
    words = strip_tags(getattr(body, "prompt", "").replace("<", " <"))
    return " ".join(words.split())[:1000]


@transaction.atomic
def freeze_item(item: Item, *, by=None) -> ItemVersion:
    """Make a published item's next version, or return the newest one where nothing that is asked changed."""
    kind, body = authored(item)
    stimulus = item.stimulus.text if item.stimulus_id else ""
    content_hash = hash_of(kind, body)
    newest = ItemVersion.objects.filter(pk=item.current_id).first()
    if newest and (newest.content_hash, newest.stimulus, newest.language) == (
        content_hash,
        stimulus,
        item.language,
    ):
        version = newest
    else:
        Item.objects.select_for_update().get(pk=item.pk)
        number = item.versions.aggregate(newest=Max("number"))["newest"] or 0
        content, key = split(body)
        version = ItemVersion.objects.create(
            item=item,
            number=number + 1,
            kind=kind,
            content=content,
            content_hash=content_hash,
            stimulus=stimulus,
            language=item.language,
            author=by,
        )
        ItemKey.objects.create(version=version, key=key)
    Item.objects.filter(pk=item.pk).update(current=version, kind=kind, text=plain_text(body))
    item.current, item.kind, item.text = version, kind, plain_text(body)
    return version


@transaction.atomic
def save_item(  # noqa: PLR0913  what an item is
    bank: ItemBank,
    *,
    identifier: str,
    kind: str,
    body: Body | None,
    title: str = "",
    language: str = "en",
    tags: Iterable[str] = (),
    competencies: Iterable[str] = (),
    **values: Any,
) -> tuple[Item, Saved]:
    """Create the bank's item `identifier` and publish it, or make its next version where it changed.

    `competencies` are codes; one that no framework has is left out.
    Without a body it is kept as it came (`source_raw`), as a draft that cannot be asked. `values` are further
    fields: stimulus, difficulty, level, translation_of, source_format, source_raw. With `is_draft=True` nothing
    is published. `by` is its author.
    """
    is_draft, by = values.pop("is_draft", False), values.pop("by", None)
    item = Item.objects.filter(bank=bank, identifier=identifier).first()
    wanted = {
        "title": title[:200],
        "language": language,
        "body": raw_body(kind, body) if body else "[]",
        **values,
    }
    tags = sorted(set(tags))
    claimed = list(Competency.objects.filter(code__in=list(competencies)))
    if item is None:
        item = Item(bank=bank, identifier=identifier, live=False)
        saved: Saved = "created"
    else:
        item = item.get_latest_revision_as_object()
        saved = "updated"
        there = authored(item)
        same_body = (hash_of(*there) if there else "") == (hash_of(kind, body) if body else "")
        others = {name: value for name, value in wanted.items() if name != "body"}
        if (
            same_body
            and all(getattr(item, name) == value for name, value in others.items())
            and sorted(item.tags.names()) == tags
            and set(item.competencies.all()) == set(claimed)
        ):
            return item, "unchanged"
        if same_body:
            wanted.pop("body")
    for name, value in wanted.items():
        setattr(item, name, value)
    item.kind = kind if body else UNSUPPORTED
    item.text = plain_text(body) if body else title
    item.tags.set(tags)
    item.competencies = claimed
    item.save()
    revision = item.save_revision(user=by, log_action=True)
    if body and not is_draft:
        revision.publish(user=by)
    return Item.objects.get(pk=item.pk), saved


def freeze_stimulus(stimulus: Stimulus, *, by=None) -> None:
    """Give the live items of a changed shared text a version with its new words."""
    for item in stimulus.items.filter(live=True):
        freeze_item(item, by=by)


@transaction.atomic
def tag_items(
    items: Iterable[Item], *, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> None:
    """Give items tags and take others away; versions, which attempts pin, have none."""
    for item in items:
        item.tags.add(*add)
        item.tags.remove(*remove)
        item.save()


def also_accepting(body: Body, answer: str) -> Body | None:
    """Return the body with one more right answer: an option by its id, a text or a number as typed.

    None where a question of this kind cannot take one, or the answer is right already.
    """
    data = body.model_dump(mode="json")
    if "options" in data:
        option = next((row for row in data["options"] if row["id"] == answer), None)
        if option is None or Decimal(option["mark"]) == 1:
            return None
        option["mark"] = "1"
    elif isinstance(data.get("answers"), list) and answer.strip():
        name = "value" if "units" in data else "text"
        if any(row[name] == answer and Decimal(row["mark"]) == 1 for row in data["answers"]):
            return None
        data["answers"].insert(0, {name: answer, "mark": "1"})
    else:
        return None
    try:
        return type(body).model_validate(data)
    except ValueError:
        return None


@transaction.atomic
def publish_body(item: Item, body: Body, *, by) -> ItemVersion:
    """Make `body` the item's next version."""
    item = item.get_latest_revision_as_object()
    item.body = raw_body(item.kind, body)
    item.save()
    item.save_revision(user=by, log_action=True).publish(user=by)
    return Item.objects.select_related("current").get(pk=item.pk).current
