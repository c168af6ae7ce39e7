"""Who makes a call of the API: a bearer token, or the cookie of a page with its CSRF token."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from projects.access import origins
from projects.access.tokens import find_token
from projects.models import ApiToken
from projects.problems import forbidden
from projects.web import limits

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class Request(HttpRequest):
    """The request of an API call: its user is known."""

    user: User


class Bearer(HttpBearer):
    """`Authorization: Bearer TOKEN`."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Sign the token's user in for this call.

        Return None for an unknown token. Raise Problem 403 where a read-only token would write, 429 over the limit.
        """
        row = find_token(token.strip())
        if row is None:
            return None
        reads = request.method in _SAFE_METHODS
        if row.read_only and not reads:
            raise forbidden(_("This token is read-only. Use a token that may write."))
        # after the token is known to be valid: a stranger must not use up the calls of a person
        limits.check_rate(row.user, reads=reads)
        request.user = row.user
        return row


class Session(APIKeyCookie):
    """The session cookie of a page, with its CSRF token.

    Not tried for a request with a header `Authorization`: whoever sends a token means the token, even a wrong one.
    """

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> User | None:
        """Authenticate a call that comes with a session and without a token."""
        if "Authorization" in request.headers or not isinstance(request.user, User):
            return None
        return self.authenticate(request, None)

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        """Return the session's user; None when nobody is signed in.

        Raise Problem 403 without a valid CSRF token or from a page of another address, 429 over the limit of calls.
        """
        if check_csrf(request) is not None:
            missing = _("The CSRF token is missing or expired. Reload the page, or use a bearer token.")
            raise forbidden(origins.refusal(request) or missing)
        if not isinstance(request.user, User):
            return None
        limits.check_rate(request.user, reads=request.method in _SAFE_METHODS)
        return request.user


AUTH = [Bearer(), Session()]
"""The ways to authenticate, in the order in which they are tried."""
