"""Kiswahili: every sentence, with its placeholders, and the compiled file as new as its source."""

import gettext
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po
from django.template import Context, Template
from django.utils import translation

FOLDER = Path(__file__).parents[2] / "lms/locale/sw/LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)s")


@pytest.fixture(scope="module")
def messages():
    with (FOLDER / "django.po").open("rb") as file:
        return [message for message in read_po(file, locale="sw") if message.id]


def _forms(text):
    return list(text) if isinstance(text, tuple | list) else [text]


def test_every_sentence_is_translated(messages):
    assert [message.id for message in messages if not all(_forms(message.string))] == []


def test_placeholders_are_kept(messages):
    for message in messages:
        asked, given = (
            set(PLACEHOLDER.findall(_forms(text)[-1])) for text in (message.id, message.string)
        )
        assert asked == given, message.id


def test_the_compiled_file_says_the_same(messages):
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in messages:
        for form, text in enumerate(_forms(message.string)):
            key = (message.id[0], form) if message.pluralizable else message.id
            assert compiled._catalog[key] == text


@pytest.mark.parametrize(("language", "month"), [("en", "November"), ("sw", "Novemba")])
def test_a_time_comes_with_its_zone(language, month):
    with translation.override(language):
        moment = datetime(2026, 11, 21, 20, 5, tzinfo=ZoneInfo("UTC"))
        shown = Template("{{ moment }}").render(Context({"moment": moment}))
    assert shown == f"21 {month} 2026, 23:05 EAT"
