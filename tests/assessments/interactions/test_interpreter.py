"""QTI's rules: what they reckon, and the limits that hold whatever a package says."""

from decimal import Decimal

import pytest

from assessments.interactions.processed import expressions, interpreter

INTEGER = '<baseValue baseType="integer">{}</baseValue>'
FLOAT = '<baseValue baseType="float">{}</baseValue>'


def rules(expression, declarations="", before=""):
    return (
        f"<item>{declarations}<outcomeDeclaration identifier='SCORE' cardinality='single' baseType='float'/>"
        f"<responseProcessing>{before}<setOutcomeValue identifier='SCORE'>{expression}</setOutcomeValue></responseProcessing></item>"
    )


def n(number):
    return (INTEGER if isinstance(number, int) else FLOAT).format(number)


def of(tag, *parts, **given):
    attributes = "".join(f' {name}="{value}"' for name, value in given.items())
    return f"<{tag}{attributes}>{''.join(n(part) if isinstance(part, int | float) else part for part in parts)}</{tag}>"


@pytest.mark.parametrize(
    ("expression", "score"),
    [
        (of("sum", 1, 2.5), "3.5"),
        (of("product", 2, 3, 4), "24.0"),
        (of("divide", 1, 4), "0.25"),
        (of("subtract", 1, 4), "-3.0"),
        (of("power", 2, 10), "1024.0"),
        (of("integerDivide", -7, 2), "-4.0"),
        (of("integerModulus", -7, 2), "1.0"),
        (of("round", -2.5), "-2.0"),
        (of("truncate", -2.5), "-2.0"),
        (of("max", 1, 7, 3), "7.0"),
        (of("gcd", 12, 18), "6.0"),
        (of("lcm", 4, 6), "12.0"),
        (of("mathOperator", 100, name="log"), "2.0"),
        (of("statsOperator", of("multiple", 2, 4, 4, 4, 5, 5, 7, 9), name="popSD"), "2.0"),
        (of("roundTo", 1234.5, roundingMode="significantFigures", figures="2"), "1200.0"),
        (of("index", of("ordered", 5, 6, 7), n="2"), "6.0"),
        (of("containerSize", of("delete", n(4), of("multiple", 4, 5, 4))), "1.0"),
        (of("qti-sum", 1, 1), "2.0"),
    ],
)
def test_expressions_reckon(expression, score):
    assert interpreter.score(rules(expression), {}) == Decimal(score)


@pytest.mark.parametrize(
    "expression",
    [
        of("divide", 1, 0), of("power", 10.0, 999), of("mathOperator", -1, name="ln"), of("index", of("ordered", 1), n="9"),
        of("customOperator", 1), "<null/>", of("sum", "<null/>", 1), of("unknown", 1), of("variable", identifier="NOPE"),
    ],
)  # fmt: skip
def test_what_has_no_value_gives_no_score_and_never_raises(expression):
    assert interpreter.score(rules(expression), {}) is None


@pytest.mark.parametrize(
    ("test", "is_true"),
    [
        (of("equal", 10, 10.4, toleranceMode="absolute", tolerance="0.5"), True),
        (of("equal", 10, 10.6, toleranceMode="relative", tolerance="5"), False),
        (of("equalRounded", 3.14159, 3.142, roundingMode="significantFigures", figures="3"), True),
        (of("contains", of("multiple", 1, 2, 3), of("multiple", 3, 1)), True),
        (of("contains", of("ordered", 1, 2, 3), of("ordered", 1, 3)), False),
        (of("match", of("multiple", 1, 2), of("multiple", 2, 1)), True),
        (of("match", of("ordered", 1, 2), of("ordered", 2, 1)), False),
        (of("anyN", of("gt", 2, 1), of("gt", 1, 2), min="1", max="1"), True),
        (of("and", of("gt", 2, 1), "<isNull><null/></isNull>"), True),
        (of("patternMatch", '<baseValue baseType="string">AB12</baseValue>', pattern="[A-Z]{2}[0-9]+"), True),
        (of("stringMatch", *[f'<baseValue baseType="string">{word}</baseValue>' for word in ("a", "A")], caseSensitive="false"), True),
        (of("inside", '<baseValue baseType="point">5 5</baseValue>', shape="circle", coords="4,4,3"), True),
    ],
)  # fmt: skip
def test_comparisons_hold_or_not(test, is_true):
    condition = f"<responseCondition><responseIf>{test}<setOutcomeValue identifier='SCORE'>{n(1)}</setOutcomeValue></responseIf></responseCondition>"
    xml = (
        "<item><outcomeDeclaration identifier='SCORE' cardinality='single' baseType='float'/>"
        f"<responseProcessing>{condition}</responseProcessing></item>"
    )

    assert interpreter.score(xml, {}) == int(is_true)


MAPPED = (
    "<responseDeclaration identifier='RESPONSE' cardinality='multiple' baseType='identifier'><correctResponse><value>A</value>"
    "<value>B</value></correctResponse><mapping defaultValue='-1' lowerBound='0' upperBound='3'><mapEntry mapKey='A' mappedValue='2'/>"
    "<mapEntry mapKey='B' mappedValue='2'/></mapping></responseDeclaration>"
)


@pytest.mark.parametrize(
    ("chosen", "score"),
    [(["A"], 2), (["A", "B"], 3), (["A", "A"], 2), (["A", "C"], 1), (["C"], 0), ([], 0)],
)
def test_a_mapping_counts_each_value_once_within_its_bounds(chosen, score):
    xml = f"<item>{MAPPED}<responseProcessing template='http://x/map_response'/></item>"

    assert interpreter.score(xml, {"RESPONSE": chosen}) == score


def test_the_key_scores_fully():
    xml = f"<item>{MAPPED}<responseProcessing template='http://x/match_correct.xml'/></item>"

    assert interpreter.key(xml) == {"RESPONSE": ["A", "B"]}
    assert interpreter.score(xml, interpreter.key(xml)) == interpreter.max_score(xml) == 1


def test_a_seed_draws_the_same_values_again():
    xml = (
        "<item><templateDeclaration identifier='T' cardinality='single' baseType='integer'/>"
        "<outcomeDeclaration identifier='SCORE' cardinality='single' baseType='float'/><templateProcessing>"
        "<setTemplateValue identifier='T'><randomInteger min='1' max='1000'/></setTemplateValue></templateProcessing>"
        "<responseProcessing><setOutcomeValue identifier='SCORE'><variable identifier='T'/></setOutcomeValue></responseProcessing></item>"
    )
    scores = [interpreter.score(xml, {}, seed) for seed in ("a", "a", "b", "c", "d")]

    assert scores[0] == scores[1]
    assert len(set(scores)) > 1


def test_rules_that_nest_without_end_are_stopped():
    deep = n(1)
    for _level in range(expressions.MAX_DEPTH + 5):
        deep = of("sum", deep)

    assert interpreter.score(rules(deep), {}) is None


def test_rules_that_go_on_without_end_are_stopped():
    inner = of("repeat", *([n(1)] * 50), numberRepeats="1000")

    assert interpreter.score(rules(of("containerSize", inner)), {}) is None


def test_a_pattern_takes_time_that_grows_with_the_text_alone():
    text = '<baseValue baseType="string">' + "a" * 5000 + "!</baseValue>"
    evil = of("isNotNull", of("patternMatch", text, pattern="(a+)+$"))
    condition = f"<responseCondition><responseIf>{evil}<setOutcomeValue identifier='SCORE'>{n(1)}</setOutcomeValue></responseIf></responseCondition>"

    assert (
        interpreter.score(
            rules(n(0)).replace("<responseProcessing>", f"<responseProcessing>{condition}"), {}
        )
        == 0
    )


def test_rules_with_entities_are_not_expanded():
    xml = '<!DOCTYPE item [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rules(
        "<baseValue baseType='string'>&x;</baseValue>"
    )

    assert interpreter.score(xml, {}) is None
