from __future__ import annotations

import argparse
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from config.studio import state_file
from projects.access.sign_in import sign_in_path


class Command(BaseCommand):
    help = "Print a link that signs a person in, once, within the hour."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username", nargs="?", default=settings.STUDIO_OWNER)

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"]
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"There is nobody called {username} here.")
        url = state_file.url(settings.DATA_DIR)
        if url is None:
            self.stderr.write("No studio runs on this DATA_DIR: put its address before this path.")
        self.stdout.write(f"{url or ''}{sign_in_path(user)}")
