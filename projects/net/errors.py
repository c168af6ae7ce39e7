"""Why an address that a person gave was not opened. The text of each is one clause for that person."""

from __future__ import annotations


class AddressRefused(Exception):
    """The address must not be opened, or there is no file at it."""


class AddressUnreachable(Exception):
    """The host cannot be found or reached, or did not answer in time."""


class AddressTooLarge(Exception):
    """There are more bytes at the address than the limit allows."""
