"""The children of the studio besides Redis: web server, workers, and the Runway simulator."""

from __future__ import annotations

import os
import shlex
import socket
import sys

from django.conf import settings

from config.studio.process import Child

_MANAGE = str(settings.BASE_DIR / "manage.py")


def web_child(listener: socket.socket, env: dict[str, str]) -> Child:
    """Return the web server, which accepts connections on a socket that the studio keeps open."""
    file = listener.fileno()
    return Child("web", [sys.executable, "-m", "config.studio.web", str(file)], env=env, keep_open=(file,))


def worker_child(queue: str, number: int, env: dict[str, str]) -> Child:
    """Return worker `number` of a queue."""
    serializer = ["--serializer", "rq.serializers.JSONSerializer"]
    command = [sys.executable, _MANAGE, "rqworker", queue, *serializer, "--skip-checks", "--verbosity", "0"]
    return Child(f"{queue}-{number}", command, env=env)


def simulator_child() -> tuple[Child, dict[str, str]]:
    """Return the simulator, and what must be in the environment of the others.

    It has the same port after a restart, so that nobody else need be told.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = shlex.split(os.environ.get("DAILIES_SIMULATOR_OPTIONS", ""))
    command = [sys.executable, _MANAGE, "runway_simulator", "--port", str(port), *options, "--skip-checks"]
    return Child("simulator", command), {"DAILIES_SIMULATOR_URL": f"http://127.0.0.1:{port}"}
