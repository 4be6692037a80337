"""The printed certificate: one page, the right words, a good seal, a code that can be read."""

import io
import logging

import pypdf
import pytest
import zxingcpp
from asn1crypto import x509
from cryptography.hazmat.primitives import serialization
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from certification.domain.keys import root_certificate
from certification.domain.proposals import propose_replacement
from certification.domain.qr import qr_address
from certification.domain.releases import prepare_release, release_awards
from certification.domain.snapshots import draw_snapshot
from certification.domain.verification import check_public_id
from certification.pdf.drawing import draw_certificate
from certification.pdf.files import certificate_file, certificate_path
from certification.pdf.seal import seal_pdf
from lms.organisations.renaming import rename_organisation
from lms.organisations.scoping import every_organisation

NAMES = [
    "Ng'ang'a wa Thiong\N{RIGHT SINGLE QUOTATION MARK}o",
    "ሰላማዊት ገብረእግዚአብሔር",
    "محمد عبد الرحمن الصومالي",
    ("Wanjikũ Nyambura Atieno Chepkemoi Mwende arap Koech " * 4)[:200].strip(),
    '#read("/etc/passwd") $x$ *bold* \\ "quote" #set page(fill: red)',
]

ISSUER = {
    "name": {"en": "Kenya School of Government", "sw": "Kenya School of Government"},
    "unit": {"en": "Regional Centre", "sw": "Kituo cha Kikanda"},
    "signatories": [{"name": "", "office": "Director"}, {"name": "A. Person", "office": "Head"}],
}
DAY = {"iso": "2026-11-21", "en": "21 November 2026", "sw": "21 Novemba 2026"}
SNAPSHOT = {
    "serial": "KSG-2026-000001-5",
    "name": "Wanjiru Ng'ang'a",
    "title": {"en": "AI Basics for Public Officers", "sw": "Misingi ya Akili Unde"},
    "hours": "6",
    "level": {"en": "Foundations", "sw": "Misingi"},
    "run": "F2 11/2026",
    "organisation": "Nakuru County",
    "issuer": ISSUER,
    "issued_on": DAY,
    "valid_until": DAY,
    "replaces": "KSG-2026-000002-3",
    "url": "https://learn.example/verify/0/",
}


def reader(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf))


def text_of(pdf):
    return " ".join(reader(pdf).pages[0].extract_text().split())


@pytest.fixture
def sealed():
    return seal_pdf(draw_certificate(SNAPSHOT, "AAAA"))


def test_the_certificate_says_what_was_awarded(award):
    text = text_of(certificate_file(award))

    for words in (
        "Wambui Njoroge",
        award.serial,
        award.snapshot["title"]["en"],
        "Certificate of Completion",
        "Cheti cha Kuhitimu",
        "Nyeri County",
        award.snapshot["issued_on"]["sw"],
    ):
        assert words in text


def test_a_certificate_keeps_the_name_that_the_body_had(award, world, client):
    with every_organisation():  # as the administrator's page does
        renamed = rename_organisation(
            world.nyeri, "Kieni Council", on=timezone.localdate(), by=world.administrator
        )
        certificate_path(award).unlink(missing_ok=True)  # so that it is drawn anew
        award.refresh_from_db()
        drawn = text_of(certificate_file(award))
        new = propose_replacement(award, by=world.registrar)
        release = prepare_release(world.centre, [new], by=world.registrar)
        [replacement] = release_awards(release, by=world.releaser)

    page = client.get(reverse("certification:award", args=[award.public_id])).content.decode()
    for text in (drawn, page, replacement.snapshot["organisation"]):
        assert "Nyeri County" in text
        assert renamed.name not in text
    assert check_public_id(award.public_id).is_intact


def test_it_is_one_tagged_archival_page_with_its_fonts(sealed):
    found = reader(sealed)
    metadata = found.metadata, found.root_object["/Metadata"].get_data().decode()

    assert len(found.pages) == 1
    assert SNAPSHOT["name"] in metadata[0].title
    assert "<pdfaid:part>3</pdfaid:part>" in metadata[1]
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata[1]
    assert found.root_object["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_fits_one_page_and_stays_text(name):
    snapshot = SNAPSHOT | {"name": name}

    found = reader(draw_certificate(snapshot, "AAAA"))

    assert len(found.pages) == 1
    assert found.metadata.title.endswith(name)


def test_the_same_words_give_the_same_bytes():
    assert draw_certificate(SNAPSHOT, "AAAA") == draw_certificate(SNAPSHOT, "AAAA")


def status_of(pdf):
    root = x509.Certificate.load(root_certificate().public_bytes(serialization.Encoding.DER))
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[0]
    context = ValidationContext(trust_roots=[root], allow_fetching=False)
    return validate_pdf_signature(signature, context)


def test_the_seal_is_good_and_covers_the_whole_file(sealed):
    status = status_of(sealed)

    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.docmdp_ok


def test_a_changed_byte_breaks_the_seal(sealed, caplog):
    caplog.set_level(logging.CRITICAL)
    at = sealed.index(b"stream\n") + 40
    changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]

    assert not status_of(changed).intact


def test_the_seal_leaves_the_archival_marks_alone():
    drawn = draw_certificate(SNAPSHOT, "AAAA")
    sealed = seal_pdf(drawn)

    def metadata(pdf):
        return reader(pdf).root_object["/Metadata"].get_data()

    assert sealed.startswith(drawn)
    assert metadata(sealed) == metadata(drawn)
    assert "/Extensions" not in reader(sealed).root_object


def test_the_printed_code_opens_the_certificate(award, client):
    page = Image.open(io.BytesIO(draw_certificate(award.snapshot, award.qr, form="png", ppi=120)))

    (found,) = zxingcpp.read_barcodes(page.convert("L"))

    assert found.text == qr_address(award.qr)
    path = found.text.partition("/V/")[2]
    answer = client.get(reverse("certification:scanned", args=[path]))
    assert b"Wambui Njoroge" in answer.content


def test_the_file_is_drawn_once_and_again_when_it_is_gone(award):
    first = certificate_file(award)
    assert certificate_file(award) == first

    certificate_path(award).unlink()

    assert text_of(certificate_file(award)) == text_of(first)


def test_a_snapshot_shows_the_words_of_the_moment(proposed):
    with every_organisation():
        snapshot = draw_snapshot(
            proposed,
            serial="KSG-2026-000001-5",
            issued_on=proposed.proposed_at.date(),
            valid_until=None,
        )

    assert snapshot["level"] == {"en": "Foundations", "sw": "Misingi"}
    assert snapshot["hours"] == "2"
    assert snapshot["title"]["sw"] == snapshot["title"]["en"]
