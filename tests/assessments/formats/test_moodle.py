"""Moodle's question XML, embedded answers and backups."""

import base64
import io
import tarfile
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.formats.moodle.cloze import read_cloze
from assessments.formats.reading import read_package
from assessments.formats.writing import write_items
from tests.assessments.formats.examples import accepted, example, png, whole


def quiz(kind, inside, text="<p>Question?</p>", name="One"):
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
        '<question type="category"><category><text>$course$/top/Law/County</text></category></question>\n'
        f'<question type="{kind}"><name><text>{name}</text></name>'
        f'<questiontext format="html"><text>{escape(text)}</text></questiontext>'
        '<generalfeedback format="html"><text>General.</text></generalfeedback><defaultgrade>2.0</defaultgrade>'
        '<hint format="html"><text>Think.</text></hint><tags><tag><text>law</text></tag></tags>'
        f"{inside}</question>\n</quiz>"
    )


def answer(text, fraction, feedback="", more=""):
    return f'<answer fraction="{fraction}"><text>{text}</text><feedback><text>{feedback}</text></feedback>{more}</answer>'


def only(kind, inside, **values):
    package = read_package("quiz.xml", quiz(kind, inside, **values).encode())
    assert (package.refused, package.unsupported) == ([], [])
    return package.items[0]


def test_what_all_questions_have_is_kept():
    item = only("truefalse", answer("true", 100) + answer("false", 0))

    assert (item.identifier, item.category, item.tags, item.line, str(item.max_score)) == (
        "One",
        "Law/County",
        ["law"],
        4,
        "2.0",
    )
    assert (item.data["feedback"], item.data["hints"]) == ("General.", ["Think."])


def dataset(name, low, high, *values):
    items = "".join(
        f"<dataset_item><number>{n}</number><value>{value}</value></dataset_item>"
        for n, value in enumerate(values, 1)
    )
    return (
        f"<dataset_definition><name><text>{name}</text></name><minimum><text>{low}</text></minimum>"
        f"<maximum><text>{high}</text></maximum><decimals><text>0</text></decimals><dataset_items>{items}</dataset_items></dataset_definition>"
    )


@pytest.mark.parametrize(
    ("kind", "inside", "text", "ours", "part"),
    [
        ("multichoice", "<single>true</single>" + answer("A", 100) + answer("B", "33.33333"), "?", "choice",
         {"marks": ["1", "0.3333333"]}),
        ("multichoice", "<single>false</single>" + answer("A", 50) + answer("B", 50) + answer("C", -100), "?", "choices",
         {"marks": ["0.5", "0.5", "-1"]}),
        ("shortanswer", "<usecase>1</usecase>" + answer("Nai*", 100), "?", "text", {"is_case_sensitive": True}),
        ("numerical", answer("47", 100, more="<tolerance>2</tolerance>"), "?", "number",
         {"answers": [{"value": "47", "tolerance": "2", "mark": "1", "feedback": ""}]}),
        ("matching", "<subquestion><text>Kenya</text><answer><text>Nairobi</text></answer></subquestion>"
         "<subquestion><text></text><answer><text>Kigali</text></answer></subquestion>", "?", "match",
         {"targets": [{"id": "t1", "text": "Nairobi"}, {"id": "t2", "text": "Kigali"}]}),
        ("essay", "<responseformat>editor</responseformat><responsefieldlines>15</responsefieldlines>"
         "<graderinfo><text>Model.</text></graderinfo>", "?", "essay", {"model_answer": "Model."}),
        ("essay", "<responseformat>noinline</responseformat><attachments>2</attachments>", "?", "upload", {"max_files": 2}),
        ("cloze", "", "<p>It is {1:MC:=on~under} the {2:SA:=equator}.</p>", "gaps", {"text": "<p>It is [[1]] the [[2]].</p>"}),
        ("gapselect", "<selectoption><text>on</text><group>1</group></selectoption>"
         "<selectoption><text>under</text><group>1</group></selectoption>", "It is [[1]] it.", "gaps", {"text": "It is [[g1]] it."}),
        ("ddwtos", "<dragbox><text>on</text><group>1</group><infinite/></dragbox>", "It is [[1]] it.", "gap_match",
         {"words": [{"id": "1", "text": "on", "uses": 0}]}),
        ("ordering", answer("Plan", 1) + answer("Pay", 2), "?", "order", {"order": ["t1", "t2"]}),
        ("calculatedsimple", answer("{a}*2", 100, more="<tolerance>0.01</tolerance><tolerancetype>1</tolerancetype>")
         + f"<dataset_definitions>{dataset('a', 1, 9, 4, 2)}</dataset_definitions>", "Twice {a}, not {={a}+1}?", "number",
         {"prompt": "Twice {a}, not {value_2}?"}),
    ],
)  # fmt: skip
def test_each_type_becomes_one_of_our_kinds(kind, inside, text, ours, part):
    item = only(kind, inside, text=text)

    assert item.kind == ours
    [(name, wanted)] = part.items()
    found = (
        [option["mark"] for option in item.data["options"]] if name == "marks" else item.data[name]
    )
    assert found == wanted


def test_wild_cards_become_variables_with_formulas():
    inside = (
        answer("{a}+{b}", 100)
        + f"<dataset_definitions>{dataset('a', 1, 9, 4, 2)}{dataset('b', 1, 5, 1, 3)}</dataset_definitions>"
    )
    item = only("calculated", inside, text="{a} + {b}?")

    assert [
        (each["name"], each["how"], each["low"], each["high"]) for each in item.data["variables"]
    ] == [("a", "range", "1", "9"), ("b", "range", "1", "5")]
    assert item.data["answers"][0]["value"] == "a+b"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("stack", "algebra"),
        ("coderunner", "lab"),
        ("random", "draws"),
        ("description", "without a question"),
        ("zebra", "“zebra” are not supported"),
    ],
)
def test_types_that_we_do_not_have_are_kept_with_a_reason(kind, words):
    package = read_package("x", quiz(kind, "").encode())

    [unsupported] = package.unsupported
    assert words in unsupported.reason
    assert unsupported.raw.startswith(f'<question type="{kind}">')
    assert unsupported.line == 4


@pytest.mark.parametrize(
    ("kind", "inside", "text", "words"),
    [
        ("multichoice", answer("A", 0) + answer("B", 0), "?", "no option is right"),
        ("numerical", answer("many", 100), "?", "“many” is no number"),
        ("cloze", "", "No gap", "has no gap"),
        ("cloze", "", "{1:SA:=never closed", "not closed"),
        ("cloze", "", "{1:SA:none right}", "no right answer"),
        ("gapselect", "", "[[3]]", "gap [[3]]"),
        ("ddmarker", "", "?", "picture"),
    ],
)
def test_a_bad_question_is_refused_with_its_line(kind, inside, text, words):
    package = read_package("x", quiz(kind, inside, text=text).encode())

    assert package.items == []
    [refused] = package.refused
    assert words in refused.reason
    assert refused.line == 4


def test_pictures_come_along():
    held = base64.b64encode(png()).decode()
    text = '&lt;img src="@@PLUGINFILE@@/a%20b.png" alt="Map"&gt;'
    xml = (
        f'<quiz><question type="truefalse"><name><text>x</text></name><questiontext format="html"><text>{text}</text>'
        f'<file name="a b.png" path="/" encoding="base64">{held}</file></questiontext>'
        f"{answer('true', 100)}{answer('false', 0)}</question></quiz>"
    )
    package = read_package("x", xml.encode())

    [(key, data)] = package.files.items()
    assert data == png()
    assert package.items[0].data["prompt"] == f'<img src="{key}" alt="Map">'


def test_markers_keep_their_places():
    held = base64.b64encode(png()).decode()
    inside = (
        f'<file name="m.png" encoding="base64">{held}</file><drag><no>1</no><text>Lodwar</text></drag>'
        "<drop><no>1</no><shape>rectangle</shape><coords>2,3;10,5</coords><choice>1</choice></drop>"
    )
    data = only("ddmarker", inside).data

    assert data["spots"][0]["coords"] == [2, 3, 12, 8]
    assert (data["picture"]["width"], data["picture"]["height"]) == (40, 30)


CLOZE = st.text(
    st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=20
).filter(
    lambda text: text.strip() == text and "*" not in text and "<" not in text and "&" not in text
)


@given(right=CLOZE, feedback=CLOZE)
def test_embedded_answers_carry_any_sign_there_and_back(right, feedback):
    feedback = escape(feedback, quote=False)
    gap = {"id": "g", "how": "text", "accepted": [accepted(right, feedback=feedback)]}
    item = example(
        "gaps", data=whole("gaps", {"prompt": "", "text": "Is it [[g]]?", "gaps": [gap]})
    )
    [again] = read_package("x", write_items("moodlexml", [item], {}).data).items

    [answer_] = again.data["gaps"][0]["accepted"]
    assert (answer_["text"], answer_["feedback"]) == (right, feedback)


@pytest.mark.parametrize(
    ("text", "how", "marks"),
    [
        ("{:SHORTANSWER:=a~%50%b#half}", "text", ["1", "0.5"]),
        ("{2:SAC:=A}", "text", ["1"]),
        ("{1:NM:=5:0.1~%25%6:1}", "number", ["1", "0.25"]),
        ("{1:MCVS:a~=b~c}", "dropdown", ["1"]),
        (r"{1:MC:=a \} b~c}", "dropdown", ["1"]),
    ],
)
def test_embedded_answers_of_each_type(text, how, marks):
    _text, [gap] = read_cloze(text)

    assert gap["how"] == how
    assert [each["mark"] for each in gap.get("numbers") or gap["accepted"]] == marks


BACKUP = """<?xml version="1.0"?><question_categories><question_category id="1"><name>top</name></question_category>
<question_category id="2"><name>Law</name><question_bank_entries><question_bank_entry id="1"><question_version>
<question_versions id="1"><questions><question id="7"><parent>0</parent><name>Old</name><questiontext>Old?</questiontext>
<questiontextformat>1</questiontextformat><qtype>truefalse</qtype></question></questions></question_versions>
<question_versions id="2"><questions><question id="8"><parent>0</parent><name>Seat</name>
<questiontext>&lt;img src="@@PLUGINFILE@@/m.png" alt="Map"&gt; Where?</questiontext><questiontextformat>1</questiontextformat>
<generalfeedback></generalfeedback><defaultmark>3.0000000</defaultmark><qtype>multichoice</qtype>
<plugin_qtype_multichoice_question><answers>
<answer id="1"><answertext>Nairobi</answertext><answerformat>1</answerformat><fraction>1.0000000</fraction><feedback>Yes</feedback></answer>
<answer id="2"><answertext>Kisumu</answertext><answerformat>1</answerformat><fraction>0.0000000</fraction><feedback></feedback></answer>
</answers><multichoice id="1"><single>1</single><shuffleanswers>0</shuffleanswers></multichoice></plugin_qtype_multichoice_question>
</question></questions></question_versions></question_version></question_bank_entry></question_bank_entries>
</question_category></question_categories>"""
FILES = """<files><file id="1"><contenthash>ab12</contenthash><filearea>questiontext</filearea><itemid>8</itemid>
<filepath>/</filepath><filename>m.png</filename></file></files>"""


def test_a_backup_gives_the_newest_version_with_its_pictures():
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for name, data in (
            ("moodle_backup.xml", b"<x/>"),
            ("questions.xml", BACKUP.encode()),
            ("files.xml", FILES.encode()),
            ("files/ab/ab12", png()),
        ):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    package = read_package("backup.mbz", held.getvalue())

    [item] = package.items
    assert (item.identifier, item.kind, item.category, str(item.max_score)) == (
        "Seat",
        "choice",
        "Law",
        "3.0000000",
    )
    assert [option["mark"] for option in item.data["options"]] == ["1", "0"]
    assert item.data["is_shuffled"] is False
    assert list(package.files.values()) == [png()]
