"""Fields keep what people enter, refuse what was not offered, and can be used by all."""

import json
import re

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from lxml import html

from assessments.interactions import KINDS
from assessments.interactions.shapes import join, split
from tests.assessments.interactions.bodies import (
    BODIES,
    EXAMPLES,
    GRID,
    MACHINE,
    POINTS,
    SECRET,
)

pytestmark = (
    pytest.mark.django_db
)  # pictures are looked up; there are none, and that is said in words


def form_of(name, body, data=None, value=None):
    class Form(forms.Form):
        answer = KINDS[name].field(body, "seed")

    form = Form(data, initial={"answer": value}, prefix="q1")
    form.fields["answer"].label = KINDS[name].instruction
    return form


def page_of(name, body, value=None):
    return html.fromstring(
        f"<div>{form_of(name, body, value=value)['answer'].as_field_group()}</div>"
    )


def sent_by(page):
    """What a browser sends of the page's controls."""
    data = QueryDict(mutable=True)
    for control in page.xpath("//input[@name] | //textarea[@name] | //select[@name]"):
        if control.tag == "select":
            for option in control.xpath("option[@selected]"):
                data.appendlist(control.get("name"), option.get("value"))
        elif control.tag == "textarea":
            data.appendlist(control.get("name"), (control.text or "").removeprefix("\n"))
        elif control.get("type") in {"checkbox", "radio"}:
            if control.get("checked") is not None:
                data.appendlist(control.get("name"), control.get("value"))
        elif control.get("type") != "file":
            data.appendlist(control.get("name"), control.get("value") or "")
    return data


@pytest.mark.parametrize(("name", "body"), EXAMPLES)
def test_every_control_has_a_name_that_can_be_read_aloud(name, body):
    page = page_of(name, body, KINDS[name].best(body))
    ids = page.xpath("//@id")
    controls = page.xpath("//input[@type!='hidden'] | //textarea | //select")

    assert len(ids) == len(set(ids))
    assert controls
    for control in controls:
        labels = page.xpath(f"//label[@for='{control.get('id')}']")
        named = [
            page.xpath(f"//*[@id='{each}']")[0].text_content()
            for each in (control.get("aria-labelledby") or "").split()
        ]
        words = "".join(label.text_content() for label in labels) + "".join(named)

        assert (control.get("aria-label") or words).strip(), html.tostring(control)
    assert len(controls) == 1 or page.xpath("//fieldset/legend") or name == "number"
    assert not page.xpath("//@style | //script | //style | //@*[starts-with(name(), 'on')]")
    for described in page.xpath("//@aria-describedby"):
        assert set(described.split()) <= set(ids)


@pytest.mark.parametrize(("name", "body"), EXAMPLES)
def test_the_page_holds_nothing_of_the_key(name, body):
    content, key = split(body)
    other = type(body).model_validate(join(content, key))
    shown = form_of(name, other)["answer"].as_field_group()

    assert SECRET in json.dumps(key)
    assert SECRET not in shown


@pytest.mark.parametrize("name", MACHINE)
def test_the_page_is_the_same_whatever_is_right(name):
    """Two items that differ in their key alone look alike."""
    body = BODIES[name]
    shown = form_of(name, body)["answer"].as_field_group()
    content, _key = split(body)
    other_key = {
        "choice": lambda raw: raw["options"][1].update(mark="1"),
        "choices": lambda raw: [
            option.update(mark=str(1 - float(option["mark"]))) for option in raw["options"]
        ],
        "text": lambda raw: raw["answers"].reverse() or raw["answers"][0].update(mark="1"),
        "number": lambda raw: raw["answers"].reverse(),
        "gaps": lambda raw: raw["gaps"][2]["accepted"][0].update(text="s1"),
        "gap_match": lambda raw: raw["gaps"][0].update(words=["w3"]),
        "match": lambda raw: raw["pairs"].pop(),
        "order": lambda raw: raw["order"].reverse(),
        "hottext": lambda raw: raw.update(right=["s1"]),
        "hotspot": lambda raw: raw.update(right=["a3"]),
        "graphic_gap_match": lambda raw: raw["spots"][0].update(labels=["l1"]),
        "processed": lambda raw: raw.update(rules=raw["rules"].replace(">s2<", ">s1<")),
    }
    raw = body.model_dump(mode="json")
    other_key[name](raw)
    other = type(body).model_validate(raw)

    assert other != body
    assert split(other)[0] == content
    assert form_of(name, other)["answer"].as_field_group() == shown


@pytest.mark.parametrize(("name", "body"), EXAMPLES)
def test_what_was_entered_comes_back(name, body):
    kind = KINDS[name]
    value = kind.field(body, "seed").clean(kind.best(body)) if name in MACHINE else None
    if body is POINTS:
        value = [[233.3, 233.3], [500.0, 500.0]]
    if name == "upload":
        value = [{"name": "a.pdf", "sha256": "0" * 64, "bytes": 1, "media_type": "application/pdf"}]
    if name == "scale":
        value = {"s1": "p1", "s2": "p2"}
    if name == "essay":
        value = "One.\n\nTwo <b>."
    form = form_of(name, body, sent_by(page_of(name, body, value)))

    assert form.is_valid(), form.errors
    assert form.cleaned_data["answer"] == (
        [[233.3, 233.3], [500.0, 500.0]] if body is POINTS else value
    )


@pytest.mark.parametrize(("name", "body"), EXAMPLES)
def test_an_untouched_page_answers_nothing(name, body):
    form = form_of(name, body, sent_by(page_of(name, body)))

    assert form.is_valid(), form.errors
    value = form.cleaned_data["answer"]
    assert KINDS[name].score(body, value).verdict == "unanswered"


@pytest.mark.parametrize(
    ("name", "value", "remark"),
    [
        ("number", {"number": "about a kilo"}, "not a number"),
        ("number", {"number": "3", "unit": ""}, "no unit"),
        ("gaps", {"g2": "many"}, "Gap 2 is not a number"),
        ("gap_match", {"1": "w1", "2": "w1"}, "more often"),
        ("order", {"places": {"s1": "1", "s2": "1"}, "indents": {}}, "same place"),
        ("hotspot", ["a1", "a2", "a3"], "Choose 2 at most"),
        ("essay", "Two words", "2 words; 3 are asked for"),
    ],
)
def test_what_cannot_score_is_kept_and_remarked_on(name, value, remark):
    kept = KINDS[name].field(BODIES[name], "seed").clean(value)
    kept = {**kept, "unit": kept.get("unit", "")} if name == "number" else kept

    assert remark in KINDS[name].remark(BODIES[name], kept)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("choice", "z"),
        ("choice", ["a"]),
        ("choices", ["a", "z"]),
        ("choices", "a"),
        ("choices", [{}]),
        ("text", ["Nairobi"]),
        ("number", {"number": "1", "unit": "lb"}),
        ("number", "1"),
        ("gaps", {"g4": "x"}),
        ("gaps", {"g3": "s9"}),
        ("gap_match", {"1": "w9"}),
        ("match", {"s1": ["t9"]}),
        ("match", {"s1": "t1"}),
        ("order", {"places": {"s1": "9"}}),
        ("order", {"places": {"s9": "1"}}),
        ("order", {"indents": {"s1": "3"}}),
        ("hottext", ["s9"]),
        ("hotspot", ["a9"]),
        ("graphic_gap_match", {"p1": "l9"}),
        ("essay", {}),
        ("upload", [{"name": "a"}]),
        ("upload", False),
        ("scale", {"s1": "p9"}),
    ],
)
def test_what_was_not_offered_is_refused(name, value):
    with pytest.raises(ValidationError):
        KINDS[name].field(BODIES[name], "seed").clean(value)


@pytest.mark.parametrize("value", [[[900, 1]], [["B4"]], "B4", [[1, 2, 3]], [[float("nan"), 1]]])
def test_points_beside_the_picture_are_refused(value):
    with pytest.raises(ValidationError):
        KINDS["hotspot"].field(POINTS, "seed").clean(value)


def test_a_grid_is_a_table_with_heads():
    page = page_of("match", GRID)

    assert len(page.xpath("//th[@scope='col']")) == 2
    assert len(page.xpath("//th[@scope='row']")) == 3
    assert len(page.xpath("//input[@type='checkbox']")) == 6


def test_options_stand_as_the_seed_says():
    def shown(seed):
        class Form(forms.Form):
            answer = KINDS["choices"].field(BODIES["choices"], seed)

        return re.findall(r'value="(.)"', str(Form()))

    assert sorted(shown("a")) == list("abcde")
    assert shown("a") == shown("a")
    assert len({tuple(shown(str(seed))) for seed in range(9)}) > 1


def test_an_essay_starts_with_its_template_until_it_is_cleared():
    assert "Dear Sir," in str(form_of("essay", BODIES["essay"])["answer"])
    assert "Dear Sir," not in str(form_of("essay", BODIES["essay"], value="")["answer"])


def test_nul_and_broken_letters_are_dropped():
    assert KINDS["text"].field(BODIES["text"], "s").clean("a\0b\ud800c") == "abc"


def test_files_can_be_removed():
    body = BODIES["upload"]
    kept = [
        {"name": f"{digit}.pdf", "sha256": digit * 64, "bytes": 1, "media_type": "application/pdf"}
        for digit in "12"
    ]
    data = sent_by(page_of("upload", body, kept))
    data["q1-answer-drop"] = "1" * 64
    form = form_of("upload", body, data)

    assert form.is_valid()
    assert form.cleaned_data["answer"] == kept[1:]
    assert form.is_multipart()
