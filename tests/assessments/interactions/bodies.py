"""Items of every kind: one of each by hand, and strategies for any."""

from decimal import Decimal

from hypothesis import strategies as st

from assessments.interactions import KINDS
from assessments.interactions.choice.body import ChoiceBody, ChoicesBody
from assessments.interactions.extended_text.body import EssayBody
from assessments.interactions.gap_match.body import GapMatchBody
from assessments.interactions.gaps.body import GapsBody
from assessments.interactions.graphic_gap_match.body import GraphicGapMatchBody
from assessments.interactions.hotspot.body import HotspotBody
from assessments.interactions.hottext.body import HottextBody
from assessments.interactions.match.body import MatchBody
from assessments.interactions.number.body import NumberBody
from assessments.interactions.order.body import OrderBody
from assessments.interactions.processed.body import ProcessedBody
from assessments.interactions.scale.body import ScaleBody
from assessments.interactions.text_entry.body import TextBody
from assessments.interactions.upload.body import UploadBody

SECRET = "SECRETWORD"  # in everything private that holds words
PROMPT = {"prompt": "<p>Which?</p>", "feedback": f"<p>{SECRET}</p>", "hints": [f"<p>{SECRET}</p>"]}
PICTURE = {"id": 1, "width": 800, "height": 600, "alt": "A map of five counties"}


def sides(*texts):
    return [{"id": f"s{number}", "text": text} for number, text in enumerate(texts, start=1)]


def right(text, mark="1", **more):
    return {"text": text, "mark": mark, "feedback": f"<p>{SECRET}</p>", **more}


def every_one_right(*texts):
    """Options of a part, whose key tells nothing."""
    return [{**side, "mark": "1"} for side in sides(*texts)]


def declared(name, cardinality, base, *values):
    right = "".join(f"<value>{value}</value>" for value in values)
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{base}">'
        f"<correctResponse>{right}</correctResponse></responseDeclaration>"
    )


def a_point_for(name):
    return (
        f'<responseCondition><responseIf><match><variable identifier="{name}"/><correct identifier="{name}"/></match>'
        '<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/><baseValue baseType="float">1</baseValue>'
        "</sum></setOutcomeValue></responseIf></responseCondition>"
    )


RULES = (
    "<item>"
    + declared("SEAT", "single", "string", SECRET)
    + declared("YEAR", "single", "identifier", "s2")
    + declared("WHO", "multiple", "identifier", "s1", "s3")
    + '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/><responseProcessing>'
    + "".join(a_point_for(name) for name in ("SEAT", "YEAR", "WHO"))
    + "</responseProcessing></item>"
)


BODIES = {
    "choice": ChoiceBody(
        **PROMPT,
        options=[
            {"id": "a", "text": "<b>Nairobi</b>", "mark": "1", "feedback": SECRET},
            {"id": "b", "text": "Mombasa", "mark": "0.5", "feedback": SECRET},
            {"id": "c", "text": "Kisumu", "mark": "-0.25"},
        ],
    ),
    "choices": ChoicesBody(
        **PROMPT,
        options=[
            {"id": letter, "text": letter, "mark": mark, "feedback": SECRET}
            for letter, mark in zip("abcde", ["1", "1", "0", "0", "1"], strict=True)
        ],
    ),
    "text": TextBody(
        **PROMPT,
        answers=[
            right("Nairobi"),
            right("Mombas*", "0.5", how="wildcard"),
            right("(?i)kisumu?", "0.25", how="pattern"),
            right("*", "0", how="wildcard"),
        ],
    ),
    "number": NumberBody(
        **PROMPT,
        units=[{"symbol": "kg"}, {"symbol": "g", "factor": "0.001"}],
        unit_penalty="0.5",
        answers=[
            {"value": "1.5", "tolerance": "0.01", "feedback": SECRET},
            {"low": "1", "high": "2", "mark": "0.5", "feedback": SECRET},
        ],
    ),
    "gaps": GapsBody(
        **PROMPT,
        text="<p>In [[g1]], [[g2]] people had [[g3]].</p>",
        gaps=[
            {"id": "g1", "how": "text", "accepted": [right("Kenya"), right("Uganda", "0.5")]},
            {"id": "g2", "how": "number", "numbers": [{"value": "500", "tolerance": "5"}]},
            {
                "id": "g3",
                "how": "dropdown",
                "options": sides("phones", "radios"),
                "accepted": [right("s2")],
                "weight": "2",
            },
        ],
    ),
    "gap_match": GapMatchBody(
        **PROMPT,
        text="<p>[[1]] is kept, [[2]] is shared, [[3]] is nothing.</p>",
        words=[
            {"id": "w1", "text": "A secret"},
            {"id": "w2", "text": "A notice"},
            {"id": "w3", "text": "A rumour", "uses": 0},
        ],
        gaps=[{"id": "1", "words": ["w1", "w2"]}, {"id": "2", "words": ["w1"]}, {"id": "3"}],
    ),
    "match": MatchBody(
        **PROMPT,
        sources=sides("minutes", "ranking", "notice"),
        targets=[{"id": "t1", "text": "fit"}, {"id": "t2", "text": "unfit"}],
        pairs=[
            {"source": "s1", "target": "t1"},
            {"source": "s2", "target": "t2"},
            {"source": "s3", "target": "t1"},
        ],
    ),
    "order": OrderBody(
        **PROMPT,
        things=sides("stop the loss", "note the time", "tell the officer", "go home"),
        order=["s2", "s1", "s3"],
        indents={"s1": 1},
        max_indent=2,
    ),
    "hottext": HottextBody(
        **PROMPT,
        text="<p>On [[s1]], [[s2]] met [[s3]].</p>",
        spans=sides("Monday", "Achieng", "Otieno"),
        right=["s2", "s3"],
    ),
    "hotspot": HotspotBody(
        **PROMPT,
        picture=PICTURE,
        max_choices=2,
        areas=[
            {"id": "a1", "label": "Lake", "shape": "rect", "coords": [0, 0, 100, 100]},
            {"id": "a2", "label": "", "shape": "circle", "coords": [300, 300, 50]},
            {"id": "a3", "label": "Road", "shape": "poly", "coords": [0, 500, 100, 500, 50, 590]},
        ],
        right=["a1", "a2"],
    ),
    "graphic_gap_match": GraphicGapMatchBody(
        **PROMPT,
        picture=PICTURE,
        labels=[{"id": "l1", "text": "Lake"}, {"id": "l2", "text": "Hill"}],
        spots=[
            {
                "id": "p1",
                "label": "the north",
                "shape": "rect",
                "coords": [0, 0, 90.5, 90],
                "labels": ["l2"],
            },
            {
                "id": "p2",
                "label": "",
                "shape": "circle",
                "coords": [300, 300, 50],
                "labels": ["l1"],
            },
        ],
    ),
    "essay": EssayBody(
        **PROMPT,
        min_words=3,
        max_words=9,
        template="Dear Sir,",
        rubric=[{"id": "r1", "title": SECRET, "points": "2.5"}],
        model_answer=SECRET,
    ),
    "upload": UploadBody(
        **PROMPT, max_files=2, rubric=[{"id": "r1", "title": SECRET, "points": 2}]
    ),
    "scale": ScaleBody(
        **PROMPT,
        statements=sides("I can explain it.", "I can do it."),
        points=[{"id": "p1", "text": "No"}, {"id": "p2", "text": "Yes"}],
    ),
    "processed": ProcessedBody(
        **PROMPT,
        text="<p>The [[SEAT]] was moved in [[YEAR]] by:</p>[[WHO]]",
        parts=[
            {
                "id": "SEAT",
                "kind": "text",
                "data": {"prompt": "", "answers": [{"text": "*", "how": "wildcard"}]},
            },
            {
                "id": "YEAR",
                "kind": "choice",
                "is_inline": True,
                "data": {"prompt": "", "options": every_one_right("1905", "1907")},
            },
            {
                "id": "WHO",
                "kind": "choices",
                "data": {"prompt": "", "options": every_one_right("Crown", "Court", "Council")},
            },
        ],
        rules=RULES,
    ),
}
POINTS = HotspotBody(
    **PROMPT,
    picture=PICTURE,
    max_choices=0,
    targets=[
        {"shape": "circle", "coords": [200, 200, 60]},
        {"shape": "rect", "coords": [500, 500, 501, 501]},  # smaller than any cell
        {"shape": "rect", "coords": [700, 0, 800, 100], "mark": "-0.5"},
    ],
)
GRID = BODIES["match"].model_copy(
    update={"look": "grid", "is_many": True, "method": "kprim", "is_shuffled": False}
)
EXAMPLES = [*BODIES.items(), ("hotspot", POINTS), ("match", GRID)]
MACHINE = [name for name, kind in KINDS.items() if kind.scored_by == "machine"]

# Any body

words = st.text("abcdefgh éèİß'-", min_size=1, max_size=12).filter(str.strip)
inlines = st.builds("<b>{}</b> {}".format, st.text("abc", min_size=1, max_size=5), words).map(
    str.strip
)
paragraphs = st.one_of(st.just(""), words.map(str.strip).map("<p>{}</p>".format))
marks = st.integers(-100, 100).map(lambda cents: Decimal(cents) / 100)
identifiers = st.one_of(st.uuids().map(str), st.text("abcXYZ019_-.", min_size=1, max_size=8))


def ids(least, most):
    return st.lists(identifiers, min_size=least, max_size=most, unique=True)


def of_ids(names, **fields):
    """Things with the ids of `names` and drawn `fields`."""
    return st.tuples(
        *(st.fixed_dictionaries({"id": st.just(name), **fields}) for name in names)
    ).map(list)


def subsets(names, least=0):
    return st.lists(st.sampled_from(names), min_size=least, unique=True) if names else st.just([])


shared = {
    "prompt": words.map(str.strip).map("<p>{}</p>".format),
    "feedback": paragraphs,
    "hints": st.lists(words.map(str.strip).map("<p>{}</p>".format), max_size=2),
}
variables = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["a", "b"]),
        "how": st.sampled_from(["range", "list", "expression"]),
        "low": st.just("1"),
        "high": st.just("9"),
        "choices": st.lists(words, max_size=2),
        "expression": st.just("1 + 1"),
        "decimals": st.none() | st.integers(0, 3),
    }
)
common = st.fixed_dictionaries(
    {
        **shared,
        "variables": st.lists(variables, max_size=2),
        "constraints": st.lists(st.just("1 < 2"), max_size=1),
    }
)
plain_common = st.fixed_dictionaries(shared)


@st.composite
def choices_bodies(draw, base, model=ChoicesBody):
    names = draw(ids(2, 6))
    options = draw(of_ids(names, text=inlines, mark=marks, feedback=paragraphs))
    options[draw(st.integers(0, len(names) - 1))]["mark"] = Decimal(1)
    more = {}
    if model is ChoicesBody:
        more = {
            "method": draw(st.sampled_from(["all_or_nothing", "marks", "right_minus_wrong"])),
            "max_choices": draw(st.integers(0, 7)),
        }
    return model(**draw(base), options=options, is_shuffled=draw(st.booleans()), **more)


plain_answers = st.fixed_dictionaries(
    {
        "text": words.map(str.strip),
        "how": st.sampled_from(["folded", "exact"]),
        "mark": marks,
        "feedback": paragraphs,
    }
)


def with_a_right_one(answers, key):
    """Distinct answers, the first of them right."""
    distinct = list({key(answer): answer for answer in answers}.values())
    return [{**distinct[0], "mark": Decimal(1)}, *distinct[1:]]


accepted = st.lists(plain_answers, min_size=1, max_size=3).map(
    lambda answers: with_a_right_one(answers, lambda answer: answer["text"])
)
figures = st.decimals(-1000, 1000, places=2).map(str)
numbers = st.lists(
    st.fixed_dictionaries(
        {
            "value": figures,
            "tolerance": st.sampled_from(["0", "0.5", "3"]),
            "how": st.sampled_from(["absolute", "relative", "significant"]),
            "mark": marks,
            "feedback": paragraphs,
        }
    ),
    min_size=1,
    max_size=3,
).map(lambda answers: with_a_right_one(answers, lambda answer: answer["value"]))


@st.composite
def text_bodies(draw, base):
    return TextBody(
        **draw(base),
        answers=draw(accepted),
        is_case_sensitive=draw(st.booleans()),
        is_accent_sensitive=draw(st.booleans()),
    )


@st.composite
def number_bodies(draw, base):
    units = draw(
        st.sampled_from(
            [[], [{"symbol": "kg"}], [{"symbol": "kg"}, {"symbol": "g", "factor": "0.001"}]]
        )
    )
    return NumberBody(
        **draw(base),
        unit=draw(st.sampled_from(["", "cases"])),
        units=units,
        unit_penalty=draw(st.sampled_from(["0", "0.5", "1"])),
        answers=draw(numbers),
    )


def text_with(names):
    return "<p>A" + "".join(f" [[{name}]] b" for name in names) + "</p>"


@st.composite
def gaps_bodies(draw, base):
    names = draw(ids(1, 4))
    gaps = []
    for name in names:
        how = draw(st.sampled_from(["text", "number", "dropdown"]))
        gap = {"id": name, "how": how, "weight": draw(st.sampled_from(["1", "0.5", "3"]))}
        if how == "text":
            gap["accepted"] = draw(accepted)
        elif how == "number":
            gap["numbers"] = draw(numbers)
        else:
            options = draw(ids(1, 4))
            gap["options"] = draw(of_ids(options, text=inlines))
            chosen = draw(subsets(options, 1))
            gap["accepted"] = [
                {"text": option, "mark": Decimal(1) if number == 0 else Decimal("0.5")}
                for number, option in enumerate(chosen)
            ]
        gaps.append(gap)
    return GapsBody(
        **draw(base),
        text=text_with(draw(st.permutations(names))),
        gaps=gaps,
        is_shuffled=draw(st.booleans()),
    )


@st.composite
def gap_match_bodies(draw, base):
    names, things = draw(ids(1, 4)), draw(ids(1, 4))
    rights = [draw(subsets(things)) for _name in names]
    rights[0] = rights[0] or [things[0]]
    uses = st.just(0) if len(names) > 1 else st.integers(0, 2)
    return GapMatchBody(
        **draw(base),
        text=text_with(names),
        words=draw(of_ids(things, text=inlines, uses=uses)),
        gaps=[{"id": name, "words": words} for name, words in zip(names, rights, strict=True)],
        is_shuffled=draw(st.booleans()),
    )


@st.composite
def match_bodies(draw, base):
    sources, targets = draw(ids(1, 4)), draw(ids(2, 4))
    pairs = draw(
        st.lists(
            st.fixed_dictionaries(
                {"source": st.sampled_from(sources), "target": st.sampled_from(targets)}
            ),
            min_size=1,
            max_size=8,
        )
    )
    return MatchBody(
        **draw(base),
        sources=draw(of_ids(sources, text=inlines)),
        targets=draw(of_ids(targets, text=inlines)),
        pairs=pairs,
        look=draw(st.sampled_from(["lists", "grid"])),
        is_many=draw(st.booleans()),
        is_shuffled=draw(st.booleans()),
        method=draw(st.sampled_from(["partial", "all_or_nothing", "kprim"])),
    )


@st.composite
def order_bodies(draw, base):
    names = draw(ids(2, 6))
    order = draw(st.permutations(names))[: draw(st.integers(2, len(names)))]
    max_indent = draw(st.integers(0, 3))
    return OrderBody(
        **draw(base),
        things=draw(of_ids(names, text=inlines)),
        order=order,
        max_indent=max_indent,
        indents={name: draw(st.integers(0, max_indent)) for name in order},
        method=draw(st.sampled_from(["places", "neighbours", "all_or_nothing"])),
    )


@st.composite
def hottext_bodies(draw, base):
    names = draw(ids(1, 6))
    return HottextBody(
        **draw(base),
        text=text_with(draw(st.permutations(names))),
        spans=draw(of_ids(names, text=inlines)),
        right=draw(subsets(names, 1)),
        max_choices=draw(st.integers(0, 4)),
    )


regions = st.one_of(
    st.tuples(st.integers(50, 700), st.integers(50, 500), st.integers(5, 40)).map(
        lambda at: {"shape": "circle", "coords": list(map(float, at))}
    ),
    st.tuples(st.integers(0, 700), st.integers(0, 500), st.integers(1, 90)).map(
        lambda at: {
            "shape": "rect",
            "coords": [float(at[0]), float(at[1]), at[0] + at[2] + 0.5, at[1] + at[2] + 0.25],
        }
    ),
    st.tuples(st.integers(0, 700), st.integers(0, 500), st.integers(20, 90)).map(
        lambda at: {
            "shape": "poly",
            "coords": [at[0], at[1], at[0] + at[2], at[1], at[0], at[1] + at[2]],
        }
    ),
)


@st.composite
def placed(draw, name, **fields):
    return {"id": name, "label": draw(st.just("") | inlines), **draw(regions), **fields}


@st.composite
def hotspot_bodies(draw, base):
    names = draw(ids(0, 4))
    targets = []
    if not names:
        targets = [draw(regions) | {"mark": Decimal(1)}]
        targets += [
            draw(regions) | {"mark": draw(st.sampled_from([Decimal("-0.5"), Decimal(0)]))}
            for _number in range(draw(st.integers(0, 2)))
        ]
    return HotspotBody(
        **draw(base),
        picture=PICTURE,
        areas=[draw(placed(name)) for name in names],
        right=draw(subsets(names, 1)) if names else [],
        targets=targets,
        max_choices=draw(st.integers(0, 3)),
    )


@st.composite
def graphic_bodies(draw, base):
    names, things = draw(ids(1, 4)), draw(ids(1, 4))
    rights = [draw(subsets(things)) for _name in names]
    rights[0] = rights[0] or [things[0]]
    return GraphicGapMatchBody(
        **draw(base),
        picture=PICTURE,
        labels=draw(of_ids(things, text=inlines, uses=st.just(0))),
        spots=[
            draw(placed(name, labels=labels)) for name, labels in zip(names, rights, strict=True)
        ],
    )


@st.composite
def rubrics(draw):
    return draw(
        of_ids(draw(ids(0, 3)), title=words, description=words, points=st.sampled_from([1, 2]))
    )


@st.composite
def essay_bodies(draw, base):
    return EssayBody(
        **draw(base),
        min_words=draw(st.integers(0, 9)),
        max_words=draw(st.integers(0, 9)),
        template=draw(words),
        rubric=draw(rubrics()),
        model_answer=draw(paragraphs),
    )


@st.composite
def upload_bodies(draw, base):
    kinds = ["document", "picture", "sound", "table"]
    return UploadBody(
        **draw(base),
        accepts=draw(subsets(kinds, 1)),
        max_files=draw(st.integers(1, 10)),
        rubric=draw(rubrics()),
        model_answer=draw(paragraphs),
    )


@st.composite
def scale_bodies(draw, base):
    return ScaleBody(
        **draw(base),
        statements=draw(of_ids(draw(ids(1, 3)), text=inlines)),
        points=draw(of_ids(draw(ids(2, 5)), text=inlines)),
    )


@st.composite
def processed_bodies(draw, base):
    one = BODIES["processed"]
    return ProcessedBody(**draw(base), text=one.text, parts=one.parts, rules=one.rules)


STRATEGIES = {
    "choice": lambda base: choices_bodies(base, ChoiceBody),
    "choices": choices_bodies,
    "text": text_bodies,
    "number": number_bodies,
    "gaps": gaps_bodies,
    "gap_match": gap_match_bodies,
    "match": match_bodies,
    "order": order_bodies,
    "hottext": hottext_bodies,
    "hotspot": hotspot_bodies,
    "graphic_gap_match": graphic_bodies,
    "essay": essay_bodies,
    "upload": upload_bodies,
    "scale": scale_bodies,
    "processed": processed_bodies,
}


def bodies(name, base=plain_common):
    return STRATEGIES[name](base)
