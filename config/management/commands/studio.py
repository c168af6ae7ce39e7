from __future__ import annotations

import argparse
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.studio import address, startup
from config.studio.cannot_start import CannotStart
from config.studio.supervisor import Studio


def port_number(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text}")
    return int(text)


def worker_count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"a number from 1 to 64, not {text}")
    return int(text)


class Command(BaseCommand):
    help = "Run the whole studio: database, Redis, web server, workers, and the Runway simulator when no key is set."
    requires_system_checks = []  # they are run below, and told in one line

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 for every address of this machine")
        parser.add_argument("--port", type=port_number, default=8000)
        parser.add_argument("--workers", type=worker_count, default=2, help="for sending and for downloading, each")
        parser.add_argument("--no-sample", action="store_true", help="no sample project on first start")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            startup.check()
            with startup.the_only_studio(settings.DATA_DIR):
                self.run(options["host"], options["port"], options["workers"], not options["no_sample"])
        except CannotStart as error:
            sys.exit(f"Dailies cannot start: {error}")

    def run(self, host: str, port: int, workers: int, with_sample: bool) -> None:
        listener = address.listen(host, port)
        url = f"http://{address.host_of(host)}:{listener.getsockname()[1]}"
        if warning := address.warning(host, settings.ALLOWED_HOSTS):
            self.stderr.write(warning)
        first_start = startup.FirstStart(settings.DATA_DIR)
        link: str | None = None

        def prepare() -> None:
            nonlocal link
            link = first_start.prepare(with_sample=with_sample)

        def ready() -> None:
            if link:
                self.stdout.write(f"Sign in as {settings.STUDIO_OWNER} (works once, for an hour): {url}{link}")
            self.stdout.write(f"Dailies is ready: {url}/")
            self.stdout.flush()
            first_start.done()

        Studio(listener, url, workers).run(prepare, ready)
