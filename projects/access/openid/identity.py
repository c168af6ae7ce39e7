"""What a provider says of a person."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from projects.problems import forbidden

_MAX_EMAIL = 254


def identity_key(issuer: str, subject: object) -> str:
    """Return what names a person for all time: a subject means something at its own issuer only."""
    return hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()


@dataclass(frozen=True)
class Identity:
    """A person as a provider knows them. `key` names the person for all time, at this issuer only."""

    provider_id: str
    provider_name: str
    key: str
    claims: dict[str, Any]
    domains: tuple[str, ...]
    staff_group: str

    @classmethod
    def read(cls, app: Any, data: dict[str, Any]) -> Identity:
        """Read what allauth has from the provider; `app` is the provider's entry in the settings."""
        claims = data.get("userinfo") or data["id_token"]
        key = identity_key(app.settings["server_url"], claims["sub"])
        domains = tuple(app.settings["domains"])
        return cls(app.provider_id, app.name, key, claims, domains, app.settings["staff_group"])

    @property
    def email(self) -> str:
        """The address of the person, in lower case, if the provider has verified it; else empty."""
        verified = self.claims.get("email_verified") in (True, "true", "True")
        text = self.text("email")
        return text.lower() if verified and len(text) <= _MAX_EMAIL and "@" in text else ""

    @property
    def is_of_trusted_domain(self) -> bool:
        """Whether the address is of a domain that the settings name, so that nobody else can have it."""
        return bool(self.email) and self.email.rpartition("@")[2] in self.domains

    @property
    def is_staff(self) -> bool:
        """Whether the person is in the group of staff."""
        groups = self.claims.get("groups")
        return self.staff_group in (groups if isinstance(groups, list) else [groups])

    def text(self, name: str) -> str:
        """Return a text of the claims, empty where there is none."""
        value = self.claims.get(name)
        return value.strip() if isinstance(value, str) else ""

    def check_domain(self) -> None:
        """Raise Problem 403 for whoever has no verified address of the domains in the settings."""
        if not self.domains or self.is_of_trusted_domain:
            return
        domains = " or ".join(self.domains)
        raise forbidden(
            _("Your account at {provider_name} needs a verified email address at {domains}.").format(
                provider_name=self.provider_name, domains=domains
            )
        )
