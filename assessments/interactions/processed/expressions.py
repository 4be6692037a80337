"""QTI's expressions. Each takes its element and yields a value; NULL, as None, where a part has none."""

import math
import operator
import random
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

import re2
from lxml import etree

from assessments.interactions.processed.names import attribute, children, name_of
from assessments.interactions.processed.values import (
    MAX_TEXT,
    MAX_VALUES,
    Declaration,
    Multiple,
    Ordered,
    QtiValue,
    UnsupportedRuleError,
    are_same,
    cast,
    holds_all,
    is_inside,
    is_number,
    listed,
)

MAX_STEPS = 20_000
MAX_DEPTH = 60
MAX_PATTERN = 500
_LARGEST = 1e300

_MATHS: dict[str, Callable] = {
    "toDegrees": math.degrees,
    "toRadians": math.radians,
    "ln": math.log,
    "log": math.log10,
    "signum": lambda x: (x > 0) - (x < 0),
    "abs": abs,
    "sec": lambda x: 1 / math.cos(x),
    "csc": lambda x: 1 / math.sin(x),
    "cot": lambda x: 1 / math.tan(x),
    "asec": lambda x: math.acos(1 / x),
    "acsc": lambda x: math.asin(1 / x),
    "acot": lambda x: math.atan(1 / x),
    "sech": lambda x: 1 / math.cosh(x),
    "csch": lambda x: 1 / math.sinh(x),
    "coth": lambda x: 1 / math.tanh(x),
    **{
        name: getattr(math, name)
        for name in (
            "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "exp", "floor", "ceil",
        )
    },
}  # fmt: skip


def rounded(number: float, mode: str, figures: int) -> float:
    """Round half up, to significant figures or to decimal places."""
    exact = Decimal(repr(float(number)))
    if mode.startswith("significant"):
        if not exact:
            return 0.0
        figures = figures - 1 - exact.adjusted()
    return float(exact.quantize(Decimal(1).scaleb(-figures), ROUND_HALF_UP))


def pattern_matches(pattern: str, text: str, *, is_case_sensitive: bool = True) -> bool:
    """Whether all of `text` fits an XML Schema pattern, by RE2: in time that grows with the text alone."""
    if len(pattern) > MAX_PATTERN or len(text) > MAX_TEXT:
        raise UnsupportedRuleError("pattern too long")
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = is_case_sensitive
    options.max_mem = 8 << 20
    try:
        return re2.compile(pattern, options).fullmatch(text) is not None
    except re2.error as error:
        raise UnsupportedRuleError(f"pattern {pattern}") from error


class Expressions:
    """What the rules of an item work with: its variables, and their declarations by the same identifier."""

    def __init__(self, seed: str) -> None:
        self.values: dict[str, QtiValue] = {}
        self.correct: dict[str, QtiValue] = {}
        self.defaults: dict[str, QtiValue] = {}
        self.declared: dict[str, Declaration] = {}
        self.random = random.Random(seed)  # noqa: S311  variants, not secrets
        self.steps = 0
        self.depth = 0

    def step(self) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise UnsupportedRuleError("too many steps")

    def evaluate(self, element: etree._Element) -> QtiValue:
        """Return the value of an expression, within the limits of steps and depth."""
        self.step()
        name = name_of(element)
        method = getattr(self, "x_" + name.replace("-", "_"), None)
        if method is None:
            raise UnsupportedRuleError(name)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UnsupportedRuleError("nested too deeply")
        try:
            return method(element, children(element))
        finally:
            self.depth -= 1

    # Helpers

    def _number(self, element: etree._Element) -> float | None:
        value = self.evaluate(element)
        if isinstance(value, list):
            value = value[0] if len(value) == 1 else None
        return value if is_number(value) else None

    def _numbers(self, parts: list[etree._Element]) -> list[float] | None:
        found: list[float] = []
        for part in parts:
            value = self.evaluate(part)
            values = listed(value)
            if value is None or not all(is_number(each) for each in values):
                return None
            found += values
        return found

    def _two(self, parts: list[etree._Element]) -> tuple[QtiValue, QtiValue] | None:
        one, other = (self.evaluate(part) for part in parts[:2])
        return None if one is None or other is None else (one, other)

    def _flat(self, parts: list[etree._Element]) -> list:
        return [value for part in parts for value in listed(self.evaluate(part))][:MAX_VALUES]

    def parameter(self, text: str, default: float | None = None) -> float | None:
        """Return an attribute's number, or that of the variable whose name it holds."""
        if not text:
            return default
        try:
            return float(text)
        except ValueError:
            value = self.values.get(text.strip("{}"))
            return float(value) if isinstance(value, int | float) and is_number(value) else default

    def _declared(self, element: etree._Element) -> Declaration:
        identifier = attribute(element, "identifier")
        if identifier not in self.declared:
            raise UnsupportedRuleError(f"variable {identifier}")
        return self.declared[identifier]

    def bounded(self, mapping: etree._Element, total: float) -> float:
        low, high = attribute(mapping, "lower-bound"), attribute(mapping, "upper-bound")
        total = max(total, float(low)) if low else total
        return min(total, float(high)) if high else total

    # Variables

    def x_base_value(self, element, parts):
        return cast(attribute(element, "base-type"), element.text)

    def x_variable(self, element, parts):
        identifier = attribute(element, "identifier")
        if identifier not in self.values:
            raise UnsupportedRuleError(f"variable {identifier}")
        return self.values[identifier]

    def x_correct(self, element, parts):
        return self.correct.get(attribute(element, "identifier"))

    def x_default(self, element, parts):
        return self.defaults.get(attribute(element, "identifier"))

    def x_null(self, element, parts):
        return None

    # Logic

    def x_is_null(self, element, parts):
        return self.evaluate(parts[0]) in (None, "")

    def x_is_not_null(self, element, parts):
        return not self.x_is_null(element, parts)

    def x_not(self, element, parts):
        value = self.evaluate(parts[0])
        return None if value is None else not value

    def x_and(self, element, parts):
        values = [self.evaluate(part) for part in parts]
        if any(value is False for value in values):
            return False
        return None if any(value is None for value in values) else True

    def x_or(self, element, parts):
        values = [self.evaluate(part) for part in parts]
        if any(value is True for value in values):
            return True
        return None if any(value is None for value in values) else False

    def x_any_n(self, element, parts):
        low = self.parameter(attribute(element, "min"), 0)
        high = self.parameter(attribute(element, "max"), len(parts))
        values = [self.evaluate(part) for part in parts]
        true, unknown = (sum(value is each for value in values) for each in (True, None))
        if true > high or true + unknown < low:
            return False
        return True if true >= low and true + unknown <= high else None

    x_all_n = x_any_n

    def x_match(self, element, parts):
        two = self._two(parts)
        return None if two is None else are_same(*two)

    # Numbers

    def _compare(self, parts, compare):
        one, other = self._number(parts[0]), self._number(parts[1])
        return None if one is None or other is None else compare(one, other)

    def x_lt(self, element, parts):
        return self._compare(parts, operator.lt)

    def x_lte(self, element, parts):
        return self._compare(parts, operator.le)

    def x_gt(self, element, parts):
        return self._compare(parts, operator.gt)

    def x_gte(self, element, parts):
        return self._compare(parts, operator.ge)

    x_duration_lt, x_duration_gte = x_lt, x_gte

    def x_equal(self, element, parts):
        one, other = self._number(parts[0]), self._number(parts[1])
        if one is None or other is None:
            return None
        mode = attribute(element, "tolerance-mode", "exact")
        if mode == "exact":
            return one == other
        tolerance = [
            self.parameter(each, 0) for each in attribute(element, "tolerance", "0").split()
        ]
        below, above = tolerance[0], tolerance[-1]
        if mode == "absolute":
            low, high = one - below, one + above
        else:
            low, high = sorted((one * (1 - below / 100), one * (1 + above / 100)))
        slack = 1e-12 * max(1, abs(one))
        with_low = attribute(element, "include-lower-bound", "true") == "true"
        with_high = attribute(element, "include-upper-bound", "true") == "true"
        is_above = other > low - slack if with_low else other > low + slack
        return is_above and (other < high + slack if with_high else other < high - slack)

    def x_not_equal(self, element, parts):
        value = self.x_equal(element, parts)
        return None if value is None else not value

    def x_equal_rounded(self, element, parts):
        one, other = self._number(parts[0]), self._number(parts[1])
        mode = attribute(element, "rounding-mode", "significantFigures")
        figures = self.parameter(attribute(element, "figures"))
        if one is None or other is None or figures is None:
            return None
        return rounded(one, mode, int(figures)) == rounded(other, mode, int(figures))

    def x_round_to(self, element, parts):
        number, figures = self._number(parts[0]), self.parameter(attribute(element, "figures"))
        if number is None or figures is None:
            return None
        return rounded(
            number, attribute(element, "rounding-mode", "significantFigures"), int(figures)
        )

    def _of(self, parts, work):
        numbers = self._numbers(parts)
        if not numbers:
            return None
        try:
            result = work(*numbers)
        except (ValueError, ZeroDivisionError, OverflowError):
            return None
        if isinstance(result, complex) or abs(result) > _LARGEST or math.isnan(result):
            return None
        return result

    def x_sum(self, element, parts):
        return self._of(parts, lambda *numbers: sum(numbers))

    def x_product(self, element, parts):
        return self._of(parts, lambda *numbers: math.prod(numbers))

    def x_subtract(self, element, parts):
        return self._of(parts, operator.sub)

    def x_divide(self, element, parts):
        return self._of(parts, operator.truediv)

    def x_power(self, element, parts):
        return self._of(parts, lambda base, exponent: float(base) ** exponent)

    def x_integer_divide(self, element, parts):
        return self._of(parts, lambda one, other: math.floor(one / other))

    def x_integer_modulus(self, element, parts):
        return self._of(parts, lambda one, other: one - other * math.floor(one / other))

    def x_truncate(self, element, parts):
        return self._of(parts, math.trunc)

    def x_round(self, element, parts):
        return self._of(parts, lambda number: math.floor(number + 0.5))

    def x_integer_to_float(self, element, parts):
        return self._of(parts, float)

    def x_max(self, element, parts):
        return self._of(parts, lambda *numbers: max(numbers))

    def x_min(self, element, parts):
        return self._of(parts, lambda *numbers: min(numbers))

    def x_gcd(self, element, parts):
        return self._of(parts, lambda *numbers: math.gcd(*map(int, numbers)))

    def x_lcm(self, element, parts):
        return self._of(parts, lambda *numbers: math.lcm(*map(int, numbers)))

    def x_math_constant(self, element, parts):
        return {"pi": math.pi, "e": math.e}[attribute(element, "name")]

    def x_math_operator(self, element, parts):
        name = attribute(element, "name")
        if name not in _MATHS:
            raise UnsupportedRuleError(f"mathOperator {name}")
        return self._of(parts, _MATHS[name])

    def x_stats_operator(self, element, parts):
        name = attribute(element, "name")

        def work(*numbers):
            mean = sum(numbers) / len(numbers)
            if name == "mean":
                return mean
            degrees = len(numbers) - (0 if name.startswith("pop") else 1)
            variance = sum((number - mean) ** 2 for number in numbers) / degrees
            return math.sqrt(variance) if name.endswith("SD") else variance

        return self._of(parts, work)

    def x_mean(self, element, parts):
        return self._of(parts, lambda *numbers: sum(numbers) / len(numbers))

    # Containers

    def x_multiple(self, element, parts):
        return Multiple(self._flat(parts)) or None

    def x_ordered(self, element, parts):
        return Ordered(self._flat(parts)) or None

    def x_container_size(self, element, parts):
        return len(listed(self.evaluate(parts[0])))

    def x_index(self, element, parts):
        values, place = self.evaluate(parts[0]), self.parameter(attribute(element, "n"))
        if (
            place is None and len(parts) > 1
        ):  # some authoring tools write the place as a second part
            place = self._number(parts[1])
        if not isinstance(values, list) or place is None or not 1 <= place <= len(values):
            return None
        return values[int(place) - 1]

    def x_field_value(self, element, parts):
        record = self.evaluate(parts[0])
        return (
            record.get(attribute(element, "field-identifier")) if isinstance(record, dict) else None
        )

    def x_member(self, element, parts):
        two = self._two(parts)
        return None if two is None else any(are_same(two[0], each) for each in listed(two[1]))

    def x_delete(self, element, parts):
        two = self._two(parts)
        if two is None:
            return None
        left = [each for each in listed(two[1]) if not are_same(two[0], each)]
        return (Ordered(left) if isinstance(two[1], Ordered) else Multiple(left)) or None

    def x_contains(self, element, parts):
        two = self._two(parts)
        if two is None:
            return None
        whole, part = listed(two[0]), listed(two[1])
        if isinstance(two[0], Ordered):
            starts = range(len(whole) - len(part) + 1)
            return any(are_same(Ordered(whole[n : n + len(part)]), Ordered(part)) for n in starts)
        return holds_all(whole, part)

    def x_repeat(self, element, parts):
        times = int(self.parameter(attribute(element, "number-repeats"), 0) or 0)
        found: list = []
        for _time in range(min(times, MAX_VALUES)):
            found += self._flat(parts)
        return Ordered(found[:MAX_VALUES]) or None

    # Text

    def _texts(self, element, parts):
        two = self._two(parts)
        if two is None:
            return None
        one, other = str(two[0]), str(two[1])
        if attribute(element, "case-sensitive", "true") != "true":
            return one.casefold(), other.casefold()
        return one, other

    def x_substring(self, element, parts):
        texts = self._texts(element, parts)
        return None if texts is None else texts[0] in texts[1]

    def x_string_match(self, element, parts):
        texts = self._texts(element, parts)
        if texts is None:
            return None
        if attribute(element, "substring", "false") == "true":
            return texts[1] in texts[0]
        return texts[0] == texts[1]

    def x_pattern_match(self, element, parts):
        value = self.evaluate(parts[0])
        if value is None:
            return None
        pattern = attribute(element, "pattern")
        held = self.values.get(pattern.strip("{}")) if pattern.startswith("{") else None
        is_case_sensitive = attribute(element, "case-sensitive", "true") == "true"
        if (
            not pattern and len(parts) > 1
        ):  # some authoring tools write the pattern as a second part
            held = self.evaluate(parts[1])
        pattern = held if isinstance(held, str) else pattern
        return pattern_matches(pattern, str(value), is_case_sensitive=is_case_sensitive)

    # Chance

    def x_random(self, element, parts):
        values = listed(self.evaluate(parts[0]))
        return self.random.choice(values) if values else None

    def x_random_integer(self, element, parts):
        low, high, step = (
            int(self.parameter(attribute(element, name), default) or 0)
            for name, default in (("min", 0), ("max", 0), ("step", 1))
        )
        return low + max(step, 1) * self.random.randint(0, max(0, (high - low) // max(step, 1)))

    def x_random_float(self, element, parts):
        low, high = (self.parameter(attribute(element, name), 0) or 0 for name in ("min", "max"))
        return self.random.uniform(low, high)

    # Mappings and areas

    def x_inside(self, element, parts):
        value = self.evaluate(parts[0])
        if value is None:
            return None
        shape, coords = attribute(element, "shape"), attribute(element, "coords")
        return any(is_inside(shape, coords, point) for point in listed(value))

    def mapped(self, declaration: Declaration, value: QtiValue) -> float:
        """Return the sum of what a mapping gives for each different value."""
        mapping = declaration.mapping
        if mapping is None:
            return 0.0
        default = float(attribute(mapping, "default-value", "0"))
        total, seen = 0.0, []
        for each in listed(value):
            if not any(are_same(each, other) for other in seen):
                seen.append(each)
                found = self._entry(declaration, each)
                total += default if found is None else found
        return self.bounded(mapping, total)

    def _entry(self, declaration: Declaration, value: QtiValue) -> float | None:
        mapping = declaration.mapping
        for entry in children(mapping):
            key = cast(declaration.base, attribute(entry, "map-key"))
            whole = attribute(mapping, "case-sensitive", "true")
            is_exact = attribute(entry, "case-sensitive", whole) == "true"
            is_it = are_same(key, value)
            if declaration.base == "string" and not is_exact:
                is_it = str(key).casefold() == str(value).casefold()
            if is_it:
                return float(attribute(entry, "mapped-value"))
        return None

    def mapped_points(self, declaration: Declaration, value: QtiValue) -> float:
        """Return the sum of the areas that points lie in; each area counts once."""
        if declaration.areas is None:
            raise UnsupportedRuleError(f"no area mapping for {declaration.identifier}")
        entries = children(declaration.areas)
        default = float(attribute(declaration.areas, "default-value", "0"))
        total, used = 0.0, set()
        for point in listed(value):
            for place, entry in enumerate(entries):
                if is_inside(attribute(entry, "shape"), attribute(entry, "coords"), point):
                    total += 0 if place in used else float(attribute(entry, "mapped-value"))
                    used.add(place)
                    break
            else:
                total += default
        return self.bounded(declaration.areas, total)

    def x_map_response(self, element, parts):
        declaration = self._declared(element)
        return self.mapped(declaration, self.values.get(declaration.identifier))

    def x_map_response_point(self, element, parts):
        declaration = self._declared(element)
        return self.mapped_points(declaration, self.values.get(declaration.identifier))

    x_map_outcome = x_map_response

    def x_custom_operator(self, element, parts):
        return None  # a vendor's own operator: never run, worth NULL
