"""What each start does before the studio is ready: lock, checks, database, owner, sample project, folders."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from generation.actions import sample
from generation.engine import adoption, statistics
from projects import mirror
from projects.access.sign_in import ensure_owner, sign_in_path
from projects.disk import refusals
from projects.disk.atomic import try_file_system
from projects.models import Project

logger = logging.getLogger("dailies.studio")


# any number that nobody else uses in this database
_START_LOCK = 4_471_653


class CannotStart(Exception):
    """Why the studio does not start: one line that says what to do."""


@contextmanager
def lock_data_dir(data_dir: Path) -> Iterator[None]:
    """Hold DATA_DIR until the end of this process, however it ends. Raise CannotStart where another studio holds it."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = (data_dir / "studio.lock").open("a+")
    except OSError as error:
        raise CannotStart(f"DATA_DIR {data_dir} cannot be used: {error.strerror}.") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CannotStart(
                f"another studio (process {file.read().strip()}) uses DATA_DIR {data_dir}. "
                "Stop it first, or choose another DATA_DIR."
            ) from None
        except OSError as error:
            raise CannotStart(
                f"DATA_DIR {data_dir} is on a file system without locks ({error.strerror}). "
                "Choose a folder on a disk of this machine; PROJECTS_ROOT may stay where it is."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def report_file_system() -> None:
    """Log once what the file system of PROJECTS_ROOT refuses; the processes of the studio do not repeat it."""
    # a folder that cannot be written at all is reported by whoever has to write there
    with suppress(OSError):
        try_file_system(Path(settings.PROJECTS_ROOT))
    refusals.tell_children()


def run_system_checks() -> None:
    """Run Django's system checks, and log their warnings. Raise CannotStart with all that is wrong in one line."""
    messages = [message for message in checks.run_checks() if not message.is_silenced()]
    errors = [message for message in messages if message.is_serious()]
    for message in messages:
        if not message.is_serious():
            logger.warning("%s", message.msg)
    if errors:
        raise CannotStart(" ".join(f"{error.msg} {error.hint or ''}".strip() for error in errors))


def migrate() -> None:
    """Bring the database up to date, where there is something to do. Raise CannotStart when that fails.

    To look first costs a tenth of what a migration without work costs.
    """
    problem = "the database does not answer; check DATABASE_URL"
    make_database_private()
    try:
        connection.ensure_connection()
        problem = "the database cannot be brought up to date"
        with _one_start_at_a_time():
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                call_command("migrate", interactive=False, verbosity=0)
                statistics.analyze()
    except DatabaseError as error:
        raise CannotStart(f"{problem}: {_first_line(error)}") from None
    except CommandError as error:
        # there was no room for the backup that is made first
        raise CannotStart(str(error)) from None


@contextmanager
def _one_start_at_a_time() -> Iterator[None]:
    """Let other studios that start on the same PostgreSQL wait; SQLite belongs to one studio."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        # of the session, since each migration has its own transaction; a studio that dies gives it up
        cursor.execute("SELECT pg_advisory_lock(%s)", [_START_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_START_LOCK])


def make_database_private() -> None:
    """Let nobody but the owner of the process read an SQLite file. Its journal gets the same mode from SQLite."""
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        with suppress(OSError):
            path.touch(mode=0o600)
            path.chmod(0o600)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


class FirstStart:
    """The first start of a studio: its owner, the sample project, and a sign-in link.

    A file marks it from the owner's account until the link is printed, so that a stop in between loses nothing.
    """

    def __init__(self, data_dir: Path) -> None:
        """Name the file."""
        self.mark = data_dir / "first-start"

    def prepare(self, *, with_sample: bool) -> str | None:
        """Create the owner and the sample project, and return the path of a sign-in link.

        None on every later start, and where the owner has a password.
        """
        with _one_start_at_a_time():
            owner, created = ensure_owner()
            if created:
                self.mark.touch()
            if not self.mark.exists():
                return None
            if with_sample and not Project.objects.exists():
                sample.make_sample(owner)
        return None if settings.STUDIO_OWNER_PASSWORD else sign_in_path(owner)

    def finish(self) -> None:
        """Note that the link was printed."""
        self.mark.unlink(missing_ok=True)


def take_in_newer() -> None:
    """Bring the rows up to what went on since a backup of the database, before the workers could send it again."""
    mirror.take_in_newer()
    adoption.adopt_tasks_of_queued()
    connections.close_all()


def repair_folders() -> None:
    """Finish in the folders what a crash left half done, and write the scene.json files that are behind their rows."""
    mirror.at_start()
    connections.close_all()
