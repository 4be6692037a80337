"""Signing in through an organisation's own server: what we ask it, and the little that we keep of its answer."""

from allauth.account.internal.decorators import login_not_required
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from wagtail.log_actions import log

from lms.accounts.models import IdentityProvider
from lms.accounts.reauthentication import confirm_page, is_recent
from lms.accounts.sealing import unseal


class ServerAdapter(OpenIDConnectOAuth2Adapter):
    """Talks to the server; one without a discovery page has its addresses set by hand."""

    @property
    def openid_config(self):
        server = self.get_provider().server
        by_hand = {
            "authorization_endpoint": server.authorize_url,
            "token_endpoint": server.token_url,
            "userinfo_endpoint": server.userinfo_url,
        }
        discovered = super().openid_config if server.issuer else {}
        return {**discovered, **{name: url for name, url in by_hand.items() if url}}

    def complete_login(self, request, app, token, **kwargs):
        provider = self.get_provider()
        facts = self._fetch_user_info(token.token)
        if not isinstance(facts, dict) or not facts.get(provider.server.id_claim):
            raise OAuth2Error("the server does not say who it is")
        id_token = kwargs["response"].get("id_token")
        if provider.server.issuer and id_token:
            claims = self._decode_id_token(app, id_token)
            if claims.get("sub") != facts.get("sub"):  # OpenID Connect Core 1.0, 5.3.2
                raise OAuth2Error("the facts are another person's")
        return provider.sociallogin_from_response(request, facts)

    def _fetch_user_info(self, access_token):
        if not self.get_provider().server.has_token_in_query:
            return super()._fetch_user_info(access_token)
        with get_adapter().get_requests_session() as session:
            response = session.get(self.profile_url, params={"access_token": access_token})
            response.raise_for_status()
        return response.json()

    def get_callback_url(self, request, app):
        return request.build_absolute_uri(reverse("identity_callback", args=[self.provider_id]))


class ServerProvider(OpenIDConnectProvider):
    """One organisation's server, as allauth sees it. The person's address never comes from there."""

    oauth2_adapter_class = ServerAdapter

    def __init__(self, request, app, server):
        super().__init__(request=request, app=app)
        self.server = server

    def get_login_url(self, request, **kwargs):
        address = reverse("identity_login", args=[self.app.provider_id])
        return f"{address}?{urlencode(kwargs)}" if kwargs else address

    def get_scope_from_request(self, request):
        return self.get_scope()  # what a link says does not widen it

    def get_auth_params_from_request(self, request, action):
        return self.get_auth_params()

    def extract_uid(self, data):
        return str(data[self.server.id_claim])

    def extract_extra_data(self, data):
        """The identifier, names, e-mail and mobile; whatever else the server tells is dropped."""
        names = (data.get(claim.strip()) for claim in self.server.name_claims.split(","))
        return {
            "id": str(data[self.server.id_claim]),
            "name": " ".join(str(name) for name in names if name),
            "email": str(data.get(self.server.email_claim) or ""),
            "phone": str(data.get(self.server.phone_claim) or ""),
        }

    def extract_common_fields(self, data):
        return {}

    def extract_email_addresses(self, data):
        return []


class IdentityAdapter(DefaultSocialAccountAdapter):
    """Finds servers among our records, and connects an identity only where its owner is signed in."""

    def get_provider(self, request, provider, client_id=None):
        server = next(
            (
                each
                for each in IdentityProvider.objects.filter(is_active=True)
                if each.key == provider
            ),
            None,
        )
        if server is None:
            raise SocialApp.DoesNotExist
        app = SocialApp(
            provider="openid_connect",
            provider_id=server.key,
            name=server.name,
            client_id=server.client_id,
            secret=unseal(server.secret) if server.secret else "",
            settings={
                "server_url": server.issuer,
                "scope": server.scope.split(),
                "oauth_pkce_enabled": server.has_pkce,
            },
        )
        return ServerProvider(request, app, server)

    def list_apps(self, request, provider=None, client_id=None):
        return []

    def authenticate_by_email(self, sociallogin):
        return None

    def populate_user(self, request, sociallogin, data):
        return sociallogin.user

    def is_open_for_signup(self, request, sociallogin):
        return False

    def get_connect_redirect_url(self, request, socialaccount):
        return reverse("accounts:identities")

    def pre_social_login(self, request, sociallogin):
        """An unknown identity signs nobody in; connecting asks again who it is."""
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            if not request.user.is_authenticated:
                raise ImmediateHttpResponse(redirect("account_request_login_code"))
            if not is_recent(request):
                raise ImmediateHttpResponse(redirect(confirm_page(request.user)))
            if not sociallogin.is_existing:
                log(request.user, "accounts.identity_connected", user=request.user)
        elif not sociallogin.is_existing:
            page = render(
                request,
                "accounts/identity_unknown.html",
                {"provider": sociallogin.provider.name},
                status=403,
            )
            raise ImmediateHttpResponse(page)


def _answer(view, request, key):
    try:
        return view.adapter_view(ServerAdapter(request, key))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error


@login_not_required
def identity_login(request, key):
    return _answer(OAuth2LoginView, request, key)


@login_not_required
def identity_callback(request, key):
    return _answer(OAuth2CallbackView, request, key)
