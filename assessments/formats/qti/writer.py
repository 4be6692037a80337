"""Packages of QTI 2.1 and 3.0, written: a zip with its manifest, an XML file for each item, and their media."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree

from assessments.formats.lost import Lost
from assessments.formats.qti.builder import Builder, Files, qti_id
from assessments.formats.qti.interactions_writer import ItemWriter
from assessments.formats.records import ReadItem

_MANIFEST = {
    "2.1": ("http://www.imsglobal.org/xsd/imscp_v1p1", "QTIv2.1 Package", "1.0.0", "imsqti_item_xmlv2p1", "http://www.imsglobal.org/xsd/imsmd_v1p2"),
    "3.0": ("http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1", "QTI Package", "3.0.0", "imsqti_item_xmlv3p0", "http://ltsc.ieee.org/xsd/LOM"),
}  # fmt: skip


def _bytes(element: etree._Element) -> bytes:
    return etree.tostring(element, xml_declaration=True, encoding="UTF-8")


class _Package:
    """Gathers the files of a package and what its manifest says of them."""

    def __init__(self, version: str, files: Files):
        self.version, self.files = version, files
        namespace, schema, number, self.type, self.lom = _MANIFEST[version]
        self.namespace = namespace
        self.members: dict[str, bytes] = {}
        self.root = etree.Element(
            f"{{{namespace}}}manifest",
            identifier="MANIFEST",
            nsmap={None: namespace, "lom": self.lom},
        )
        about = self._add(self.root, "metadata")
        self._add(about, "schema").text = schema
        self._add(about, "schemaversion").text = number
        self._add(self.root, "organizations")
        self.resources = self._add(self.root, "resources")

    def _add(self, parent: etree._Element, tag: str, **given: str) -> etree._Element:
        return etree.SubElement(parent, f"{{{self.namespace}}}{tag}", given)

    def add(self, item: ReadItem, root: etree._Element, used: set[str]) -> None:
        name = f"{item.identifier}.xml"
        self.members[name] = _bytes(root)
        resource = self._add(
            self.resources,
            "resource",
            identifier=f"RES-{qti_id(item.identifier)}",
            type=self.type,
            href=name,
        )
        self._keywords(resource, item)
        self._add(resource, "file", href=name)
        if item.stimulus and self.version == "3.0":
            used = used | self._stimulus(item, resource)
        for key in sorted(used):
            self.members[f"media/{key}"] = self.files[key]
            self._add(resource, "file", href=f"media/{key}")

    def _keywords(self, resource: etree._Element, item: ReadItem) -> None:
        if not item.tags:
            return
        lom = etree.SubElement(self._add(resource, "metadata"), f"{{{self.lom}}}lom")
        general = etree.SubElement(lom, f"{{{self.lom}}}general")
        inner = "langstring" if self.version == "2.1" else "string"
        for tag in item.tags:
            keyword = etree.SubElement(general, f"{{{self.lom}}}keyword")
            etree.SubElement(keyword, f"{{{self.lom}}}{inner}").text = tag

    def _stimulus(self, item: ReadItem, resource: etree._Element) -> set[str]:
        build = Builder(self.version, self.files)
        name = f"stimulus-{item.identifier}"
        root = build.root("assessmentStimulus", identifier=qti_id(name), title=item.title or name)
        build.blocks(build.add(root, "stimulusBody"), item.stimulus)
        self.members[f"{name}.xml"] = _bytes(root)
        self._add(resource, "file", href=f"{name}.xml")
        return build.used

    def zipped(self) -> bytes:
        held = BytesIO()
        with ZipFile(held, "w", ZIP_DEFLATED) as archive:
            for name, data in {"imsmanifest.xml": _bytes(self.root), **self.members}.items():
                info = ZipInfo(name)  # without a time: equal items make equal bytes
                info.compress_type = ZIP_DEFLATED
                archive.writestr(info, data)
        return held.getvalue()


def _write(items: list[ReadItem], files: Files, lost: Lost, version: str) -> bytes:
    package = _Package(version, files)
    for item in items:
        if lost.has_variables(item):
            continue
        writer = ItemWriter(item, files, version, lost)
        root = writer.write()
        if root is None:
            lost.item(item)
            continue
        lost.common(item, stimulus=True)
        package.add(item, root, writer.xml.used)
    return package.zipped()


def write_qti21(items: list[ReadItem], files: Files, lost: Lost) -> bytes:
    """Write items as a package of QTI 2.1."""
    return _write(items, files, lost, "2.1")


def write_qti3(items: list[ReadItem], files: Files, lost: Lost) -> bytes:
    """Write items as a package of QTI 3.0."""
    return _write(items, files, lost, "3.0")
