"""Signs people in at the Hub by the platform's OpenID provider: no second password."""

from oauthenticator.generic import GenericOAuthenticator
from traitlets import Any

from labs.hub.grants import read_grant


class PlatformAuthenticator(GenericOAuthenticator):
    """Lets in who has a grant, and shuts them out again soon after it is taken away."""

    platform = Any(config=True, help="the HubSettings")

    async def check_allowed(self, username, auth_model):
        return auth_model is None or read_grant(self.platform, username) is not None

    async def refresh_user(self, user, handler=None, **kwargs):
        if read_grant(self.platform, user.name) is None:
            self.log.warning("%s has no grant any more", user.name)
            return False
        return True
