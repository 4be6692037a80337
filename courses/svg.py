"""Drawings that authors bring: bounded, well-formed, and without anything that runs or calls out."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from lxml import etree

MAX_BYTES = 30_000
ELEMENTS = frozenset(
    """svg g title desc defs path rect circle ellipse line polyline polygon text tspan marker
    linearGradient radialGradient stop clipPath use""".split()  # noqa: SIM905  a list to read, not a column
)
ATTRIBUTES = frozenset(
    """viewBox xmlns role aria-hidden aria-label id x y x1 y1 x2 y2 cx cy r rx ry d points width
    height fill stroke stroke-width stroke-linecap stroke-linejoin stroke-dasharray opacity
    fill-opacity stroke-opacity fill-rule font-size font-weight font-family font-style text-anchor
    dominant-baseline dx dy transform marker-end marker-start marker-mid markerWidth markerHeight
    refX refY orient offset stop-color stop-opacity clip-path gradientUnits gradientTransform href
    letter-spacing preserveAspectRatio markerUnits""".split()  # noqa: SIM905  as above
)


def clean_svg(source):
    """Return `source` as a bare svg element, or raise ValidationError saying what cannot stay."""
    if len(source.encode()) > MAX_BYTES:
        raise ValidationError(_("The drawing is larger than 30 KB. Simplify it or use a picture."))
    try:
        root = etree.fromstring(
            source.encode(),
            etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False),
        )
    except etree.XMLSyntaxError as error:
        raise ValidationError(
            _("The drawing is not well-formed: %(why)s.") % {"why": error.msg}
        ) from error
    if root.getroottree().docinfo.doctype:
        # its entities are spelt out here and left as they stand in what a browser reads
        raise ValidationError(_("A drawing cannot hold <%(name)s>.") % {"name": "!DOCTYPE"})
    for element in list(root.iter()):
        if not isinstance(element.tag, str):  # comments, processing instructions, entities
            element.getparent() is not None and element.getparent().remove(element)
            continue
        name = etree.QName(element).localname
        if name not in ELEMENTS:
            raise ValidationError(_("A drawing cannot hold <%(name)s>.") % {"name": name})
        for attribute, value in element.attrib.items():
            local = etree.QName(attribute).localname
            if (
                local not in ATTRIBUTES
                or (local == "href" and not value.startswith("#"))
                or "url(" in value.lower().replace("url(#", "")
                or "\\" in value  # CSS reads \\75rl( as url(
            ):
                raise ValidationError(
                    _("A drawing cannot hold the attribute %(name)s.") % {"name": local}
                )
    if etree.QName(root).localname != "svg" or "viewBox" not in root.attrib:
        raise ValidationError(_("A drawing is one svg element with a viewBox."))
    return etree.tostring(root, encoding="unicode", with_tail=False)
