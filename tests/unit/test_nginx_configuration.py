"""nginx accepts the configuration that docs/deploy.md has, as the deploy test uses it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.deploy.nginx import configuration, find_nginx, free_ports


@pytest.mark.skipif(not find_nginx(), reason="nginx is not installed")
def test_nginx_accepts_the_template(tmp_path: Path) -> None:
    front, *machines = free_ports(3)
    file = tmp_path / "nginx.conf"
    file.write_text(configuration(tmp_path, front, machines, tmp_path / "films"))
    command = [find_nginx() or "", "-t", "-q", "-e", f"{tmp_path}/error.log", "-c", str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
