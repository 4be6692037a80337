"""QTI's names in one form: `qti-choice-interaction` of 3.0 and `choiceInteraction` of 2.x are both `choice-interaction`."""

import re

from lxml import etree


def kebab(name: str) -> str:
    return re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", name).lower()


def name_of(element: etree._Element) -> str:
    """Return the name of an element without namespace and `qti-`; "" for what is no element."""
    if not isinstance(element.tag, str):
        return ""
    return kebab(etree.QName(element).localname).removeprefix("qti-")


def attribute(element: etree._Element, name: str, default: str = "") -> str:
    """Return the attribute that 3.0 calls `base-type` and 2.x `baseType`."""
    found = element.get(name)
    if found is None:
        found = element.get(re.sub(r"-(.)", lambda match: match[1].upper(), name))
    return default if found is None else found.strip()


def children(element: etree._Element) -> list[etree._Element]:
    return [child for child in element if isinstance(child.tag, str)]


def named(element: etree._Element, *names: str) -> list[etree._Element]:
    """Return all descendants of these names, in the document's order, `element` itself not among them."""
    return [each for each in element.iter() if each is not element and name_of(each) in names]


def first(element: etree._Element, *names: str) -> etree._Element | None:
    return next(iter(named(element, *names)), None)
