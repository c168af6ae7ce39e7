from __future__ import annotations

import argparse
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from projects.access.tokens import create_token


class Command(BaseCommand):
    help = "Make an API token; the last line that is printed is the token alone."
    requires_system_checks = []  # the studio is checked at its start, and that takes longer than this

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="from the command line", help="to know it again on the account page")
        parser.add_argument("--read-only", action="store_true", help="it may look, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"]
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"There is nobody called {username} here; the owner of the studio is made by its start.")
        name = options["name"].strip()
        longest = 100
        if not 0 < len(name) <= longest:
            raise CommandError(f"--name must have 1 to {longest} characters.")
        token, text = create_token(user, name, read_only=options["read_only"])
        self.stdout.write(f"Token {token.name!r} of {username}; it is shown this once:")
        self.stdout.write(text)
