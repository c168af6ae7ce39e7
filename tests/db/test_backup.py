"""`manage.py backup` and `restore`, the backup before migrations, and the warning of an old one.

One test runs the commands as processes; the others call them here, which saves each a start of Django.
"""

from __future__ import annotations

import os
import sqlite3
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.db.utils import ConnectionHandler
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from config.backup import write
from config.backup.archive import DATABASE_NAME, Contents, write_archive
from config.environment import Environment
from config.environment.databases import read_database
from config.environment.setting_values import read_secret_key
from projects.web import backups
from tests import factories
from tests.db.pages.makers import text
from tests.db.test_commands import manage
from tests.migrated_database import copy_migrated

needs_sqlite = pytest.mark.skipif(
    'os.environ.get("TEST_DATABASE_URL", "").startswith("postgres")', reason="pg_dump backs PostgreSQL up"
)


@contextmanager
def studio_at(data_dir: Path, **env: str) -> Iterator[None]:
    """Make a folder with its database that of this process, as DATA_DIR makes it that of a command."""
    data_dir.mkdir(exist_ok=True)
    others = connections["default"]
    handler = ConnectionHandler({"default": read_database(Environment(env), data_dir, data_dir)})
    with override_settings(DATA_DIR=data_dir, PROJECTS_ROOT=data_dir / "projects"):
        connections["default"] = handler["default"]
        try:
            yield
        finally:
            handler.close_all()
            connections["default"] = others
            # the ids of another database
            ContentType.objects.clear_cache()


def run(data_dir: Path, *arguments: str, **env: str) -> None:
    """Run a command as a person does on this folder. Raise CommandError with its one sentence."""
    with studio_at(data_dir, **env):
        call_command(*arguments)


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let tests use databases of their own, beside that of Django's tests."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A DATA_DIR with tables, a person, a session, and a journal."""
    data_dir = tmp_path / "used"
    (data_dir / "journal").mkdir(parents=True)
    (data_dir / "journal" / "runway-tasks.jsonl").write_text("\n{}")
    read_secret_key(Environment({}), data_dir)
    copy_migrated(data_dir / DATABASE_NAME)
    with closing(sqlite3.connect(data_dir / DATABASE_NAME)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(
            "INSERT INTO auth_user (username, password, is_superuser, is_staff, is_active, first_name, last_name,"
            " email, date_joined) VALUES ('mara', '!', 1, 1, 1, '', '', '', '2026-01-01')"
        )
        database.execute("INSERT INTO django_session VALUES ('stolen-session-key', 'data', '2036-01-01')")
        database.commit()
    return data_dir


@pytest.fixture
def backup(used: Path, tmp_path: Path) -> Path:
    file = tmp_path / "backup.zip"
    run(used, "backup", "--output", str(file))
    return file


def refusal(data_dir: Path, file: Path, **env: str) -> str:
    """The one sentence of a restore that is refused; nothing is changed."""
    data_dir.mkdir(exist_ok=True)
    before = {path.name for path in data_dir.iterdir()} | {"studio.lock"}
    with pytest.raises(CommandError) as refused:
        run(data_dir, "restore", str(file), **env)
    assert {path.name for path in data_dir.iterdir()} <= before
    assert "\n" not in str(refused.value).strip()
    return str(refused.value)


def test_a_backup_is_restored_into_an_empty_folder_while_somebody_writes(used: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(used / DATABASE_NAME, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE auth_user SET first_name = 'not committed'")
        done = manage(used, "backup", "--output", str(tmp_path / "backup.zip"))
        assert done.returncode == 0, done.stderr
        writer.execute("ROLLBACK")
    new = tmp_path / "new"
    done = manage(new, "restore", str(tmp_path / "backup.zip"))
    assert done.returncode == 0, done.stderr
    assert "made by version" in done.stdout
    with closing(sqlite3.connect(new / DATABASE_NAME)) as database:
        assert database.execute("SELECT username, first_name FROM auth_user").fetchall() == [("mara", "")]
    assert (new / "journal" / "runway-tasks.jsonl").read_text() == "\n{}"
    assert (new / DATABASE_NAME).stat().st_mode & 0o777 == 0o600
    assert manage(new, "migrate", "--check").returncode == 0


def test_a_backup_is_for_its_owner_alone_and_has_no_secrets(used: Path, backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    key = (used / "secret_key").read_bytes().strip()
    with zipfile.ZipFile(backup) as archive:
        assert set(archive.namelist()) == {DATABASE_NAME, "journal/runway-tasks.jsonl", "backup.json"}
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert key not in content
    assert b"stolen-session-key" not in content
    assert b"mara" in content
    assert [path.name for path in backup.parent.iterdir() if path.name.startswith(".backup")] == []


def test_a_backup_that_cannot_be_written_leaves_the_earlier_one(used: Path, backup: Path, tmp_path: Path) -> None:
    content = backup.read_bytes()
    (used / DATABASE_NAME).write_bytes(b"this is no database" * 1000)
    with pytest.raises(CommandError, match="the database says"):
        run(used, "backup", "--output", str(backup))
    assert backup.read_bytes() == content
    with pytest.raises(CommandError, match="cannot be written"):
        run(used, "backup", "--output", str(tmp_path / "nowhere" / "backup.zip"))


def test_a_used_folder_is_refused(used: Path, backup: Path, tmp_path: Path) -> None:
    assert "is in use" in refusal(used, backup)
    other = tmp_path / "other"
    other.mkdir()
    (other / DATABASE_NAME).touch()
    assert f"it has {DATABASE_NAME}" in refusal(other, backup)


def test_films_may_be_copied_first(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "new" / "projects" / "film").mkdir(parents=True)
    run(tmp_path / "new", "restore", str(backup))
    assert (tmp_path / "new" / DATABASE_NAME).exists()


def test_a_backup_of_a_later_version_is_refused(tmp_path: Path) -> None:
    later = Contents("99.0", "2036-01-01", "sqlite", ["projects.9999_later"], {})
    file = tmp_path / "later.zip"
    with file.open("wb") as target:
        write_archive(target, later, {})
    assert refusal(tmp_path / "new", file) == f"{file} was made by a later version (99.0). Update Dailies first."


def test_a_damaged_or_foreign_file_is_refused(backup: Path, tmp_path: Path) -> None:
    content = backup.read_bytes()
    damaged = tmp_path / "damaged.zip"
    # in the middle of the database, before the list and the directory
    damaged.write_bytes(content[: len(content) // 3] + bytes(64) + content[len(content) // 3 + 64 :])
    assert "is damaged" in refusal(tmp_path / "new", damaged)
    cut = tmp_path / "cut.zip"
    cut.write_bytes(content[: len(content) // 2])
    assert refusal(tmp_path / "new", cut) == f"{cut} is no backup of Dailies, or is damaged."
    foreign = tmp_path / "foreign.zip"
    with zipfile.ZipFile(foreign, "w") as archive:
        archive.writestr("../evil", "text")
    assert "is no backup of Dailies" in refusal(tmp_path / "new", foreign)
    assert "cannot be read" in refusal(tmp_path / "new", tmp_path / "nowhere.zip")


def test_a_backup_with_a_path_outside_is_refused(tmp_path: Path) -> None:
    evil = tmp_path / "evil.zip"
    (tmp_path / "text").write_text("text")
    with evil.open("wb") as target:
        write_archive(target, Contents("1", "2026", "sqlite", [], {}), {"../evil": tmp_path / "text"})
    assert "has files that no backup of Dailies has" in refusal(tmp_path / "new", evil)
    assert not (tmp_path / "evil").exists()


def test_an_sqlite_backup_is_not_restored_beside_postgresql(backup: Path, tmp_path: Path) -> None:
    message = refusal(tmp_path / "new", backup, DATABASE_URL="postgres://me@127.0.0.1/none")
    assert "Restore it without DATABASE_URL" in message


def test_migrations_are_preceded_by_a_backup_and_three_are_kept(used: Path) -> None:
    for _ in range(4):
        with closing(sqlite3.connect(used / DATABASE_NAME)) as database:
            database.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
            database.commit()
        # as a migration that is not applied yet; its table is there already
        run(used, "migrate", "--fake-initial", "--verbosity", "0")
    kept = sorted((used / "backups").glob("before-migrations-*.zip"))
    assert len(kept) == 3
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    run(used, "migrate", "--verbosity", "0")
    assert sorted((used / "backups").glob("before-migrations-*.zip")) == kept


def test_without_a_backup_the_tables_stay_as_they_are(used: Path) -> None:
    (used / "backups").write_text("a file where the folder should be")
    with closing(sqlite3.connect(used / DATABASE_NAME)) as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
        database.commit()
    with pytest.raises(CommandError, match=r"^.*cannot be made.*$"):
        run(used, "migrate", "--fake-initial", "--verbosity", "0")
    with closing(sqlite3.connect(used / DATABASE_NAME)) as database:
        assert database.execute("SELECT 1 FROM django_migrations WHERE app = 'sessions'").fetchall() == []
    start = manage(used, "studio", "--port", "0")
    assert "Dailies cannot start: The folder of backups" in start.stderr


def test_a_first_migration_needs_no_backup(tmp_path: Path) -> None:
    run(tmp_path / "new", "migrate", "sessions", "--verbosity", "0")
    assert (tmp_path / "new" / DATABASE_NAME).exists()
    assert not (tmp_path / "new" / "backups").exists()


@needs_sqlite
@pytest.mark.django_db
def test_on_postgresql_the_dump_is_left_to_pg_dump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "postgresql")
    assert write.back_up_before_migrations() is None
    write.write_backup(tmp_path / "backup.zip")
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        assert archive.namelist() == ["backup.json"]


@pytest.mark.django_db
def test_the_connection_page_warns_of_an_old_backup(tmp_path: Path) -> None:
    client = Client()
    client.force_login(factories.make_user())
    assert "backed up" not in text(client.get("/connection/"))
    User.objects.update(date_joined=timezone.now() - timedelta(days=8))
    assert "This studio has never been backed up." in text(client.get("/connection/"))
    backups.note_backup()
    assert "backed up" not in text(client.get("/connection/"))
    old = time.time() - timedelta(days=9).total_seconds()
    os.utime(tmp_path / "backups" / "last-backup", (old, old))
    assert "The last backup was 1 week, 2 days ago." in text(client.get("/connection/")).replace("\xa0", " ")
