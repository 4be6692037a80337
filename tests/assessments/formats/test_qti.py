"""QTI 1.2, 2 and 3: items, packages, and what their rules score."""

import io
import re
import zipfile
from decimal import Decimal

import pytest

from assessments.formats.bodies import body_of
from assessments.formats.reading import read_package
from assessments.formats.writing import write_items
from assessments.interactions import KINDS
from assessments.interactions.shapes import split
from tests.assessments.formats.examples import png

V2 = "http://www.imsglobal.org/xsd/imsqti_v2p1"
V3 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"


def item2(body, declarations="", rules="", identifier="one"):
    return (
        f'<assessmentItem xmlns="{V2}" identifier="{identifier}" title="One" adaptive="false" timeDependent="false">{declarations}'
        f'<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/><itemBody>{body}</itemBody>{rules}</assessmentItem>'
    )


def declared(cardinality, base, *correct, more="", identifier="RESPONSE"):
    values = "".join(f"<value>{value}</value>" for value in correct)
    right = f"<correctResponse>{values}</correctResponse>" if correct else ""
    return f'<responseDeclaration identifier="{identifier}" cardinality="{cardinality}" baseType="{base}">{right}{more}</responseDeclaration>'


def mapping(**values):
    return (
        '<mapping defaultValue="0">'
        + "".join(
            f'<mapEntry mapKey="{key}" mappedValue="{value}"/>' for key, value in values.items()
        )
        + "</mapping>"
    )


def template(name):
    return f'<responseProcessing template="{TEMPLATES}{name}"/>'


def choices(*names, interaction="choiceInteraction", **given):
    listed = "".join(
        f'<simpleChoice identifier="{name}">{name} text</simpleChoice>' for name in names
    )
    attributes = "".join(f' {name}="{value}"' for name, value in given.items())
    return f'<p>Before.</p><{interaction} responseIdentifier="RESPONSE"{attributes}><prompt>Which?</prompt>{listed}</{interaction}>'


RULE = """<responseProcessing><responseCondition><responseIf><match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>
<setOutcomeValue identifier="SCORE"><baseValue baseType="float">4</baseValue></setOutcomeValue></responseIf>
<responseElseIf><match><variable identifier="RESPONSE"/><baseValue baseType="identifier">C</baseValue></match>
<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue></responseElseIf></responseCondition></responseProcessing>"""


def only(xml):
    package = read_package("item.xml", xml.encode())
    assert (package.refused, package.unsupported) == ([], [])
    return package.items[0]


@pytest.mark.parametrize(
    ("rules", "more", "marks"),
    [
        (template("match_correct"), "", ["0", "1", "0"]),
        (template("map_response"), mapping(A="1", B="2"), ["0.5", "1", "0"]),
        (RULE, "", ["0", "1", "0.25"]),
        ("", "", ["0", "1", "0"]),
    ],
)
def test_a_choice_has_the_marks_that_its_rules_give(rules, more, marks):
    item = only(
        item2(
            choices("A", "B", "C", shuffle="true", maxChoices="1"),
            declared("single", "identifier", "B", more=more),
            rules,
        )
    )

    assert item.kind == "choice"
    assert [option["mark"] for option in item.data["options"]] == marks
    assert item.data["prompt"] == "<p>Before.</p><p>Which?</p>"
    assert item.data["is_shuffled"] is True


def test_the_same_item_in_the_spelling_of_3_0_reads_the_same():
    two = item2(
        choices("A", "B", maxChoices="1"),
        declared("single", "identifier", "B"),
        template("match_correct"),
    )
    three = (
        f'<qti-assessment-item xmlns="{V3}" identifier="one" title="One"><qti-response-declaration identifier="RESPONSE" cardinality="single" '
        'base-type="identifier"><qti-correct-response><qti-value>B</qti-value></qti-correct-response></qti-response-declaration>'
        '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/><qti-item-body><p>Before.</p>'
        '<qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Which?</qti-prompt>'
        '<qti-simple-choice identifier="A">A text</qti-simple-choice><qti-simple-choice identifier="B">B text</qti-simple-choice>'
        '</qti-choice-interaction></qti-item-body><qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>'
        "</qti-assessment-item>"
    )

    assert only(three).data == only(two).data


@pytest.mark.parametrize(
    ("rules", "more", "method"),
    [
        (template("match_correct"), "", "all_or_nothing"),
        (template("map_response"), mapping(A="1", B="1", C="-1"), "marks"),
    ],
)
def test_several_choices_score_as_their_rules_do(rules, more, method):
    item = only(
        item2(
            choices("A", "B", "C", maxChoices="0"),
            declared("multiple", "identifier", "A", "B", more=more),
            rules,
        )
    )

    assert (item.kind, item.data["method"]) == ("choices", method)
    signs = [Decimal(option["mark"]).compare(Decimal(0)) for option in item.data["options"]]
    assert signs == ([1, 1, -1] if more else [1, 1, 0])


def entry(name="RESPONSE"):
    return f'<textEntryInteraction responseIdentifier="{name}" expectedLength="9"/>'


def test_text_entries_are_a_text_a_number_or_gaps():
    word = only(
        item2(
            f"<p>Capital? {entry()}</p>",
            declared("single", "string", "Nairobi"),
            template("match_correct"),
        )
    )
    number = only(
        item2(
            f"<p>Counties? {entry()}</p>",
            declared("single", "integer", "47"),
            template("match_correct"),
        )
    )
    both = only(
        item2(
            f"<p>A {entry('A')} b {entry('B')}</p>",
            declared("single", "string", "x", identifier="A")
            + declared("single", "string", "y", identifier="B"),
        )
    )

    assert (word.kind, word.data["answers"][0]["text"]) == ("text", "Nairobi")
    assert (number.kind, number.data["answers"][0]["value"]) == ("number", "47")
    assert (both.kind, both.data["text"]) == ("gaps", "<p>A [[A]] b [[B]]</p>")


def associable(tag, *names):
    return "".join(f'<{tag} identifier="{name}" matchMax="1">{name}</{tag}>' for name in names)


@pytest.mark.parametrize(
    ("body", "declaration", "kind", "part"),
    [
        ('<matchInteraction responseIdentifier="RESPONSE" maxAssociations="0"><simpleMatchSet>' + associable("simpleAssociableChoice", "A", "B")
         + "</simpleMatchSet><simpleMatchSet>" + associable("simpleAssociableChoice", "X", "Y") + "</simpleMatchSet></matchInteraction>",
         declared("multiple", "directedPair", "A X", "B Y"), "match",
         {"pairs": [{"source": "A", "target": "X"}, {"source": "B", "target": "Y"}]}),
        (choices("A", "B", interaction="orderInteraction"), declared("ordered", "identifier", "B", "A"), "order", {"order": ["B", "A"]}),
        ('<hottextInteraction responseIdentifier="RESPONSE" maxChoices="1"><p>A <hottext identifier="H">hot</hottext> text</p></hottextInteraction>',
         declared("single", "identifier", "H"), "hottext", {"text": "<p>A [[H]] text</p>"}),
        ('<gapMatchInteraction responseIdentifier="RESPONSE">' + associable("gapText", "W") + '<p>A <gap identifier="G"/></p></gapMatchInteraction>',
         declared("multiple", "directedPair", "W G"), "gap_match", {"gaps": [{"id": "G", "words": ["W"]}]}),
        ('<extendedTextInteraction responseIdentifier="RESPONSE" expectedLines="9"/>', declared("single", "string"), "essay", {"lines": 9}),
        ('<uploadInteraction responseIdentifier="RESPONSE" type="image/png"/>', declared("single", "file"), "upload", {"accepts": ["picture"]}),
        (choices("A", "B", maxChoices="1"), declared("single", "identifier"), "scale", {"points": [{"id": "A", "text": "A text"}, {"id": "B", "text": "B text"}]}),
    ],
)  # fmt: skip
def test_each_interaction_becomes_one_of_our_kinds(body, declaration, kind, part):
    item = only(item2(body, declaration, template("match_correct")))

    assert item.kind == kind
    [(name, wanted)] = part.items()
    assert item.data[name] == wanted


EACH = (
    '<responseCondition><responseIf><match><variable identifier="{0}"/><correct identifier="{0}"/></match><setOutcomeValue identifier="SCORE">'
    '<sum><variable identifier="SCORE"/><baseValue baseType="float">1</baseValue></sum></setOutcomeValue></responseIf></responseCondition>'
)
SEVERAL = item2(
    f"<p>Capital? {entry('A')}</p>" + choices("X", "Y").replace("RESPONSE", "B"),
    declared("single", "string", "Nairobi", identifier="A")
    + declared("single", "identifier", "Y", identifier="B"),
    f"<responseProcessing>{EACH.format('A')}{EACH.format('B')}</responseProcessing>",
)


@pytest.mark.parametrize(
    "xml", [SEVERAL, re.sub(r"<responseProcessing>.*</responseProcessing>", "", SEVERAL)]
)
def test_an_item_of_several_parts_keeps_its_rules(xml):
    item = only(xml)
    kind, body = KINDS[item.kind], body_of(item.kind, item.data)

    assert item.kind == "processed"
    assert [(part.id, part.kind) for part in body.parts] == [("A", "text"), ("B", "choice")]
    assert kind.score(body, {"A": "Nairobi", "B": "Y"}).verdict == "right"
    assert kind.score(body, {"A": "Nairobi", "B": "X"}).fraction == Decimal("0.5")
    assert "Nairobi" not in str(split(body)[0])


def test_an_item_of_several_parts_goes_out_as_it_came():
    item = only(SEVERAL)
    written = write_items("qti21", [item], {})

    [again] = read_package("p.zip", written.data).items
    assert again.data == item.data
    assert [reason for _name, reason in write_items("qti3", [item], {}).lost] == [
        "left out: the format has no question of this kind (processed)."
    ]


def zipped(members):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return held.getvalue()


def test_a_package_is_read_in_the_order_of_its_manifest_with_its_files():
    area = '<hotspotChoice identifier="H" shape="circle" coords="5,5,3"/><hotspotChoice identifier="I" shape="rect" coords="9,9,12,12"/>'
    spot = f'<hotspotInteraction responseIdentifier="RESPONSE" maxChoices="1"><object type="image/png" data="../img/m.png">Map</object>{area}</hotspotInteraction>'
    members = {
        "imsmanifest.xml": '<manifest xmlns="x"><resources><resource href="items/b.xml"/><resource href="items/a.xml"/></resources></manifest>',
        "items/a.xml": item2(
            choices("A", "B"),
            declared("single", "identifier", "A"),
            template("match_correct"),
            "first",
        ),
        "items/b.xml": item2(
            spot, declared("single", "identifier", "H"), template("match_correct"), "second"
        ),
        "items/c.xml": "<assessmentItem>",
        "img/m.png": png(),
    }
    package = read_package("p.zip", zipped(members))

    assert [item.identifier for item in package.items] == ["second", "first"]
    picture = package.items[0].data["picture"]
    assert (picture["width"], picture["height"], package.files[picture["src"]]) == (40, 30, png())
    [refused] = package.refused
    assert refused.reason.startswith("items/c.xml: The file is not well-formed XML at line 1")


def test_a_stimulus_comes_with_its_items():
    three = (
        f'<qti-assessment-item xmlns="{V3}" identifier="one" title="One"><qti-response-declaration identifier="R" cardinality="single" base-type="string"/>'
        '<qti-assessment-stimulus-ref identifier="s" href="s.xml"/><qti-item-body><qti-extended-text-interaction response-identifier="R"/>'
        "</qti-item-body></qti-assessment-item>"
    )
    shared = f'<qti-assessment-stimulus xmlns="{V3}" identifier="s"><qti-stimulus-body><p>Read.</p></qti-stimulus-body></qti-assessment-stimulus>'

    [item] = read_package("p.zip", zipped({"i.xml": three, "s.xml": shared})).items
    assert item.stimulus == "<p>Read.</p>"


def old(kind, presentation, rules="", feedback=""):
    about = f"<qtimetadatafield><fieldlabel>question_type</fieldlabel><fieldentry>{kind}</fieldentry></qtimetadatafield>"
    points = "<qtimetadatafield><fieldlabel>points_possible</fieldlabel><fieldentry>3</fieldentry></qtimetadatafield>"
    return (
        '<questestinterop><assessment ident="a" title="Quiz"><section><item ident="i1" title="One"><itemmetadata><qtimetadata>'
        f'{about}{points}</qtimetadata></itemmetadata><presentation><material><mattext texttype="text/html">&lt;p&gt;Q [x] [y]?&lt;/p&gt;</mattext></material>'
        f'{presentation}</presentation><resprocessing><outcomes><decvar maxvalue="100" varname="SCORE"/></outcomes>{rules}</resprocessing>{feedback}'
        "</item></section></assessment></questestinterop>"
    )


def lid(ident, *labels, many="Single", material=""):
    words = f"<material><mattext>{material}</mattext></material>" if material else ""
    listed = "".join(
        f'<response_label ident="{label}"><material><mattext>{label} text</mattext></material></response_label>'
        for label in labels
    )
    return f'<response_lid ident="{ident}" rcardinality="{many}">{words}<render_choice>{listed}</render_choice></response_lid>'


def rule(test, points=100, action="Set"):
    return f'<respcondition><conditionvar>{test}</conditionvar><setvar action="{action}" varname="SCORE">{points}</setvar></respcondition>'


def equal(who, what):
    return f'<varequal respident="{who}">{what}</varequal>'


FIB = '<response_str ident="r"><render_fib/></response_str>'


@pytest.mark.parametrize(
    ("kind", "presentation", "rules", "ours", "part"),
    [
        ("multiple_choice_question", lid("r", "a", "b"), rule(equal("r", "b")), "choice", {"marks": ["0", "1"]}),
        ("multiple_answers_question", lid("r", "a", "b", "c", many="Multiple"),
         rule(f"<and>{equal('r', 'a')}{equal('r', 'b')}<not>{equal('r', 'c')}</not></and>"), "choices", {"marks": ["1", "1", "0"]}),
        ("short_answer_question", FIB, rule(equal("r", "x") + equal("r", "y")), "text", {"count": 2}),
        ("numerical_question", FIB, rule(f"<or>{equal('r', '5')}<and><vargte respident='r'>4</vargte><varlte respident='r'>6</varlte></and></or>"),
         "number", {"answers": [{"value": "5", "tolerance": "1"}]}),
        ("fill_in_multiple_blanks_question", lid("response_x", "k", material="x") + lid("response_y", "l", material="y"),
         rule(equal("response_x", "k"), 50, "Add") + rule(equal("response_y", "l"), 50, "Add"), "gaps", {"text": "<p>Q [[g1]] [[g2]]?</p>"}),
        ("multiple_dropdowns_question", lid("response_x", "k", "m", material="x") + lid("response_y", "l", "n", material="y"),
         rule(equal("response_x", "k"), 50, "Add") + rule(equal("response_y", "n"), 50, "Add"), "gaps", {"text": "<p>Q [[g1]] [[g2]]?</p>"}),
        ("matching_question", lid("s1", "k", "m", material="One") + lid("s2", "k", "m", material="Two"),
         rule(equal("s1", "k"), 50, "Add") + rule(equal("s2", "m"), 50, "Add"), "match",
         {"pairs": [{"source": "s1", "target": "k"}, {"source": "s2", "target": "m"}]}),
        ("essay_question", FIB, "", "essay", {"model_answer": ""}),
        ("file_upload_question", "", "", "upload", {"model_answer": ""}),
    ],
)  # fmt: skip
def test_canvas_questions_become_our_kinds(kind, presentation, rules, ours, part):
    item = only(old(kind, presentation, rules))

    assert (item.kind, item.max_score) == (ours, Decimal(3))
    [(name, wanted)] = part.items()
    if name == "marks":
        found = [option["mark"] for option in item.data["options"]]
    else:
        found = len(item.data["answers"]) if name == "count" else item.data[name]
    assert found == wanted


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        (item2("<p>Only text.</p>"), "without a question"),
        (
            item2(
                '<customInteraction responseIdentifier="RESPONSE"/>', declared("single", "string")
            ),
            "program of its own",
        ),
        (old("text_only_question", ""), "without a question"),
        (old("zebra_question", FIB), "“zebra_question” are not supported"),
    ],
)
def test_what_is_not_supported_is_kept_with_a_reason(xml, words):
    package = read_package("x.xml", xml.encode())

    [unsupported] = package.unsupported
    assert words in unsupported.reason
    assert unsupported.raw != ""
