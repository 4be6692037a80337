"""What files may be handed in."""

import filetype
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

ZIPPED_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = {
    "document": {
        "application/pdf",
        f"{ZIPPED_OFFICE}wordprocessingml.document",
        f"{ZIPPED_OFFICE}presentationml.presentation",
        "application/vnd.oasis.opendocument.text",
    },
    "picture": {"image/jpeg", "image/png", "image/webp", "image/heic"},
    "sound": {
        "audio/mpeg", "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/ogg", "audio/x-wav", "audio/wav",
        "audio/amr", "audio/aac", "audio/x-aac", "video/webm", "video/3gpp",
    },
    "table": {
        f"{ZIPPED_OFFICE}spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    },
}  # fmt: skip
MEGABYTE = 1024 * 1024


def media_type_of(file: UploadedFile) -> str:
    """Return the media type that a file's first bytes tell, "" for none: its name may say anything."""
    head = file.read(8192)
    file.seek(0)
    guessed = filetype.guess(head)
    return guessed.mime if guessed else ""


def check_answer_file(file: UploadedFile, accepts: list[str], max_megabytes: int) -> str:
    """Return the media type of a file that may be handed in, or raise ValidationError saying why not."""
    if file.size > max_megabytes * MEGABYTE:
        raise ValidationError(
            _("“%(name)s” is too large: %(size)s MB, and %(most)s MB are allowed. Make it smaller.")
            % {"name": file.name, "size": round(file.size / MEGABYTE, 1), "most": max_megabytes}
        )
    if not file.size:
        raise ValidationError(_("“%(name)s” is empty. Choose it again.") % {"name": file.name})
    media_type = media_type_of(file)
    if not any(media_type in KINDS[kind] for kind in accepts):
        raise ValidationError(
            _("“%(name)s” is not of a type that can be handed in here. Choose another file.")
            % {"name": file.name}
        )
    return media_type
