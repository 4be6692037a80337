# ruff: noqa: RUF001  letters that look alike are what is read here
"""What a person typed, read with good will: words, numbers, units, and JSON of any shape."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import re2

from assessments.interactions.base import exact
from assessments.interactions.patterns import example_of_pattern
from assessments.interactions.shapes import Accepted, AcceptedNumber, Value

MAX_TEXT = 4_000  # letters of a short answer that are compared
MAX_PATTERN_MEMORY = 1 << 20
MAX_NUMBER = 80  # letters of a number
MAX_EXPONENT = 300
MAX_FIGURES = 40

_LOOK_ALIKE = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
        "\u200b": None, "\u00ad": None, "\ufeff": None, "…": "...",
    }
)  # fmt: skip


def text_of(value: Value) -> str:
    """`value` as text where it is text or a number, "" otherwise; never longer than is compared."""
    if isinstance(value, str):
        return tidy(value[:MAX_TEXT])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if isinstance(value, int) and value.bit_length() > 4 * MAX_NUMBER:
        return ""
    return str(value)


def ids_of(value: Value, known: Iterable[str]) -> list[str]:
    """The ids in the list `value` that are known, each once, in the order of `known`."""
    if not isinstance(value, list):
        return []
    chosen = {each for each in value if isinstance(each, str)}
    return [each for each in known if each in chosen]


def table_of(value: Value) -> dict[str, Any]:
    """`value` where it is an object, an empty one otherwise."""
    return value if isinstance(value, dict) else {}


def tidy(text: str) -> str:
    """`text` without what no database takes: NUL, and halves of letters."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


@lru_cache(maxsize=512)
def fold(text: str, *, is_case_sensitive: bool = False, is_accent_sensitive: bool = False) -> str:
    """`text` as it is compared: spaces, quotes and dashes alike, and case and accents unless they matter."""
    if text.isascii():
        text = text.replace("`", "'")
        return " ".join((text if is_case_sensitive else text.lower()).split())
    text = text.translate(_LOOK_ALIKE)
    if is_accent_sensitive:
        text = unicodedata.normalize("NFC", text)
    else:
        text = "".join(
            letter
            for letter in unicodedata.normalize("NFKD", text)
            if not unicodedata.combining(letter)
        )
    if not is_case_sensitive:
        text = text.casefold()
    return " ".join(text.split())


@lru_cache(maxsize=2_048)
def _compiled(pattern: str, is_case_sensitive: bool) -> Any:  # noqa: FBT001  a key of the cache
    options = re2.Options()
    options.max_mem = MAX_PATTERN_MEMORY
    options.log_errors = False
    options.dot_nl = True
    options.case_sensitive = is_case_sensitive
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None


def is_pattern(pattern: str) -> bool:
    """Whether RE2 understands `pattern`, within the memory it may use."""
    return _compiled(pattern, True) is not None


@lru_cache(maxsize=512)
def _wildcard(text: str, **sensitive: bool) -> str:
    """The pattern of `text`, where `*` stands for anything and `\\*` for itself."""
    pieces = re.split(r"(?<!\\)\*", text)
    folded = [fold(piece.replace(r"\*", "*"), **sensitive) for piece in pieces]
    return r"\s*.*\s*".join(re2.escape(piece) for piece in folded)


def fits(answer: Accepted, typed: str, **sensitive: bool) -> bool:
    """Whether `typed` is what `answer` accepts."""
    if answer.how == "exact":
        plain = unicodedata.normalize("NFC", typed).strip()
        return plain == unicodedata.normalize("NFC", answer.text).strip()
    folded = fold(typed, **sensitive)
    if answer.how == "folded":
        return folded == fold(answer.text, **sensitive)
    if answer.how == "wildcard":
        pattern = _compiled(_wildcard(answer.text, **sensitive), True)
        return pattern is not None and pattern.fullmatch(folded) is not None
    return _fits_pattern(answer.text, typed, **sensitive)


def _fits_pattern(
    text: str,
    typed: str,
    *,
    is_case_sensitive: bool = False,
    is_accent_sensitive: bool = False,
) -> bool:
    pattern = _compiled(text, is_case_sensitive)
    if pattern is None:
        return False
    spaced = " ".join(typed.split())
    if pattern.fullmatch(spaced) is not None:
        return True
    if spaced.isascii() or is_accent_sensitive:
        return False
    bare = fold(typed, is_case_sensitive=True, is_accent_sensitive=False)
    return pattern.fullmatch(bare) is not None


def first_fit(answers: Sequence[Accepted], typed: str, **sensitive: bool) -> Accepted | None:
    """The first of `answers` that accepts `typed`."""
    return next((answer for answer in answers if fits(answer, typed, **sensitive)), None)


def example_of(answer: Accepted) -> str:
    """Something that `answer` accepts, as far as that is easily told."""
    if answer.how == "wildcard":
        return re.sub(r"(?<!\\)\*", "", answer.text).replace(r"\*", "*")
    if answer.how == "pattern":
        return example_of_pattern(answer.text)
    return answer.text


_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’_]")
_GROUPED = re.compile(r"\d{1,3}(?:\D\d{2,3})*\D\d{3}")
_NUMBER = re.compile(
    r"""\s*(?P<sign>[+\-−–]?)\s*
    (?P<digits>\d[\d.,\s\u00a0\u2007\u2009\u202f'’_]*|[.,]\d+)
    (?:\s*(?:[eE]|[x×*·⋅]\s*10\s*(?:\^|\*\*))\s*(?P<exponent>[+\-−]?\d{1,6}))?
    (?P<unit>.*)""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)


def _plain_digits(digits: str) -> str | None:
    """`digits` with a decimal point and without marks for thousands; None where they make no sense."""
    bare = digits.strip()
    spaced = _SPACES.search(bare) is not None
    if spaced:
        whole = re.split(r"[.,]", bare)[0]
        if _SPACES.search(whole) and not _GROUPED.fullmatch(whole):
            return None
        bare = _SPACES.sub("", bare)
    points, commas = bare.count("."), bare.count(",")
    if points and commas:
        point = "." if bare.rindex(".") > bare.rindex(",") else ","
    elif commas == 1:
        is_thousands = not spaced and re.fullmatch(r"[1-9]\d{0,2},\d{3}", bare)
        point = "." if is_thousands else ","
    else:
        point = "." if points == 1 else ","
    thousands = "," if point == "." else "."
    if bare.count(point) > (1 if points or commas == 1 else 0):
        if points and commas:
            return None
        point, thousands = thousands, point
    whole, _, part = bare.partition(point)
    if thousands in part or (thousands in whole and not _GROUPED.fullmatch(whole)):
        return None
    return f"{whole.replace(thousands, '') or '0'}.{part or '0'}"


def read_measure(text: Value) -> tuple[Decimal, str] | None:
    """Return the number that a person wrote and what stands behind it, or None where there is no number."""
    typed = text_of(text)[: 2 * MAX_NUMBER]
    found = _NUMBER.fullmatch(typed)
    if found is None or len(found["digits"]) > MAX_NUMBER:
        return None
    digits = _plain_digits(found["digits"])
    exponent = int((found["exponent"] or "0").replace("−", "-"))
    if digits is None or abs(exponent) > MAX_EXPONENT:
        return None
    sign = "-" if found["sign"] in {"-", "−", "–"} else ""
    try:
        number = Decimal(f"{sign}{digits}E{exponent}")
    except InvalidOperation:
        return None
    return number, found["unit"].strip()


def read_number(text: Value) -> Decimal | None:
    """Return the number that a person wrote, and nothing behind it, or None."""
    measure = read_measure(text)
    return measure[0] if measure and not measure[1] else None


def plain_number(number: Decimal) -> str:
    """`number` as people write it: no exponent, no zeros at its end."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) if number else "0"


def _to_figures(number: Decimal, figures: int) -> Decimal:
    if not number:
        return number
    return number.quantize(Decimal(1).scaleb(number.adjusted() - figures + 1))


@exact
def accepts_number(answer: AcceptedNumber, number: Decimal) -> bool:
    """Whether `number` is what `answer` accepts."""
    value = read_number(answer.value)
    if value is None:
        low, high = read_number(answer.low), read_number(answer.high)
        if low is None and high is None:
            return False
        return (low is None or low <= number) and (high is None or number <= high)
    tolerance = read_number(answer.tolerance) or Decimal(0)
    if answer.how == "significant":
        if not 1 <= tolerance <= MAX_FIGURES:
            return number == value
        return _to_figures(number, int(tolerance)) == _to_figures(value, int(tolerance))
    if answer.how == "relative":
        tolerance = abs(tolerance * value)
    return abs(number - value) <= tolerance


def first_number_fit(answers: Sequence[AcceptedNumber], number: Decimal) -> AcceptedNumber | None:
    """The first of `answers` that accepts `number`."""
    return next((answer for answer in answers if accepts_number(answer, number)), None)


def example_number(answer: AcceptedNumber) -> str:
    """A number that `answer` accepts."""
    return answer.value or answer.low or answer.high


def told_number(answer: AcceptedNumber) -> str:
    """What `answer` accepts, for people."""
    if answer.value:
        return answer.value
    return " – ".join(end for end in (answer.low, answer.high) if end)
