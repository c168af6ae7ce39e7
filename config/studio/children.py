"""The children of the studio besides Redis: web server, workers, and the Runway simulator."""

from __future__ import annotations

import ctypes
import gc
import socket
import sys
from importlib import import_module

from django.conf import settings

from config.studio.forked import CAN_FORK
from config.studio.on_demand import REST_SECONDS
from config.studio.process import Child
from generation.engine import on_demand
from generation.models import GenerationJob

_MANAGE = str(settings.BASE_DIR / "manage.py")
# what the children run, and the parts of Daphne that do not create its reactor, which each fork needs for itself
_SHARED = (
    settings.ROOT_URLCONF,
    "generation.live.consumer",
    "channels.sessions",
    "generation.tasks",
    "film.tasks",
    "generation.engine.worker",
    "generation.engine.entry",
    "generation.mirror",
    # named by their paths, and so loaded by each process when it needs them first
    "generation.engine.overdue",
    "generation.mirror.contributor",
    "film.engine.overdue",
    "film.engine.follower",
    "django_rq.management.commands.rqworker",
    # Django and Channels load these when they are first needed, in each process for itself
    "django.db.models.sql.compiler",
    "channels_redis.pubsub",
    "_strptime",
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
        _compile_query()
        gc.collect()
        gc.freeze()


def _compile_query() -> None:
    """Let Django note what it needs of all models for queries: 1.6 MB in each process. No database is opened."""
    str(GenerationJob.objects.with_related().with_first_frame().unfinished().query)


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
        keep_open=_open_in_children(file),
        fork=True,
        beats_itself=True,
    )


# queues without a worker of their own: what is in the first one is done before what is in the next
_QUEUES = {"export": ("export", "proxy"), "check": ("webhook", "check")}
# the poll looks for what the others have to do, and `check` follows the folders and stands in for the poll
_ALWAYS = ("poll", "check")


def worker_child(queue: str, number: int, env: dict[str, str]) -> Child:
    """Return worker `number` of a queue, and of those that it does besides."""
    queues = _QUEUES.get(queue, (queue,))
    options = ["--serializer", "rq.serializers.JSONSerializer", "--skip-checks", "--verbosity", "0"]
    # elsewhere a start takes seconds
    may_rest = CAN_FORK and queue not in _ALWAYS
    if may_rest:
        options += ["--max-idle-time", str(REST_SECONDS)]
    return Child(
        f"{queue}-{number}",
        [sys.executable, _MANAGE, "rqworker", *queues, *options],
        env=env,
        keep_open=_open_in_children(),
        fork=True,
        on_demand=queues if may_rest else (),
    )


def _open_in_children(*files: int) -> tuple[int, ...]:
    """Return what a child keeps open: these files, and the pipe by which it asks for workers."""
    return files if on_demand.pipe is None else (*files, on_demand.pipe)


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
