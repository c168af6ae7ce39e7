"""nginx before two machines, with deploy/nginx.conf.template but for TLS."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.migrated_database import TOP

TEMPLATE = TOP / "deploy" / "nginx.conf.template"


def find_nginx() -> str | None:
    """Return the path of nginx; Debian keeps it where not everybody looks."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(each.getsockname()[1]) for each in sockets]


def configuration(folder: Path, port: int, upstreams: Sequence[int], films: Path) -> str:
    """Return the configuration: the template's server for HTTPS, without TLS, before several machines."""
    text = TEMPLATE.read_text().replace("${HOST_NAME}", "127.0.0.1").replace("/data/projects/", f"{films}/")
    text = re.sub(r"server \{\s+listen 80;.*?\n\}\n", "", text, flags=re.S)
    text = re.sub(r"\n *ssl_[^\n]*", "", text).replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
    text = text.replace("http://studio:8000", "http://studios")
    servers = " ".join(f"server 127.0.0.1:{each} max_fails=1 fail_timeout=1s;" for each in upstreams)
    user = "user root;" if os.geteuid() == 0 else ""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in kinds)
    return (
        f"{user} worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;"
        f"events {{}} http {{ access_log off; {temporary} upstream studios {{ {servers} }}\n{text} }}"
    )


@contextmanager
def nginx(folder: Path, port: int, upstreams: Sequence[int], films: Path) -> Iterator[str]:
    """Run nginx, and yield its address."""
    folder.mkdir()
    file = folder / "nginx.conf"
    file.write_text(configuration(folder, port, upstreams, films))
    process = subprocess.Popen([find_nginx() or "nginx", "-e", f"{folder}/error.log", "-c", str(file)])
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
