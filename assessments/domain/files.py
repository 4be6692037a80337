"""Files handed in with an attempt."""

from hashlib import sha256

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from assessments.models import AnswerFile, Attempt
from assessments.validators import check_answer_file
from lms.core.errors import Refused

FILES_AN_ATTEMPT = 60


@transaction.atomic
def store_answer_file(
    attempt: Attempt, file: UploadedFile, *, accepts: list[str], max_megabytes: int
) -> dict:
    """Keep a file and return what an answer says of it; the same content twice is kept once.

    Raises ValidationError with a sentence for a file that may not be handed in.
    """
    media_type = check_answer_file(file, accepts, max_megabytes)
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    Attempt.objects.select_for_update().get(pk=attempt.pk)
    stored = attempt.files.filter(sha256=digest.hexdigest()).first()
    if stored is None:
        if attempt.files.count() >= FILES_AN_ATTEMPT:
            raise Refused(
                _("This attempt has taken as many files as it can. Use those that are there."),
                code="too_many_files",
            )
        stored = AnswerFile(
            attempt=attempt,
            sha256=digest.hexdigest(),
            name=(file.name or "")[-120:],
            media_type=media_type,
            bytes=file.size,
        )
        stored.file.save("", file, save=True)
    return {
        "name": stored.name,
        "sha256": stored.sha256,
        "bytes": stored.bytes,
        "media_type": stored.media_type,
    }
