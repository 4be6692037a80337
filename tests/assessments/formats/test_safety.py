"""Files made to do harm, and files that are no questions: each is refused with a sentence."""

import io
import stat
import tarfile
import zipfile

import pytest

from assessments.formats import records
from assessments.formats.media import is_safe_svg, medium_of
from assessments.formats.reading import read_package
from lms.core import archives
from tests.assessments.formats.examples import png


def zipped(*members):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return held.getvalue()


def refusal(data, name="file"):
    package = read_package(name, data)
    assert (package.items, package.unsupported) == ([], [])
    [refused] = package.refused
    return refused.reason


QUESTION = '<quiz><question type="truefalse"><questiontext><text>%s</text></questiontext></question></quiz>'
BILLION = '<!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + QUESTION % "&b;"
OUTSIDE = '<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + QUESTION % "&x;"
PARAMETER = '<!DOCTYPE quiz [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>' + QUESTION % ""


@pytest.mark.parametrize("xml", [BILLION, OUTSIDE, PARAMETER])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(xml, encoding):
    assert "declares entities" in refusal(xml.encode(encoding))


def test_a_doctype_without_entities_is_let_be():
    item = '<item ident="a"><presentation><material><mattext>Why?</mattext></material><response_str ident="r"><render_fib/></response_str></presentation></item>'
    xml = f'<!DOCTYPE questestinterop SYSTEM "ims_qtiasiv1p2.dtd"><questestinterop>{item}</questestinterop>'

    assert [each.kind for each in read_package("x", xml.encode()).items] == ["essay"]


@pytest.mark.parametrize(
    "name", ["../evil.xml", "a/../../evil.xml", "/etc/evil.xml", "C:\\evil.xml", "..\\evil.xml"]
)
def test_entries_that_lead_out_of_an_archive_are_refused(name):
    assert "leads out of it" in refusal(zipped((name, "x")))


def test_links_in_archives_are_refused():
    info = zipfile.ZipInfo("link.xml")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        link = tarfile.TarInfo("questions.xml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)

    assert "holds a link" in refusal(zipped((info, "/etc/passwd")))
    assert "holds a link" in refusal(held.getvalue())


def test_archives_that_unpack_to_far_more_are_refused():
    assert "unpacks to far more" in refusal(zipped(("a.xml", b"\0" * 30_000_000)))


def test_archives_with_too_many_entries_are_refused(monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)

    assert "more than 3 entries" in refusal(zipped(*((f"{n}.xml", "x") for n in range(4))))


def test_archives_within_archives_are_not_opened():
    inner = zipped(("q.gift", "::One::Where? {=a ~b}"))

    assert "no questions in the file" in refusal(zipped(("inner.zip", inner)))


def test_large_files_are_refused(monkeypatch):
    monkeypatch.setattr("assessments.formats.reading.MAX_BYTES", 10)

    assert "larger than 50 MB" in refusal(b"x" * 11)


def test_files_with_too_many_questions_are_refused(monkeypatch):
    monkeypatch.setattr(records, "MAX_ITEMS", 2)

    assert "more than 2 questions" in refusal(b"One {T}\n\nTwo {T}\n\nThree {T}")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"Dear all,\nthe meeting is at nine.", "Nothing in the file looks like a question"),
        (png(), "no file of questions"),
        (b"<html><body>Hello</body></html>", "begins with <html>"),
        (b"<quiz></quiz>", "no <question>"),
        (b"<quiz><question></quiz>", "not well-formed XML at line 1"),
        (b"PK\x03\x04 torn", "damaged"),
        (b"\x1f\x8b torn", "damaged"),
        (zipped(("notes.docx", "x")), "no questions in the file"),
        (b"<manifest/>", "Import the whole package"),
    ],
)
def test_a_file_without_questions_is_refused_with_what_to_do(data, words):
    assert words in refusal(data)


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="2" height="2"/>%s</svg>'
)


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>", '<rect onclick="alert(1)"/>', "<image href='http://x/y.png'/>",
        "<foreignObject/>", "<style>*{}</style>", '<rect fill="url(http://x)"/>', '<a href="javascript:x"/>',
        '<use href="#a"/>',
    ],
)  # fmt: skip
def test_drawings_hold_shapes_and_nothing_else(evil):
    assert is_safe_svg((SVG % "").encode())
    assert not is_safe_svg((SVG % evil).encode())


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (png(), "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a....", "image/gif"),
        (b"RIFF....WEBP", "image/webp"),
        (b"RIFF....WAVE", "audio/wav"),
        (b"OggS....", "audio/ogg"),
        (b"ID3....", "audio/mpeg"),
        (b"....ftypM4A ", "audio/mp4"),
        (b"MZ......", None),
        (b"<html>", None),
        (b"<?php", None),
    ],
)
def test_files_are_told_by_their_first_bytes(data, media_type):
    medium = medium_of(data)

    assert (medium.media_type if medium else None) == media_type


LONG = 200_000


@pytest.mark.parametrize(
    "text",
    [
        "\n" * LONG + "ANSWER: A",
        "Where?\nA) " + " " * LONG + "\nANSWER: A",
        "Where? {" + "\n" * LONG + "=a ~b}",
        "[html]" + "<!--" * LONG + " {T}",
        "[html]" + "<audio>" * LONG + " {T}",
        "[html]" + "<a href\\=x>" * LONG + " {T}",
        "Where? {" + "~" * LONG + "=a}",
        "1. " + " " * LONG + "\n*a) x\nb) y",
        "{1:SA:" * LONG,
        "\\" * LONG + " {T}",
    ],
    ids=range(10),
)
def test_long_runs_take_time_that_grows_with_their_length_alone(text):
    package = read_package("x", text.encode())

    assert not package.is_empty


def test_files_elsewhere_on_the_web_are_noted_and_never_fetched():
    [item] = read_package(
        "x", b'[html]<img src\\="http\\://127.0.0.1\\:9/x.png" alt\\="A map"> Where? {=a ~b}'
    ).items

    assert item.data["prompt"] == "A map Where?"
    assert item.notes == [
        "“http://127.0.0.1:9/x.png” lies elsewhere on the web and was not fetched."
    ]


def test_a_program_under_a_picture_s_name_is_left_out():
    import base64

    held = base64.b64encode(b"MZ program").decode()
    xml = (
        '<quiz><question type="truefalse"><name><text>x</text></name><questiontext format="html">'
        '<text>&lt;img src="@@PLUGINFILE@@/a.png" alt="A"&gt; Is it?</text>'
        f'<file name="a.png" encoding="base64">{held}</file></questiontext>'
        '<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>'
        "</question></quiz>"
    )
    package = read_package("x", xml.encode())

    assert package.files == {}
    assert "nothing that a question may hold" in package.items[0].notes[0]


def test_the_same_identifier_twice_gets_a_number_and_a_note():
    package = read_package("x", b"::One::A? {T}\n\n::One::B? {F}")

    assert [item.identifier for item in package.items] == ["One", "One-2"]
    assert package.items[1].notes == ["Another question of this file is also called One."]
