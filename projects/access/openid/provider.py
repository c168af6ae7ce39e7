"""The protocol, stricter than allauth's own: the issuer, the signature, a nonce, and one person in both answers.

allauth sends `state` and PKCE, fetches the tokens, and checks the issuer, the audience and the time of the ID token.
"""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from projects.access.openid.identity import identity_key


def nonce_of(state: str) -> str:
    """Return the nonce of a sign-in: it is bound to the state, which the session of the browser has."""
    return salted_hmac("dailies.openid.nonce", state).hexdigest()


class Client(OAuth2Client):  # type: ignore[misc]
    """The request for a sign-in, with a nonce."""

    def get_redirect_url(self, authorization_url: str, scope: list[str], extra_params: dict[str, str]) -> str:
        """Return the address of the provider that the browser is sent to."""
        parameters = {**extra_params, "nonce": nonce_of(self.state)}
        return str(super().get_redirect_url(authorization_url, scope, parameters))


class Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """One provider during one request. Raise OAuth2Error with a sentence for whatever is wrong with its answers."""

    client_class = Client

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself. It must name the issuer of the settings."""
        try:
            config: dict[str, Any] = super().openid_config
            issuer = str(config["issuer"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise OAuth2Error(_("It cannot be reached, or OIDC_ISSUER is not its address.")) from error
        expected = str(self.get_provider().app.settings["server_url"])
        if issuer.rstrip("/") != expected:
            raise OAuth2Error(
                _("It calls itself {issuer}, but OIDC_ISSUER is {expected}.").format(issuer=issuer, expected=expected)
            )
        return config

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Fetch the tokens."""
        try:
            return dict(super().get_access_token_data(*args, **kwargs))
        except (OSError, ValueError, KeyError) as error:
            raise OAuth2Error(_("It did not give a token. Are OIDC_CLIENT_ID and OIDC_CLIENT_SECRET right?")) from error

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Return who has signed in, by what both the ID token and the provider's page of the person say."""
        claims = self._claims(request, app, kwargs["response"].get("id_token"))
        data = {"id_token": claims}
        if self.openid_config.get("userinfo_endpoint"):
            data["userinfo"] = claims | self._person(token, str(claims["sub"]))
        return self.get_provider().sociallogin_from_response(request, data)

    def _claims(self, request: HttpRequest, app: Any, id_token: object) -> dict[str, Any]:
        """Return what a valid ID token says."""
        if not isinstance(id_token, str):
            raise OAuth2Error(_("It gave no ID token."))
        try:
            # always by the signature: the way to the provider may lead through others
            claims: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
        except OAuth2Error as error:
            raise OAuth2Error(
                _("Its ID token is not valid: {error}.").format(error=error.__cause__ or error)
            ) from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise OAuth2Error(_("Its ID token is not valid: it cannot be read, or its key is unknown.")) from error
        nonce = nonce_of(str(request.GET.get("state", "")))
        if not constant_time_compare(str(claims.get("nonce", "")), nonce) or not claims.get("sub"):
            raise OAuth2Error(_("Its ID token is not valid: it was made for another sign-in."))
        return claims

    def _person(self, token: SocialToken, subject: str) -> dict[str, Any]:
        try:
            person = dict(self._fetch_user_info(token.token))
        except (OSError, ValueError, TypeError) as error:
            raise OAuth2Error(_("It does not say who the person is.")) from error
        if person.get("sub") != subject:
            raise OAuth2Error(_("It names a different person than its ID token."))
        return person


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """The provider of the settings, with the adapter above."""

    oauth2_adapter_class = Adapter

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return the key by which allauth finds the row of an identity."""
        return identity_key(self.app.settings["server_url"], data["id_token"]["sub"])
