"""`manage.py signinlink`."""

from __future__ import annotations

import argparse
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from config.studio import state_file
from projects.access import audit
from projects.access.sign_in import sign_in_path


class Command(BaseCommand):
    """Print a sign-in link, for somebody who has no password or has forgotten it."""

    help = "Print a link that signs a person in once, within an hour."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the person's name."""
        parser.add_argument("username", nargs="?", default=settings.STUDIO_OWNER)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the link, with the address of the studio that runs on this DATA_DIR."""
        username = options["username"]
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody here is called {username}.")
        url = state_file.running_url(settings.DATA_DIR)
        if url is None:
            self.stderr.write("No studio runs on this DATA_DIR. Put its address in front of this path.")
        audit.enter(audit.Action.SIGN_IN_LINK, None, username)
        self.stdout.write(f"{url or ''}{sign_in_path(user)}")
