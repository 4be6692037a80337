"""What the labs' Hub asks of the platform, with a token that is good for nothing else."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils.crypto import constant_time_compare
from ninja import Router, Schema
from ninja.security import HttpBearer

from labs.hub.grants import read_grant
from labs.hub.settings import HubSettings, load_settings


class HubToken(HttpBearer):
    """Lets in the Hub, by the secret that `hub_config` made for it."""

    def authenticate(self, request: HttpRequest, token: str) -> HubSettings | None:
        path = settings.LABS_DATA_DIR / "hub" / "hub.json"
        if not path.exists():
            return None
        hub = load_settings(path)
        if not hub.grants_url:
            return None  # a Hub on our own machine reads the files
        return hub if constant_time_compare(token, hub.secret("grants_token")) else None


router = Router(tags=["labs"], auth=HubToken())


class GrantOut(Schema):
    memory_mb: int
    cpus: float
    until: float | None
    environment: str


@router.get("/labs/grants/{lab_id}", response=GrantOut, url_name="lab_grant")
def get_lab_grant(request: HttpRequest, lab_id: str) -> dict[str, Any]:
    """What the server of `lab_id` may use; 404 while it has no leave to run."""
    grant = read_grant(request.auth, lab_id)
    if grant is None:
        raise Http404
    return asdict(grant)
