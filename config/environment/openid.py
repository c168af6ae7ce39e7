"""Sign-in by OpenID Connect: the settings of one provider, and those of further ones with a number in their names."""

from __future__ import annotations

import ipaddress
import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment

_PREFIXES = ("OIDC", *(f"OIDC_{number}" for number in range(2, 10)))
_PARTS = ("CLIENT_ID", "CLIENT_SECRET", "NAME", "ALLOWED_DOMAINS", "STAFF_GROUP")
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z0-9-]+", re.ASCII)
# anybody may have an account there
_OPEN_TO_ALL = ("accounts.google.com", "login.microsoftonline.com/common", "login.microsoftonline.com/consumers")
MAX_NAME = 40


def read_providers(env: Environment) -> list[dict[str, Any]]:
    """Return the providers as allauth's `APPS` takes them. Raise ImproperlyConfigured for what makes no sense."""
    providers = [_read_provider(env, prefix) for prefix in _PREFIXES]
    given = [provider for provider in providers if provider]
    issuers = [provider["settings"]["server_url"] for provider in given]
    if len(set(issuers)) < len(issuers):
        raise ImproperlyConfigured("Two of the OIDC_ISSUER settings are the same. Remove one.")
    return given


def _read_provider(env: Environment, prefix: str) -> dict[str, Any] | None:
    values = {part: env.text(f"{prefix}_{part}") for part in _PARTS}
    if not env.text(f"{prefix}_ISSUER"):
        for part in (part for part, value in values.items() if value):
            raise ImproperlyConfigured(f"{prefix}_{part} is set without {prefix}_ISSUER. Set both, or neither.")
        return None
    parts = _read_issuer(env, f"{prefix}_ISSUER")
    for part in ("CLIENT_ID", "CLIENT_SECRET"):
        if not values[part]:
            raise ImproperlyConfigured(f"{prefix}_ISSUER is set without {prefix}_{part}. The provider tells it.")
    name = values["NAME"] or str(parts.hostname)
    if len(name) > MAX_NAME:
        raise ImproperlyConfigured(f"{prefix}_NAME must have at most {MAX_NAME} characters.")
    domains = _read_domains(f"{prefix}_ALLOWED_DOMAINS", values["ALLOWED_DOMAINS"])
    issuer = parts.geturl().rstrip("/")
    if not domains and issuer.removeprefix("https://").startswith(_OPEN_TO_ALL):
        raise ImproperlyConfigured(
            f"{prefix}_ISSUER lets everybody in the world sign in. Set {prefix}_ALLOWED_DOMAINS to your own domains."
        )
    return {
        # a part of the address that the provider sends people back to
        "provider_id": prefix.lower().replace("_", "-"),
        "name": name,
        "client_id": values["CLIENT_ID"],
        "secret": values["CLIENT_SECRET"],
        "settings": {"server_url": issuer, "domains": domains, "staff_group": values["STAFF_GROUP"]},
    }


def _read_issuer(env: Environment, name: str) -> SplitResult:
    text = env.text(name)
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or parts.query or parts.fragment or parts.username or "/.well-known/" in text or " " in text:
        raise ImproperlyConfigured(f"{name} must be an address such as https://login.example.org, not {text!r}.")
    if parts.scheme == "http" and not _is_here(str(parts.hostname)):
        raise ImproperlyConfigured(f"{name} must begin with https: passwords and keys go there.")
    return parts


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _read_domains(name: str, text: str) -> list[str]:
    domains = [domain for each in text.split(",") if (domain := each.strip().lower().removeprefix("@"))]
    for domain in domains:
        if not _DOMAIN.fullmatch(domain):
            raise ImproperlyConfigured(f"{name} must be domains with commas between them: {domain!r} is none.")
    return domains
