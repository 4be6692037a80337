"""Names in capitals, as people would write them: pure, and never other letters than there were."""

import re
from difflib import SequenceMatcher

_PARTICLES = {
    "wa", "bin", "binti", "bint", "ibn", "ole", "arap", "ya", "de", "da", "do", "dos", "das", "di", "du", "del",
    "della", "van", "von", "der", "den", "ter", "le", "la", "el", "al", "ould", "uld", "abu", "na", "ap",
}  # fmt: skip
_ALIKE = 0.8
_NUMERALS = {"II", "III", "IV", "VI", "VII", "VIII", "IX"}
_APOSTROPHES = "'’ʼ`‘"  # noqa: RUF001  as people type them
_WORD = re.compile(rf"[^\W\d_]+(?:[{_APOSTROPHES}][^\W\d_]+)*")


def _lower(letter: str) -> str:
    """The small letter, where it is one and the way back leads to the same."""
    small = letter.lower()
    return small if len(small) == 1 and small.upper() == letter else letter


def _upper(letter: str) -> str:
    capital = letter.upper()
    return capital if len(capital) == 1 and capital.lower() == letter else letter


def _small(text: str) -> str:
    return "".join(map(_lower, text))


def _capitalised(word: str) -> str:
    return _upper(word[0]) + word[1:]


def _cased(word: str) -> str:
    """Ng'eno and Murang'a, but O'Brien, D'Souza and N'Guessan: one letter before the mark is a prefix."""
    small = _small(word)
    if len(small) > 2 and small[1] in _APOSTROPHES:  # noqa: PLR2004  a letter, the mark and the rest
        return _upper(small[0]) + small[1] + _capitalised(small[2:])
    if small.startswith("mc") and len(small) > len("mc") + 1:
        return "Mc"[:1] + small[1] + _capitalised(small[2:])
    return _capitalised(small)


def in_capitals(name: str) -> bool:
    """Whether a name of more than initials has no small letter."""
    letters = [letter for letter in name if letter.isalpha()]
    has_word = any(len(word) > 1 for word in _WORD.findall(name))
    return has_word and not any(letter.islower() for letter in letters) and name != name.lower()


def proper_case(name: str) -> str:
    """Return a name in capitals as people write it; any other name as it is.

    Changes nothing but the case of letters.
    """
    if not in_capitals(name):
        return name

    def cased(found: re.Match) -> str:
        word = found[0]
        before = name[: found.start()]
        stands_alone = before.endswith(" ") and name[found.end() : found.end() + 1] in {" ", "-"}
        if word in _NUMERALS and not name[found.end() :].strip():
            return word
        if before.strip() and stands_alone and _small(word) in _PARTICLES:
            return _small(word)
        return _cased(word)

    return _WORD.sub(cased, name)


def same_person(one: str, other: str) -> bool:
    """Whether all words of one name are in the other, in any order: one may have more names or titles."""
    first, second = _words(one), _words(other)
    return bool(first and second) and (first <= second or second <= first)


def may_be_one(one: str, other: str) -> bool:
    """Whether one name may be a correction of the other: they share a word, or differ in a letter or two."""
    if _words(one) & _words(other):
        return True
    return SequenceMatcher(None, one.casefold(), other.casefold()).ratio() > _ALIKE


def _words(name: str) -> set[str]:
    bare = re.sub(rf"[{_APOSTROPHES}]", "", name.casefold())
    return {word for word in re.findall(r"[^\W\d_]+", bare) if len(word) > 1} or {bare}
