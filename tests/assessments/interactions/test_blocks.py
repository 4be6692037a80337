"""Authors' forms: what they keep, and the sentences they answer with."""

from io import BytesIO

import pytest
from django.core.files.images import ImageFile
from PIL import Image as Pixels
from wagtail.blocks import StructBlockValidationError
from wagtail.blocks.base import BlockWidget
from wagtail.images import get_image_model
from wagtail.rich_text import RichText

from assessments.interactions import KINDS
from assessments.interactions.authoring import inline
from tests.assessments.interactions.bodies import BODIES, EXAMPLES, POINTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def picture():
    file = BytesIO()
    Pixels.new("RGB", (640, 480)).save(file, "PNG")
    return get_image_model().objects.create(title="Map", file=ImageFile(file, "map.png"))


def value_of(name, raw):
    return KINDS[name].block.to_python(raw)


def problems(name, raw):
    block = KINDS[name].block
    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(block.to_python(raw))
    return [error.messages[0] for error in refused.value.non_block_errors.as_data()]


@pytest.mark.parametrize(("name", "body"), EXAMPLES)
def test_what_is_right_passes_and_stays(name, body, picture):
    kind = KINDS[name]
    raw = kind.to_block(body)
    if "picture" in raw:
        raw["picture"]["image"] = picture.pk
        raw["picture"]["width"] = raw["picture"]["height"] = None
    cleaned = kind.block.clean(value_of(name, raw))
    again = kind.from_block(kind.block.get_prep_value(cleaned))

    if "picture" in raw:
        assert (again.picture.id, again.picture.width, again.picture.height) == (
            picture.pk, 640, 480,
        )  # fmt: skip
        again = again.model_copy(update={"picture": body.picture})
    assert again == body


@pytest.mark.parametrize("name", KINDS)
def test_the_form_opens_for_a_new_item_and_an_old_one(name):
    block = KINDS[name].block
    widget = BlockWidget(block)

    assert "prompt" in str(widget.render_with_errors("item", block.get_default()))
    old = value_of(name, KINDS[name].to_block(BODIES[name]))
    assert "Which?" in str(widget.render_with_errors("item", old))


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_tells_authors_what_it_is(name):
    meta = KINDS[name].block.meta

    assert meta.icon and meta.label and meta.description
    if "picture" not in KINDS[name].block.child_blocks:  # a picture has no example
        block = KINDS[name].block
        body = KINDS[name].from_block(block.get_prep_value(block.get_preview_value()))
        assert body.prompt


@pytest.mark.parametrize("name", KINDS)
def test_a_draft_may_be_unfinished(name):
    block = KINDS[name].block
    block.defer_required_validation()
    try:
        block.clean(block.get_default())
    finally:
        block.restore_deferred_validation()


def test_presets_are_items():
    for name in ("choice", "match"):
        for _label, body in KINDS[name].presets:
            raw = KINDS[name].to_block(body)
            assert KINDS[name].from_block(raw) == body


def broken(name, **changes):
    return KINDS[name].to_block(BODIES[name]) | changes


def no_marks(name, field):
    raw = broken(name)
    for child in raw[field]:
        child["value"]["mark"] = "0"
    return raw


def shadowed():
    raw = broken("text")
    raw["answers"].insert(0, raw["answers"].pop())
    return raw


@pytest.mark.parametrize(
    ("name", "raw", "sentence"),
    [
        ("choice", no_marks("choice", "options"), "Give at least one option a share"),
        ("text", no_marks("text", "answers"), "Give at least one answer a share"),
        ("text", shadowed(), "No answer can score fully."),
        ("gaps", broken("gaps", text="<p>[[1]] and [[2]]</p>"), r"Write [[1]], [[2]] and so on"),
        ("gaps", broken("gaps", text="<p>[[1]] [[2]] [[3]] [[4]]</p>"), "Write [[1]]"),
        ("gap_match", broken("gap_match", text="<p>[[1]]</p>"), "Write [[1]]"),
        ("hottext", broken("hottext", text="<p>[[1]] [[1]]</p>"), "Write [[1]]"),
        ("choice", broken("choice", constraints=[], prompt="<p>x</p>", variables=[
            {"type": "item", "id": "1", "value": {
                "name": "a", "how": "list", "low": "", "high": "", "step": "1", "choices": [],
                "expression": "", "decimals": None,
            }}
        ]), "The list of a is empty."),
    ],
)  # fmt: skip
def test_authors_are_told_what_to_do(name, raw, sentence):
    told = problems(name, raw)

    assert len(told) == 1
    assert told[0].startswith(sentence)


def test_a_number_beside_the_list_is_told():
    raw = broken("match")
    raw["sources"][0]["value"]["targets"] = "1, 7"

    assert problems("match", raw) == [
        "A number names something that is not in the list. Correct it."
    ]


def test_a_shape_with_too_few_numbers_is_told(picture):
    raw = KINDS["hotspot"].to_block(POINTS)
    raw["picture"]["image"] = picture.pk
    raw["targets"][0]["value"]["coords"] = "1, 2"

    assert problems("hotspot", raw) != []


def test_ids_stay_when_an_author_moves_and_edits():
    raw = broken("choice")
    raw["options"].reverse()
    raw["options"][0]["value"]["text"] = "<p data-block-key='x'>Eldoret</p>"
    body = KINDS["choice"].from_block(raw)

    assert (body.options[0].id, body.options[0].text) == ("c", "Eldoret")
    assert KINDS["choice"].score(body, "a").fraction == 1


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>a</p>", "a"),
        ("<p data-block-key='1'>a <b>b</b></p>", "a <b>b</b>"),
        ("<p>a</p><p>b</p>", "a<br>b"),
        ("<p></p>", ""),
        (
            '<p>a</p><embed alt="x" embedtype="image" format="left" id="3"/><p></p>',
            'a<embed alt="x" embedtype="image" format="left" id="3"/>',
        ),
        ("a", "a"),
        (None, ""),
    ],
)
def test_labels_lose_their_paragraphs(written, kept):
    assert inline(written) == kept


def test_rich_text_that_was_left_empty_is_nothing():
    value = value_of("choice", broken("choice"))
    value["feedback"] = RichText("<p data-block-key='abc'></p>")
    body = KINDS["choice"].from_block(KINDS["choice"].block.get_prep_value(value))

    assert body.feedback == ""
