"""`manage.py prices`: what Runway has billed so far, by class of requests."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from generation.models import ObservedPrice
from generation.money import prices
from generation.serializers import plain_number
from projects.text.credit_words import credit_words


class Command(BaseCommand):
    """List the observed prices, or make their table anew."""

    help = "List what Runway has billed so far: one line for each class of requests and each amount."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--rebuild", action="store_true", help="first make the table anew from the ledger")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        if options["rebuild"]:
            self.stdout.write(f"Read {prices.rebuild()} bills.")
        for price in prices.observed_prices():
            self.stdout.write(_line(price))


def _line(price: ObservedPrice) -> str:
    expected = "" if price.expected is None else f", {plain_number(price.expected)} expected"
    times = "once" if price.bills == 1 else f"{price.bills} times"
    return (
        f"{price.kind} {price.model} {price.settings} × {plain_number(price.amount)}:"
        f" {credit_words(price.credits)}, billed {times}{expected}"
    )
