"""`manage.py runway_simulator`: the Runway API on this machine, in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import time
from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import Any

from daphne.server import Server
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from generation.simulator.app import Simulator
from generation.simulator.journal import Journal, JournalInUse
from generation.simulator.organization import Limits, Organization
from generation.simulator.renderer import Renderer
from generation.simulator.task_builder import TaskOptions
from generation.simulator.upload_store import UploadStore

PORT = 8390
BACKLOG = 1024
# large enough for Daphne to read a picture in a body in a few pieces, not in hundreds
BUFFER_BYTES = 1024 * 1024
DAY_SECONDS = 86400
MAX_NUMBER = 1_000_000_000


class Command(BaseCommand):
    """Serve the Runway API until a signal ends the process."""

    help = "The Runway API on this machine, for tests and for a studio without a key. See docs/simulator.md."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        whole, positive = _number(0), _number(1)
        parser.add_argument("--host", default="127.0.0.1", help="an IPv4 address of this machine (%(default)s)")
        parser.add_argument("--port", type=_number(0, 65535), default=PORT, help="0 picks a free one (%(default)s)")
        parser.add_argument("--concurrency", type=positive, default=5, help="tasks at a time (%(default)s)")
        parser.add_argument("--daily", type=whole, default=1000, help="tasks of a model in 24 hours (%(default)s)")
        parser.add_argument("--credits", type=whole, default=100_000, help="credits in all (%(default)s)")
        parser.add_argument(
            "--task-seconds", type=_number(0.01, kind=float), default=6, help="time that a task takes (%(default)s)"
        )
        parser.add_argument(
            "--link-seconds",
            type=_number(0, kind=float),
            default=DAY_SECONDS,
            help="time until the links of outputs expire (%(default)s)",
        )
        parser.add_argument("--small", action="store_true", help="make small and short outputs, for tests")
        parser.add_argument(
            "--hidden-prices",
            type=whole,
            metavar="N",
            help="bill prices that no catalog has; another N, other prices",
        )
        parser.add_argument(
            "--data-dir", type=Path, default=settings.DATA_DIR / "simulator", help="folder of its tasks and files"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command. Raise CommandError when the folder or the port is taken."""
        app = _simulator(options).app()
        listener = _listen(options["host"], options["port"])
        host, port = listener.getsockname()

        def report_ready() -> None:
            self.stdout.write(f"Runway simulator is ready: http://{host}:{port}")
            self.stdout.flush()

        # every answer is on disk before it is sent, so a signal may end the process at any moment
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        Server(
            app,
            endpoints=[f"fd:fileno={listener.fileno()}"],
            signal_handlers=False,
            ready_callable=report_ready,
            request_buffer_size=BUFFER_BYTES,
            server_name="",
        ).run()


def _number(low: float, high: float = MAX_NUMBER, kind: type[int] | type[float] = int) -> Callable[[str], float]:
    """Return a type for argparse: a number from `low` to `high`."""

    # argparse names the function in its message for what is no number
    def number(text: str) -> float:
        value = kind(text)
        if not low <= value <= high:
            raise ArgumentTypeError(f"must be {low} to {high}, not {text}")
        return value

    return number


def _simulator(options: dict[str, Any]) -> Simulator:
    """Return the simulator with the tasks that its folder remembers."""
    folder: Path = options["data_dir"]
    now = time.time()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        journal = Journal(folder / "journal.jsonl")
        uploads = UploadStore(folder / "uploads")
        limits = Limits(options["concurrency"], options["daily"], options["credits"])
        organization = Organization(limits, journal, now)
        renderer = Renderer(folder, organization.render_failures.append)
        renderer.delete_unneeded(organization.tasks())
        uploads.delete_expired(now)
    except JournalInUse:
        raise CommandError(f"Another simulator uses {folder}. Stop it, or choose another --data-dir.") from None
    except OSError as error:
        raise CommandError(f"The simulator cannot use {folder}: {error.strerror}.") from None
    for task in organization.tasks():
        renderer.start(task)
    task_options = TaskOptions(
        options["task_seconds"], options["link_seconds"], options["small"], options["hidden_prices"]
    )
    return Simulator(organization, renderer, uploads, task_options)


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=BACKLOG)
    except OSError as error:
        # resolving a host name fails with a negative number, which strerror() does not know
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else "no such host"
        raise CommandError(f"The simulator cannot listen on {host}:{port}: {reason}.") from None
