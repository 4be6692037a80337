"""Signs people in at the Hub by the platform's OpenID provider: no second password."""

from oauthenticator.generic import GenericOAuthenticator
from traitlets import Any

from labs.hub.grants import GrantsUnreachable, find_grant


class PlatformAuthenticator(GenericOAuthenticator):
    """Lets in who has a grant, and shuts them out again soon after it is taken away."""

    platform = Any(config=True, help="the HubSettings")

    async def check_allowed(self, username, auth_model):
        if auth_model is None:
            return True
        try:
            return await find_grant(self.platform, username) is not None
        except GrantsUnreachable as error:
            self.log.warning("%s cannot be let in: %s", username, error)
            return False

    async def refresh_user(self, user, handler=None, **kwargs):
        try:
            grant = await find_grant(self.platform, user.name)
        except GrantsUnreachable as error:
            # who was let in stays in while the platform restarts
            self.log.warning("whether %s has a grant is not known: %s", user.name, error)
            return True
        if grant is None:
            self.log.warning("%s has no grant any more", user.name)
            return False
        return True
