"""The children of the studio besides Redis: web server, workers, and the Runway simulator."""

from __future__ import annotations

import ctypes
import gc
import socket
import sys
from importlib import import_module

from django.conf import settings

from config.studio.forked import CAN_FORK
from config.studio.process import Child

_MANAGE = str(settings.BASE_DIR / "manage.py")
# what the children run, and the parts of Daphne that do not create its reactor, which each fork needs for itself
_SHARED = (
    settings.ROOT_URLCONF,
    "generation.live.consumer",
    "channels.sessions",
    "generation.tasks",
    "generation.engine.worker",
    "django_rq.management.commands.rqworker",
    "twisted.internet.endpoints",
    "twisted.web.server",
    "autobahn.twisted.websocket",
)


# of mallopt(3): free memory above it goes back to the system, and how many pools of memory threads may have
_M_TRIM_THRESHOLD, _TRIM_BYTES = -1, 64 * 1024
_M_ARENA_MAX, _ARENAS = -8, 1


def load_shared_code() -> None:
    """Import what the children run, so that their forks share it, and keep it out of every garbage collection."""
    if CAN_FORK:
        _give_memory_back()
        for module in _SHARED:
            import_module(module)
        gc.collect()
        gc.freeze()


def _give_memory_back() -> None:
    """Let the C library of Linux, here and in each fork, keep no memory for later: measured, 40 MB after ten clips."""
    library = ctypes.CDLL(None)
    # another C library has none of it
    if mallopt := getattr(library, "mallopt", None):
        mallopt(_M_TRIM_THRESHOLD, _TRIM_BYTES)
        mallopt(_M_ARENA_MAX, _ARENAS)


def web_child(listener: socket.socket, number: int, env: dict[str, str]) -> Child:
    """Return web server `number`, which accepts connections on a socket that the studio keeps open."""
    file = listener.fileno()
    return Child(
        "web" if number == 1 else f"web-{number}",
        [sys.executable, "-m", "config.studio.web", str(file)],
        env=env,
        keep_open=(file,),
        fork=True,
        beats_itself=True,
    )


def worker_child(queue: str, number: int, env: dict[str, str]) -> Child:
    """Return worker `number` of a queue."""
    serializer = ["--serializer", "rq.serializers.JSONSerializer"]
    command = [sys.executable, _MANAGE, "rqworker", queue, *serializer, "--skip-checks", "--verbosity", "0"]
    return Child(f"{queue}-{number}", command, env=env, fork=True)


def simulator_child() -> tuple[Child, dict[str, str]]:
    """Return the simulator, and what must be in the environment of the others.

    It has the same port after a restart, so that nobody else need be told.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = settings.DAILIES_SIMULATOR_OPTIONS
    command = [sys.executable, _MANAGE, "runway_simulator", "--port", str(port), *options, "--skip-checks"]
    # forks have the settings of the studio, others read them anew
    settings.RUNWAY_API_URL = f"http://127.0.0.1:{port}"
    return Child("simulator", command, fork=True), {"DAILIES_SIMULATOR_URL": settings.RUNWAY_API_URL}
