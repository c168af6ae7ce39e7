"""The files for containers and systemd: what they name exists, and what they promise is in them."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.environment import NAMES

TOP = Path(__file__).resolve().parents[2]
DEPLOY = TOP / "deploy"


def unit(name: str) -> dict[str, str]:
    """The settings of a unit's service. `Environment` may stand there once."""
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(DEPLOY / name)
    return dict(parser["Service"])


@pytest.fixture(scope="module")
def containerfile() -> str:
    return (TOP / "Containerfile").read_text()


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    return services


def test_the_image_has_all_that_runs_and_nothing_else(containerfile: str) -> None:
    copied = {name for line in re.findall(r"^COPY (?!--)(.*)$", containerfile, re.M) for name in line.split()[:-1]}
    assert {name for name in copied if not (TOP / name).exists()} == set()
    allowed = {line[1:] for line in (TOP / ".containerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == allowed
    # every app, and no test or folder of data
    apps = {path.parent.name for path in TOP.glob("*/apps.py")}
    assert apps <= copied
    assert not copied & {"tests", "var", ".env", "."}


def test_the_image_runs_as_a_person_of_its_own(containerfile: str) -> None:
    last_stage = containerfile.rpartition("\nFROM ")[2]
    assert "\nUSER dailies\n" in last_stage
    assert last_stage.index("USER dailies") < last_stage.index("\nCMD ")


def test_the_studio_of_the_compose_file_writes_to_its_data_only(compose: dict[str, Any]) -> None:
    studio = compose["studio"]
    assert studio["read_only"] is True
    assert studio["cap_drop"] == ["ALL"]
    assert studio["volumes"] == ["data:/data"]
    assert set(studio["environment"]) <= set(NAMES)
    assert set(compose) == {"postgres", "redis", "studio", "nginx"}
    # the only ports that others reach are those of nginx
    assert [name for name, service in compose.items() if "ports" in service] == ["nginx"]


def test_nginx_sends_films_only_when_the_studio_says_so(compose: dict[str, Any]) -> None:
    conf = (DEPLOY / "nginx.conf.template").read_text()
    prefix = compose["studio"]["environment"]["ACCEL_REDIRECT"]
    location = re.search(rf"location {prefix} \{{(.*?)\}}", conf, re.S)
    assert location is not None
    assert "internal;" in location[1]
    assert "alias /data/projects/;" in location[1]


@pytest.mark.parametrize("name", ["dailies.service", "dailies-backup.service"])
def test_units_name_settings_and_commands_that_exist(name: str) -> None:
    service = unit(name)
    assert {pair.split("=")[0] for pair in service["Environment"].split()} <= set(NAMES)
    command = service["ExecStart"].split("manage.py ")[1].split()[0]
    assert (TOP / "config" / "management" / "commands" / f"{command}.py").exists()
    assert service["User"] == "dailies"


def test_a_container_without_a_studio_is_not_well() -> None:
    command = [sys.executable, "-m", "config.studio.ask_health", "1"]
    assert subprocess.run(command, cwd=TOP, timeout=20).returncode == 1
