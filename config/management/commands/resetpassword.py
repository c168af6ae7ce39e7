"""`manage.py resetpassword`."""

from __future__ import annotations

import argparse
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from config.studio import state_file
from projects.access import audit, second_factor
from projects.access.sign_in import sign_in_path


class Command(BaseCommand):
    """Take a password away and print a sign-in link, for somebody who has lost it, or whose password is known."""

    help = "Take a person's password away, which ends their sessions, and print a sign-in link."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the person's name, and whether the second factor goes too."""
        parser.add_argument("username")
        parser.add_argument("--remove-second-factor", action="store_true", help="also take the second factor away")

    def handle(self, *args: Any, **options: Any) -> None:
        """Reset the password, and print the link as the last line."""
        username = options["username"]
        with transaction.atomic():
            user = User.objects.select_for_update().filter(username=username, is_active=True).first()
            if user is None:
                raise CommandError(f"Nobody here is called {username}.")
            # the sessions end by themselves: each is valid only with the hash of the present password
            user.set_unusable_password()
            user.save(update_fields=["password"])
            audit.enter(audit.Action.PASSWORD_RESET, None, username)
            if options["remove_second_factor"]:
                second_factor.turn_off(user, None)
        url = state_file.running_url(settings.DATA_DIR)
        if url is None:
            self.stderr.write("No studio runs on this DATA_DIR. Put its address in front of this path.")
        self.stdout.write(f"{url or ''}{sign_in_path(user)}")
