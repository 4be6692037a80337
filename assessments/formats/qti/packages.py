"""Packages of QTI and Common Cartridge: a zip with `imsmanifest.xml`, items of any version, and their files."""

import posixpath
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote

from django.utils.translation import gettext as _
from lxml import etree

from assessments.formats.markup import Files, Find
from assessments.formats.qti.items import read_item
from assessments.formats.qti.old import read_old
from assessments.formats.records import NotReadableError, Package, Refused, take
from assessments.formats.text import name_from
from assessments.formats.xml import local, parse_xml, source_of
from assessments.interactions.processed.names import attribute, first, name_of, named

_MARKS = (
    b"assessmentItem",
    b"assessment-item",
    b"questestinterop",
    b"assessmentTest",
    b"assessment-test",
)


def version_of(root: etree._Element) -> str:
    """Return the version of QTI that an item's namespace names."""
    namespace = etree.QName(root).namespace or ""
    for mark, version in (
        ("v3p0", "qti_3"),
        ("qtiasi_v3", "qti_3"),
        ("v2p2", "qti_2_2"),
        ("v2p1", "qti_2_1"),
        ("v2p0", "qti_2_0"),
    ):
        if mark in namespace:
            return version
    return "qti_3" if local(root).startswith("qti-") else "qti_2_1"


def finder(name: str, members: dict[str, bytes], files: Files) -> Find:
    """Return how the item at `name` finds what it refers to: beside itself, from the root, by Canvas' rule, or by name."""
    by_lower = {member.lower(): member for member in members}
    by_base: dict[str, list[str]] = {}
    for member in members:
        by_base.setdefault(posixpath.basename(member).lower(), []).append(member)

    def find(reference: str) -> str | None:
        plain = unquote(reference).split("?")[0].split("#")[0].replace("\\", "/")
        candidates = [posixpath.join(posixpath.dirname(name), plain), plain.lstrip("/")]
        if "$IMS-CC-FILEBASE$" in plain:
            rest = plain.split("$IMS-CC-FILEBASE$", 1)[1].lstrip("/.")
            candidates = [f"web_resources/{rest}", rest]
        for candidate in candidates:
            member = by_lower.get(posixpath.normpath(candidate).lower())
            if member:
                return files.keep(member, members[member])
        same = by_base.get(posixpath.basename(plain).lower(), [])
        return files.keep(same[0], members[same[0]]) if len(same) == 1 else None

    return find


def _stimulus(root: etree._Element, name: str, members: dict[str, bytes], files: Files) -> str:
    """Return the shared texts that an item refers to, as HTML."""
    from assessments.formats.qti.parts import QtiItem

    texts = []
    for reference in named(root, "assessment-stimulus-ref"):
        href = posixpath.normpath(
            posixpath.join(posixpath.dirname(name), unquote(attribute(reference, "href")))
        )
        if href in members:
            stimulus = parse_xml(members[href])
            body = first(stimulus, "stimulus-body")
            texts.append(QtiItem(stimulus, files, finder(href, members, files)).html(body))
    return "".join(texts)


def _tags(members: dict[str, bytes]) -> dict[str, list[str]]:
    """Return the keywords that a manifest gives its resources, by the name of their file."""
    manifest = next((name for name in members if posixpath.basename(name) == "imsmanifest.xml"), "")
    found: dict[str, list[str]] = {}
    for resource in parse_xml(members[manifest]).iter() if manifest else []:
        if local(resource) == "resource" and resource.get("href"):
            keywords = [each for each in resource.iter() if local(each) == "keyword"]
            words = [" ".join("".join(each.itertext()).split()) for each in keywords]
            name = posixpath.join(posixpath.dirname(manifest), unquote(resource.get("href")))
            found[posixpath.normpath(name)] = [word for word in words if word]
    return found


def read_members(members: dict[str, bytes]) -> Package:
    """Read all items of an unpacked package, in the order of its manifest."""
    package, files = Package(), Files()
    old: dict[str, tuple[str, etree._Element]] = {}
    tags = _tags(members)
    for name in _in_order(members):
        data = members[name]
        if not any(mark in data for mark in _MARKS) and b"\x00" not in data[:4]:
            continue
        try:
            root = parse_xml(data)
        except NotReadableError as error:
            reason = _("%(name)s: %(reason)s") % {"name": name, "reason": error}
            package.refused.append(Refused(name_from(name), "", error.line or 1, reason))
            continue
        match name_of(root):
            case "assessment-item":
                count = len(package.items)
                _take_item(package, root, name, members, files)
                for item in package.items[count:]:
                    item.tags.extend(tags.get(name, []))
            case "assessment-test":
                package.titles.append(attribute(root, "title"))
            case "questestinterop":
                assessment = next(
                    (each for each in root.iter() if local(each) == "assessment"), None
                )
                key = name if assessment is None else assessment.get("ident") or name
                # Canvas writes a quiz twice: for all, and for itself with more said.
                if key not in old or "non_cc" in name:
                    old[key] = (name, root)
    for name, root in old.values():
        package.extend(_with_name(read_old(root, files, finder(name, members, files)), name))
    package.files = files.by_key
    return package


def _take_item(
    package: Package, root: etree._Element, name: str, members: dict[str, bytes], files: Files
) -> None:
    held = Package()
    take(
        held,
        lambda: read_item(
            root,
            files,
            finder(name, members, files),
            stimulus=_stimulus(root, name, members, files),
            raw_format=version_of(root),
        ),
        identifier=name_from(attribute(root, "identifier"), name),
        kind="",
        line=root.sourceline or 1,
        raw=source_of(root),
    )
    package.extend(_with_name(held, name))


def _with_name(package: Package, name: str) -> Package:
    """Say in each reason which file of the package it is about."""
    package.refused = [replace(each, reason=f"{name}: {each.reason}") for each in package.refused]
    package.unsupported = [
        replace(each, reason=f"{name}: {each.reason}") for each in package.unsupported
    ]
    return package


def _in_order(members: dict[str, bytes]) -> Iterable[str]:
    """Return the names of XML files, first those of the manifest in its order."""
    listed: list[str] = []
    manifest = next(
        (name for name in members if posixpath.basename(name) == "imsmanifest.xml"), None
    )
    if manifest:
        base = posixpath.dirname(manifest)
        listed = [
            posixpath.normpath(posixpath.join(base, unquote(element.get("href"))))
            for element in parse_xml(members[manifest]).iter()
            if local(element) in {"resource", "file"} and element.get("href")
        ]
    others = sorted(name for name in members if name.lower().endswith((".xml", ".qti")))
    return [
        name for name in dict.fromkeys([*listed, *others]) if name in members and name != manifest
    ]


def read_single(name: str, root: etree._Element) -> Package:
    """Read one XML file of QTI that came alone, without its files."""
    if name_of(root) == "questestinterop":
        files = Files()
        package = read_old(root, files, lambda _reference: None)
        package.files = files.by_key
        return package
    package, files = Package(), Files()
    _take_item(package, root, name, {}, files)
    package.refused = [
        replace(each, reason=each.reason.removeprefix(f"{name}: ")) for each in package.refused
    ]
    package.unsupported = [
        replace(each, reason=each.reason.removeprefix(f"{name}: ")) for each in package.unsupported
    ]
    package.files = files.by_key
    return package
