"""Commands on a data folder that nobody has used yet, and what `manage.py settings` shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django import Settings

from config.environment import Environment
from config.studio import startup
from tests.migrated_database import NOTHING_SET, TOP


def manage(data_dir: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **NOTHING_SET, "DATA_DIR": str(data_dir), **env}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=TOP, env=environment, capture_output=True, text=True, timeout=60)


def test_migrate_comes_first(tmp_path: Path) -> None:
    """With a key of one's own nothing else makes the folder."""
    data_dir = tmp_path / "new" / "data"
    early = manage(data_dir, "signinlink", SECRET_KEY="a-key")
    assert (early.returncode, len(early.stderr.splitlines())) == (1, 1)
    assert "Run manage.py migrate first." in early.stderr
    done = manage(data_dir, "migrate", "--verbosity", "0", SECRET_KEY="a-key")
    assert (done.returncode, done.stderr) == (0, "")
    late = manage(data_dir, "signinlink", SECRET_KEY="a-key")
    assert late.stderr.strip() == "CommandError: Nobody here is called owner."


def test_settings_are_shown_with_their_source(tmp_path: Path) -> None:
    done = manage(
        tmp_path,
        "settings",
        RUNWAYML_API_SECRET="key_0000",
        STUDIO_OWNER_PASSWORD="s3cret",
        DATABASE_URL="postgres://me:s3cret@db.example/films",
        RUNWAY_POLL_SECONDS="1",
        RUNWAY_KEY="key_1111",
    )
    rows = {line.split()[0]: line.split(maxsplit=1)[1] for line in done.stdout.splitlines()}
    assert "s3cret" not in done.stdout + done.stderr
    assert "key_0000" not in done.stdout + done.stderr
    expected = {
        "RUNWAY_API_KEY": "*** RUNWAYML_API_SECRET, environment",
        "RUNWAY_POLL_SECONDS": "5, the least at Runway, instead of 1 environment",
        "DATABASE_URL": "postgres://me:***@db.example/films environment",
        "DATA_DIR": f"{tmp_path} environment",
        "PROJECTS_ROOT": f"{tmp_path}/projects default",
        "STUDIO_OWNER": "owner default",
        "DEBUG": "off default",
    }
    assert {name: " ".join(rows[name].split()) for name in expected} == expected
    assert "RUNWAY_KEY in the environment is no setting of Dailies and is ignored." in done.stderr
    assert "Do you mean RUNWAY_API_KEY?" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("ALLOWED_HOSTS", "film.example:8000"), ("DATA_DIR", "/dev/null/data"), ("REQUESTS_CA_BUNDLE", "/nowhere.pem")],
)
def test_a_setting_that_makes_no_sense_stops_every_command_with_one_line(tmp_path: Path, name: str, value: str) -> None:
    done = manage(tmp_path, "check", **{name: value})
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert done.stderr.startswith(f"Dailies cannot start: {name}")


def test_a_studio_warns_of_misspelt_settings_when_it_starts(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ENVIRONMENT = Environment({"DATADIR": "films"})
    startup.run_system_checks()
    assert "DATADIR in the environment is no setting of Dailies and is ignored. Do you mean DATA_DIR?" in caplog.text
