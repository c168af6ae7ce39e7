"""`manage.py studio`."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.environment import setting_values
from config.studio import address, startup
from config.studio.supervisor import Studio


def port_number(text: str) -> int:
    """Read a TCP port for argparse."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text}")
    return int(text)


def process_count(text: str) -> int:
    """Read a number of processes for argparse."""
    count = setting_values.process_count(text)
    if count is None:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to 64, not {text}")
    return count


class Command(BaseCommand):
    """Run the studio until it is asked to stop."""

    help = "Run the whole studio: database, Redis, web server, workers, and the Runway simulator when no key is set."
    # they are run below, where their errors become one line
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add the options of the contract."""
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 for every address of this machine")
        parser.add_argument("--port", type=port_number, default=8000)
        parser.add_argument(
            "--workers", type=process_count, default=2, help="how many send requests, and how many download"
        )
        parser.add_argument(
            "--web",
            type=process_count,
            default=settings.WEB_PROCESSES,
            help="how many processes answer requests, on the same port; default: WEB_PROCESSES, or 1",
        )
        parser.add_argument("--no-sample", action="store_true", help="no sample project at the first start")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, lock DATA_DIR and run; exit with one line where the studio cannot start."""
        try:
            startup.run_system_checks()
            with startup.lock_data_dir(settings.DATA_DIR):
                startup.report_file_system()
                self.run(options)
        except startup.CannotStart as error:
            sys.exit(f"Dailies cannot start: {error}")

    def run(self, options: dict[str, Any]) -> None:
        """Take the port, start everything, and print the URL once it is ready."""
        host = options["host"]
        listeners = address.bind(host, options["port"], options["web"])
        url = f"http://{address.url_host(host)}:{listeners[0].getsockname()[1]}"
        if warning := address.access_warning(host, settings.ALLOWED_HOSTS):
            self.stderr.write(warning)
        first_start = startup.FirstStart(settings.DATA_DIR)

        def prepare() -> str | None:
            return first_start.prepare(with_sample=not options["no_sample"])

        def ready(link: str | None) -> None:
            if link:
                self.stdout.write(f"Sign in as {settings.STUDIO_OWNER} (works once, for an hour): {url}{link}")
            self.stdout.write(f"Dailies is ready: {url}/")
            self.stdout.flush()
            first_start.finish()

        Studio(listeners, url, options["workers"]).run(prepare, ready)
