"""Draws a certificate with Typst: PDF/A-3b and PDF/UA-1 in one file, from vendored fonts alone.

The same snapshot and QR payload give the same bytes, on every machine.
"""

import io
import json
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock

import segno
import typst
from django.conf import settings
from django.urls import reverse

from certification.domain.qr import qr_address

FOLDER = Path(__file__).parent / "design"
FONTS = Path(__file__).parents[1] / "fonts"
PDF_STANDARDS = ["a-3b", "ua-1"]
MASK = 2  # letting segno choose takes five times as long
_lock = Lock()  # a Compiler used by two threads at once raises


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )
    return typst.Compiler(root=str(FOLDER), font_paths=fonts)


def draw_qr(payload: str) -> str:
    code = segno.make(qr_address(payload), error="m", micro=False, boost_error=False, mask=MASK)
    out = io.BytesIO()
    code.save(out, kind="svg", border=4, xmldecl=False, dark="#000", light="#fff")
    return out.getvalue().decode()


def draw_certificate(snapshot: dict, qr: str, *, form: str = "pdf", ppi: int = 150) -> bytes:
    """Return the certificate as `pdf` or `png`: one page, for all of the design is placed."""
    data = {
        "snapshot": snapshot,
        "qr": draw_qr(qr),
        "verify": settings.SITE_URL + reverse("certification:verify"),
    }
    options = {"ppi": ppi}
    if form == "pdf":
        noon = datetime.fromisoformat(f"{snapshot['issued_on']['iso']}T12:00:00+03:00")
        options = {"pdf_standards": PDF_STANDARDS, "timestamp": int(noon.timestamp())}
    source = (FOLDER / "certificate.typ").read_bytes()
    with _lock:
        # `input` goes to every compile: a Compiler made from bytes compiles once only.
        return _compiler().compile(
            input=source,
            format=form,
            sys_inputs={"data": json.dumps(data)},
            **options,
        )
