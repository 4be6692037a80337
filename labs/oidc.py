"""What the OpenID provider tells its clients, the labs' JupyterHub first of all."""

import os

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import PrivateKey
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.models import Enrolment
from labs.hub.settings import CLIENT_ID
from labs.models import LabIdentity
from lms.organisations.scoping import every_organisation


class Adapter(DefaultOIDCAdapter):
    """Names people by opaque ids, and gives the labs no more than they need."""

    scope_display = {**DefaultOIDCAdapter.scope_display, "labs": _("Open your labs")}

    def list_private_keys(self, **_conditions):
        return [PrivateKey(pem=kept_key(settings.IDP_OIDC_PRIVATE_KEY_FILE))]

    def get_user_sub(self, client, user):
        return str(user.public_id)

    def get_user_by_sub(self, client, sub):
        try:
            return get_user_model().objects.filter(public_id=sub, is_active=True).first()
        except ValidationError:
            return None

    def get_claims(self, purpose, user, client, scopes, email=None, **kwargs):
        if client.pk == CLIENT_ID and "labs" in scopes:
            return lab_claims(user)
        return super().get_claims(purpose, user, client, scopes, email=email, **kwargs)


def lab_claims(user):
    """Who `user` is to the labs, what to call them, and which runs they are in."""
    identity, _created = LabIdentity.objects.get_or_create(user=user)
    with (
        every_organisation()
    ):  # the Hub asks on behalf of the person, outside any request of theirs
        live = Enrolment.objects.live().filter(user=user).order_by("pk")
        enrolments = [str(pk) for pk in live.values_list("pk", flat=True)]
    return {
        "sub": str(user.public_id),
        "lab_id": identity.lab_id,
        "name": user.get_short_name(),
        "enrolments": enrolments,
    }


def kept_key(path):
    """The signing key in the file at `path`, made at first need and readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        pem = rsa.generate_private_key(65537, 2048).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pem)
        try:
            os.link(fresh, path)  # never over one that another process just made
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text()
