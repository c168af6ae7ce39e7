"""`manage.py apitoken`."""

from __future__ import annotations

import argparse
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from projects.access.tokens import MAX_NAME_LENGTH, create_token
from projects.models import ApiToken


class Command(BaseCommand):
    """Create an API token from a terminal."""

    help = "Create an API token. The last line of the output is the token alone."
    # they run when the studio starts, and take longer than this command
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the person and the options of the token."""
        parser.add_argument("username")
        parser.add_argument("--name", default="from the command line", help="how the account page lists the token")
        parser.add_argument(
            "--scope",
            choices=ApiToken.Scope.values,
            default=ApiToken.Scope.API,
            help="metrics: the token opens /metrics and nothing else; its person must be staff",
        )
        parser.add_argument("--read-only", action="store_true", help="the token may read, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the token and print it."""
        username = options["username"]
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody here is called {username}. The first start of the studio creates its owner.")
        name = options["name"].strip()
        if not 0 < len(name) <= MAX_NAME_LENGTH:
            raise CommandError(f"--name must have 1 to {MAX_NAME_LENGTH} characters.")
        scope = ApiToken.Scope(options["scope"])
        if scope == ApiToken.Scope.METRICS and not user.is_staff:
            raise CommandError(f"{username} is not staff, and metrics are about the whole studio.")
        token, text = create_token(user, name, read_only=options["read_only"], scope=scope)
        self.stdout.write(f"Token {token.name!r} of {username}, shown this once:")
        self.stdout.write(text)
