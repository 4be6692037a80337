"""One question of each kind, as an author in a county government would write it."""

import struct
import zlib
from decimal import Decimal

from assessments.formats.bodies import body_of
from assessments.formats.markup import Files
from assessments.formats.records import ReadItem


def png(width=40, height=30, shade=200):
    """A plain picture, small enough to read in a test."""

    def chunk(name, data):
        checked = name + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    rows = (b"\0" + bytes([shade]) * 3 * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


FILES = Files()
MAP = FILES.keep("map.png", png())
ICON = FILES.keep("icon.png", png(8, 8, 90))
PICTURE = {"src": MAP, "width": 40, "height": 30, "alt": "Map of the counties"}


def options(*rows):
    return [
        {"id": f"o{n}", "text": text, "mark": mark, "feedback": feedback}
        for n, (text, mark, feedback) in enumerate(rows, 1)
    ]


def sides(letter, *texts):
    return [{"id": f"{letter}{n}", "text": text} for n, text in enumerate(texts, 1)]


def accepted(text, mark="1", how="folded", feedback=""):
    return {"text": text, "mark": mark, "how": how, "feedback": feedback}


BODIES = {
    "choice": (
        "choice",
        {
            "prompt": "<p>Who appoints the county secretary? Use {braces}, 50% &amp; a=b: C:\\docs #1 ~</p>",
            "options": options(
                ("The governor", "1", "<p>Yes: with the assembly's approval.</p>"),
                ("The <b>senate</b>", "0", "No."),
                ("The county assembly alone", "0.5", ""),
            ),
            "feedback": "<p>County Governments Act, section 44.</p>",
        },
    ),
    "true_false": (
        "choice",
        {
            "prompt": "A circular may be quoted from memory.",
            "options": [
                {"id": "true", "text": "True", "mark": "0", "feedback": "Look it up first."},
                {"id": "false", "text": "False", "mark": "1", "feedback": "Right."},
            ],
            "is_shuffled": False,
        },
    ),
    "choices": (
        "choices",
        {
            "prompt": "Which of these are personal data?",
            "options": options(("A phone number", "1", ""), ("A land title", "1", ""), ("A public holiday", "0", "It is about no one.")),
            "method": "right_minus_wrong",
        },
    ),
    "choices_all": (
        "choices",
        {
            "prompt": "Which counties border Nairobi?",
            "options": options(("Kiambu", "1", ""), ("Machakos", "1", ""), ("Mombasa", "0", "")),
            "method": "all_or_nothing",
        },
    ),
    "choices_marks": (
        "choices",
        {
            "prompt": "What makes a good password?",
            "options": options(("Length", "0.6", ""), ("Being new", "0.4", ""), ("Your name", "-0.5", "")),
            "method": "marks",
            "is_shuffled": False,
        },
    ),
    "text": (
        "text",
        {
            "prompt": "What is the capital of Kenya?",
            "answers": [accepted("Nairobi", feedback="Yes."), accepted("Nairobi City", "0.5")],
        },
    ),
    "text_wildcard": (
        "text",
        {"prompt": "Name the data protection law.", "answers": [accepted("Data Protection Act*", how="wildcard"), accepted("2*2=4", how="folded")]},
    ),
    "text_pattern": (
        "text",
        {"prompt": "Write a county code.", "answers": [accepted("0[1-9]|[1-3][0-9]|4[0-7]", how="pattern"), accepted("47", how="exact")]},
    ),
    "number": (
        "number",
        {
            "prompt": "How many counties are there?",
            "answers": [
                {"value": "47", "tolerance": "0", "mark": "1", "feedback": "Yes."},
                {"value": "47", "tolerance": "2", "mark": "0.5", "feedback": "Nearly."},
            ],
        },
    ),
    "number_range": ("number", {"prompt": "VAT in per cent?", "answers": [{"low": "15.5", "high": "16.5"}]}),
    "number_relative": ("number", {"prompt": "People of Kenya, in millions?", "answers": [{"value": "47.6", "tolerance": "0.05", "how": "relative"}]}),
    "number_significant": ("number", {"prompt": "Pi?", "answers": [{"value": "3.14159", "tolerance": "3", "how": "significant"}]}),
    "number_units": (
        "number",
        {
            "prompt": "How far is Mombasa from Nairobi?",
            "answers": [{"value": "480", "tolerance": "20"}],
            "units": [{"symbol": "km", "factor": "1"}, {"symbol": "m", "factor": "0.001"}],
            "unit_penalty": "0.5",
        },
    ),
    "gaps": (
        "gaps",
        {
            "prompt": "",
            "text": "<p>The [[g1]] has [[g2]] members and sits in [[g3]].</p>",
            "gaps": [
                {
                    "id": "g1",
                    "how": "dropdown",
                    "options": sides("d", "National Assembly", "Senate"),
                    "accepted": [accepted("d1", how="exact")],
                },
                {"id": "g2", "how": "number", "numbers": [{"value": "349", "tolerance": "1"}], "weight": "2"},
                {"id": "g3", "how": "text", "accepted": [accepted("Nairobi"), accepted("the capital", "0.5")]},
            ],
        },
    ),
    "gap_match": (
        "gap_match",
        {
            "prompt": "Fill the gaps.",
            "text": "<p>A [[a]] leads a county, a [[b]] a ministry.</p>",
            "gaps": [{"id": "a", "words": ["w1"]}, {"id": "b", "words": ["w2"]}],
            "words": [{"id": "w1", "text": "governor"}, {"id": "w2", "text": "cabinet secretary"}, {"id": "w3", "text": "chief"}],
        },
    ),
    "match": (
        "match",
        {
            "prompt": "Match each county with its headquarters.",
            "sources": sides("s", "Kiambu", "Kilifi <i>(coast)</i>", "Nakuru"),
            "targets": sides("t", "Kiambu town", "Kilifi town", "Nakuru city", "Embu"),
            "pairs": [{"source": f"s{n}", "target": f"t{n}"} for n in (1, 2, 3)],
        },
    ),
    "match_kprim": (
        "match",
        {
            "prompt": "True or false?",
            "sources": sides("s", "A minute is a record.", "A memo is secret.", "A file has a number.", "Ink may be green."),
            "targets": sides("t", "true", "false"),
            "pairs": [{"source": "s1", "target": "t1"}, {"source": "s2", "target": "t2"}, {"source": "s3", "target": "t1"}, {"source": "s4", "target": "t2"}],
            "look": "grid",
            "is_shuffled": False,
            "method": "kprim",
        },
    ),
    "match_many": (
        "match",
        {
            "prompt": "What belongs to which level?",
            "sources": sides("s", "National", "County"),
            "targets": sides("t", "Defence", "Markets", "Ferries"),
            "pairs": [{"source": "s1", "target": "t1"}, {"source": "s2", "target": "t2"}, {"source": "s2", "target": "t3"}],
            "is_many": True,
        },
    ),
    "order": (
        "order",
        {
            "prompt": "Put the steps of a tender in order.",
            "things": sides("k", "Award", "Plan", "Advertise"),
            "order": ["k2", "k3", "k1"],
        },
    ),
    "order_all": (
        "order",
        {"prompt": "Oldest first.", "things": sides("k", "1963", "2010"), "order": ["k1", "k2"], "method": "all_or_nothing"},
    ),
    "hottext": (
        "hottext",
        {
            "prompt": "Select the verbs.",
            "text": "<p>The clerk [[a]] the letter and [[b]] it [[c]].</p>",
            "spans": [{"id": "a", "text": "stamps"}, {"id": "b", "text": "files"}, {"id": "c", "text": "quickly"}],
            "right": ["a", "b"],
        },
    ),
    "hotspot": (
        "hotspot",
        {
            "prompt": "Where is Mombasa?",
            "picture": PICTURE,
            "areas": [
                {"id": "a", "label": "1", "shape": "circle", "coords": [10, 10, 4]},
                {"id": "b", "label": "2", "shape": "rect", "coords": [20, 20, 30, 28]},
            ],
            "right": ["b"],
        },
    ),
    "hotspot_points": (
        "hotspot",
        {"prompt": "Mark the lake.", "picture": PICTURE, "targets": [{"shape": "poly", "coords": [1, 1, 9, 1, 5, 8], "mark": "1"}]},
    ),
    "graphic_gap_match": (
        "graphic_gap_match",
        {
            "prompt": "Name the counties.",
            "picture": PICTURE,
            "spots": [
                {"id": "a", "label": "1", "shape": "rect", "coords": [0, 0, 10, 10], "labels": ["l1"]},
                {"id": "b", "label": "2", "shape": "circle", "coords": [20, 20, 5], "labels": ["l2"]},
            ],
            "labels": [{"id": "l1", "text": "Turkana"}, {"id": "l2", "text": "Kwale"}],
        },
    ),
    "essay": ("essay", {"prompt": "Explain public participation.", "lines": 12, "model_answer": "<p>Article 10.</p>"}),
    "upload": ("upload", {"prompt": "Hand in a budget.", "max_files": 1, "model_answer": "<p>Balanced.</p>"}),
    "scale": ("scale", {"prompt": "How sure are you?", "statements": sides("s", "I can file a return."), "points": sides("p", "Not", "Quite", "Very")}),
    "scale_grid": ("scale", {"prompt": "How sure are you?", "statements": sides("s", "Filing", "Paying"), "points": sides("p", "Not", "Very")}),
}  # fmt: skip


def whole(kind, data):
    """`data` with all of its fields, its HTML as it is."""
    body = body_of(kind, data).model_dump(mode="json")
    if isinstance(data.get("picture"), dict):
        body["picture"] = data["picture"]
    return body | {"prompt": data["prompt"]}


def example(name, **values):
    kind, data = BODIES[name]
    given = {
        "identifier": name.replace("_", "-"),
        "title": name.replace("_", " "),
        "tags": ["devolution", "law"],
    }
    given |= {"kind": kind, "data": whole(kind, data), "max_score": Decimal(1)}
    return ReadItem(**{**given, **values})
