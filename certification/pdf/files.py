"""The sealed file of an award: drawn at its first download, kept, never publicly served."""

import os
import tempfile
from pathlib import Path

from django.conf import settings

from certification.models import Award
from certification.pdf.drawing import draw_certificate
from certification.pdf.seal import seal_pdf


def certificate_path(award: Award) -> Path:
    """Return where the file is kept; other words, another file."""
    folder = Path(settings.DATA_DIR) / "certificates" / award.public_id[:2]
    return folder / f"{award.public_id}-{award.snapshot_sha256[:16]}.pdf"


def certificate_file(award: Award) -> bytes:
    """Return the sealed PDF. The folder is a cache: the record draws it again."""
    path = certificate_path(award)
    if path.exists():
        return path.read_bytes()
    sealed = seal_pdf(draw_certificate(award.snapshot, award.qr))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sealed)
    Path(draft).replace(path)  # whole or not at all, for whoever downloads at the same moment
    return sealed
