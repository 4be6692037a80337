"""XML of QTI in both spellings: `simpleChoice` of 2.1 and `qti-simple-choice` of 3.0."""

import re
from collections.abc import Callable

from lxml import etree, html

from assessments.formats.media import medium_of
from assessments.interactions.processed.names import kebab

Files = dict[str, bytes]
Make = Callable[[etree._Element, str], None]  # noqa: SLF001  lxml's own name for its type

NAMESPACES = {
    "2.1": "http://www.imsglobal.org/xsd/imsqti_v2p1",
    "3.0": "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
}
TEMPLATES = {
    "2.1": "http://www.imsglobal.org/question/qti_v2p1/rptemplates/",
    "3.0": "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/",
}
_GAP = re.compile(r"\[\[([A-Za-z0-9_.\-]{1,64})\]\]")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def qti_id(identifier: str) -> str:
    """Return one of our identifiers as QTI wants it: it begins with a letter."""
    return identifier if re.match(r"[A-Za-z_]", identifier) else f"_{identifier}"


class Builder:
    """Adds elements of one version of QTI, and HTML among them."""

    def __init__(self, version: str, files: Files):
        self.version, self.files = version, files
        self.namespace = NAMESPACES[version]
        self.used: set[str] = set()  # keys of files that the HTML calls

    def name(self, tag: str) -> str:
        local = f"qti-{kebab(tag)}" if self.version == "3.0" else tag
        return f"{{{self.namespace}}}{local}"

    def attributes(self, given: dict[str, str]) -> dict[str, str]:
        if self.version == "3.0":
            return {kebab(name): value for name, value in given.items()}
        return given

    def root(self, tag: str, **given: str) -> etree._Element:
        return etree.Element(self.name(tag), self.attributes(given), nsmap={None: self.namespace})

    def add(
        self, parent: etree._Element, tag: str, text: str | None = None, **given: str
    ) -> etree._Element:
        """Add an element of QTI's; `tag` and attributes in the spelling of 2.1."""
        part = etree.SubElement(parent, self.name(tag), self.attributes(given))
        part.text = text
        return part

    def language(self, element: etree._Element, code: str) -> None:
        if code:
            element.set(_XML_LANG, code)

    def html(self, parent: etree._Element, text: str, make: Make | None = None) -> None:
        """Add HTML; where `[[id]]` stands in it, `make` adds what belongs there."""
        if text:
            self._copy(html.fragment_fromstring(text, create_parent="div"), parent, make)

    def blocks(self, parent: etree._Element, text: str, make: Make | None = None) -> None:
        """Add HTML as a block of its own, as an item's body wants it."""
        if text:
            self.html(etree.SubElement(parent, f"{{{self.namespace}}}div"), text, make)

    def _copy(self, source: etree._Element, parent: etree._Element, make: Make | None) -> None:
        self._text(parent, source.text or "", make)
        for child in source:
            if isinstance(child.tag, str):
                given = {
                    name: value
                    for name, value in child.attrib.items()
                    if re.fullmatch(r"[a-z-]+", name)
                }
                for name in ("src", "href"):
                    if given.get(name) in self.files:
                        self.used.add(given[name])
                        given[name] = f"media/{given[name]}"
                part = etree.SubElement(parent, f"{{{self.namespace}}}{child.tag}", given)
                self._copy(child, part, make)
            self._text(parent, child.tail or "", make)

    def _text(self, parent: etree._Element, text: str, make: Make | None) -> None:
        pieces = _GAP.split(text) if make else [text]
        for number, piece in enumerate(pieces):
            if number % 2:
                make(parent, piece)
            elif len(parent):
                parent[-1].tail = (parent[-1].tail or "") + piece
            else:
                parent.text = (parent.text or "") + piece

    def picture(self, parent: etree._Element, picture: dict) -> None:
        """Add the picture that an interaction stands on."""
        key = picture["src"]
        self.used.add(key)
        medium = medium_of(self.files[key])
        part = etree.SubElement(
            parent,
            f"{{{self.namespace}}}object",
            data=f"media/{key}",
            type=medium.media_type if medium else "image/png",
            width=str(picture["width"]),
            height=str(picture["height"]),
        )
        part.text = picture["alt"]
