"""Why an address that a person gave was not opened. The text of each is one clause for that person."""

from __future__ import annotations

from projects.translation import gettext as _


class AddressRefused(Exception):
    """The address must not be opened, or there is no file at it."""


class AddressMalformed(AddressRefused):
    """It is no complete http or https address. `address` is the text, which may come from a redirect."""

    def __init__(self, address: str) -> None:
        super().__init__(
            _("it must be a complete http or https address without spaces, like https://example.org/a.jpg.")
        )
        self.address = address


class AddressUnreachable(Exception):
    """The host cannot be found or reached, or did not answer in time."""


class AddressTooLarge(Exception):
    """There are more bytes at the address than the limit allows."""
