"""`manage.py runway_simulator`: the Runway API on this machine, in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import Any

from daphne.server import Server
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from generation.simulator.app import Simulator
from generation.simulator.journal import Journal, JournalInUse
from generation.simulator.organization import Limits, Organization
from generation.simulator.renderer import Renderer
from generation.simulator.task_builder import Timing
from generation.simulator.upload_store import UploadStore

PORT = 8390
BACKLOG = 1024
# a picture in a body is read in a few pieces, not in hundreds
BUFFER_BYTES = 1024 * 1024


def within(least: float, most: float = 1_000_000_000, kind: type[int] | type[float] = int) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = kind(text)
        if not least <= value <= most:
            raise ArgumentTypeError(f"must be {least} to {most}, not {text}")
        return value

    return number


class Command(BaseCommand):
    help = "The Runway API on this machine, for tests and for a studio without a key; docs/simulator.md tells more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="an IPv4 address of this machine (%(default)s)")
        parser.add_argument("--port", type=within(0, 65535), default=PORT, help="0 takes a free one (%(default)s)")
        parser.add_argument("--concurrency", type=within(1), default=5, help="tasks at a time (%(default)s)")
        parser.add_argument("--daily", type=within(0), default=1000, help="tasks of a model in 24 h (%(default)s)")
        parser.add_argument("--credits", type=within(0), default=100_000, help="to spend in all (%(default)s)")
        parser.add_argument(
            "--task-seconds", type=within(0.01, kind=float), default=6, help="from start to end (%(default)s)"
        )
        parser.add_argument(
            "--link-seconds", type=within(0, kind=float), default=86400, help="life of output links (%(default)s)"
        )
        parser.add_argument("--small", action="store_true", help="outputs are small and short samples, for tests")
        parser.add_argument("--data-dir", type=Path, default=settings.DATA_DIR / "simulator", help="where it remembers")

    def handle(self, *args: Any, **options: Any) -> None:
        app = _simulator(options).app()
        listener = _listen(options["host"], options["port"])
        host, port = listener.getsockname()

        def ready() -> None:
            self.stdout.write(f"Runway simulator is ready: http://{host}:{port}")
            self.stdout.flush()

        # every answer is on disk before it goes out, so there is nothing to tidy up at the end: signals just end it
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        Server(
            app,
            endpoints=[f"fd:fileno={listener.fileno()}"],
            signal_handlers=False,
            ready_callable=ready,
            request_buffer_size=BUFFER_BYTES,
            server_name="",
        ).run()


def _simulator(options: dict[str, Any]) -> Simulator:
    home: Path = options["data_dir"]
    now = time.time()
    try:
        home.mkdir(parents=True, exist_ok=True)
        journal = Journal(home / "journal.jsonl")
        uploads = UploadStore(home / "uploads")
        limits = Limits(options["concurrency"], options["daily"], options["credits"])
        organization = Organization(limits, journal, now)
        renderer = Renderer(home, organization.render_failures.append)
        renderer.delete_unneeded(organization.tasks())
        uploads.delete_expired(now)
    except JournalInUse:
        raise CommandError(f"Another simulator uses {home}: end it, or choose another --data-dir.") from None
    except OSError as error:
        raise CommandError(f"The simulator cannot use {home}: {error.strerror}.") from None
    for task in organization.tasks():
        renderer.start(task)
    timing = Timing(options["task_seconds"], options["link_seconds"], options["small"])
    return Simulator(organization, renderer, uploads, timing)


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=BACKLOG)
    except OSError as error:
        # a name that cannot be found has a negative number
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else "no such host"
        raise CommandError(f"The simulator cannot listen on {host}:{port}: {reason}.") from None
