"""XML of strangers: parsed without entities, DTDs or the network."""

import re
from html.entities import html5

from django.utils.translation import gettext as _
from lxml import etree

from assessments.formats.records import NotReadableError
from assessments.formats.text import decode

MAX_XML = 50 * 1024 * 1024
_KEPT_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _without_html_entities(text: str) -> str:
    """Return XML in which HTML's named letters, which XML does not know, are the letters themselves."""

    def letter(match: re.Match) -> str:
        name = match[1]
        return match[0] if name in _KEPT_ENTITIES else html5.get(f"{name};", f"&amp;{name};")

    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    return re.sub(r"&([A-Za-z][A-Za-z0-9]*);", letter, text)


def _refuse_entities() -> None:
    raise NotReadableError(
        _(
            "The file declares entities (<!ENTITY …>), which can be used to do harm. Save it without them and import it again."
        )
    )


def parse_xml(data: bytes) -> etree._Element:
    """Return the root of `data`, or raise NotReadableError with the line of the mistake."""
    if len(data) > MAX_XML:
        raise NotReadableError(_("The XML is larger than 50 MB. Divide it into smaller files."))
    text = decode(data)
    if re.search(r"<!\s*ENTITY", text):
        _refuse_entities()
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError):
        root = _second_try(text)
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(dtd.iterentities(), None) is not None:
        _refuse_entities()
    return root


def _second_try(text: str) -> etree._Element:
    try:
        return etree.fromstring(_without_html_entities(text).encode(), _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise NotReadableError(
            _(
                "The file is not well-formed XML at line %(line)d: %(fault)s. Correct that line and import the file again."
            )
            % {"line": line, "fault": re.sub(r", line \d+.*", "", str(error))[:200]},
            line=line,
        ) from None


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace; "" for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def source_of(element: etree._Element) -> str:
    """Return an element as text."""
    return etree.tostring(element, encoding="unicode", with_tail=False)
