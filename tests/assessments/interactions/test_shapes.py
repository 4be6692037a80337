"""HTML of questions, from wherever it comes, is cleaned, and pictures in it are shown."""

from io import BytesIO

import pytest
from django.core.files.images import ImageFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pixels
from pydantic import ValidationError
from wagtail.images import get_image_model

from assessments.interactions import KINDS
from assessments.interactions.markup import plain, rich
from assessments.interactions.shapes import AcceptedNumber, Region, Side, clean_html, clean_inline
from tests.assessments.interactions.bodies import BODIES

PICTURE = '<embed alt="a &gt; b" embedtype="image" format="left" id="%s"/>'


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<script>alert(1)</script>a", "a"),
        ('<p onclick="x()" style="color:red">a</p>', "<p>a</p>"),
        ('<a href="javascript:x()">a</a>', '<a rel="noopener noreferrer">a</a>'),
        (PICTURE % 3, PICTURE % 3),
        ('<embed embedtype="image" id="3">', '<embed alt="" embedtype="image" format="fullwidth" id="3"/>'),
        ('a<embed embedtype="image" id="x">', "a"),
        ('a<embed embedtype="media" url="https://example.org">', "a"),
        ('a<embed embedtype="image">', "a"),
        ('<a linktype="page" id="x">a</a>', '<a linktype="page" rel="noopener noreferrer">a</a>'),
        ('<a linktype="page" id="3">a</a>', '<a linktype="page" id="3" rel="noopener noreferrer">a</a>'),
    ],
)  # fmt: skip
def test_html_is_cleaned(html, clean):
    assert clean_html(html) == clean


@given(st.text("<>/ab=\"' embdx&;3", max_size=40) | st.text())
def test_cleaning_twice_is_cleaning_once(html):
    once = clean_html(html)

    assert clean_html(once) == once
    assert clean_inline(clean_inline(html)) == clean_inline(html)


@pytest.mark.django_db
def test_pictures_are_shown_in_labels_and_read_out_in_lists():
    file = BytesIO()
    Pixels.new("RGB", (64, 48)).save(file, "PNG")
    picture = get_image_model().objects.create(title="Map", file=ImageFile(file, "map.png"))
    label = Side(id="a", text=PICTURE % picture.pk).text
    body = BODIES["choice"].model_dump()
    body["options"][0]["text"] = label
    widget = KINDS["choice"].field(KINDS["choice"].body(**body), "seed").widget

    assert "<img" in rich(label) and 'alt="a &gt; b"' in rich(label)
    assert plain(label) == "a > b"
    assert "<img" in widget.render("answer", None, {"id": "x"})


def test_words_of_html():
    assert plain("<b>a</b> &amp;<br>b") == "a & b"
    assert plain('<embed alt="" embedtype="image" format="left" id="1"/>') == "(picture)"


@pytest.mark.parametrize(
    ("shape", "coords"), [("rect", [1, 2, 3]), ("circle", [1, 2, 3, 4]), ("poly", [1, 2, 3, 4])]
)
def test_regions_need_their_numbers(shape, coords):
    with pytest.raises(ValidationError):
        Region(shape=shape, coords=coords)


def test_a_right_number_needs_a_number():
    with pytest.raises(ValidationError):
        AcceptedNumber()
