"""What is done at each start before the studio is ready: the database, the owner, the sample project, the files."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from config.studio.cannot_start import CannotStart
from generation.actions import sample
from projects import mirror
from projects.access.sign_in import ensure_owner, sign_in_path
from projects.models import Project


@contextmanager
def the_only_studio(data_dir: Path) -> Iterator[None]:
    """Held until this process ends, however it ends."""
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
                f"another studio (process {file.read().strip()}) works on DATA_DIR {data_dir}: "
                "stop it first, or choose another DATA_DIR."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def check() -> None:
    """What Django's own command would tell on many lines."""
    wrong = [found for found in checks.run_checks() if found.is_serious() and not found.is_silenced()]
    if wrong:
        raise CannotStart(" ".join(f"{found.msg} {found.hint or ''}".strip() for found in wrong))


def migrate() -> None:
    """Only when there is something to do: asking costs a tenth of what an empty migration costs."""
    what = "the database does not answer; check DATABASE_URL"
    try:
        connection.ensure_connection()
        what = "the database cannot be brought up to date"
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        raise CannotStart(f"{what}: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


class FirstStart:
    """Marked on disk from the making of the owner until all is told, so that a stop in the middle loses nothing."""

    def __init__(self, data_dir: Path) -> None:
        self.mark = data_dir / "first-start"

    def prepare(self, *, with_sample: bool) -> str | None:
        """The path of a sign-in link, to be told when the studio is ready; None on every later start."""
        owner, created = ensure_owner()
        if created:
            self.mark.touch()
        if not self.mark.exists():
            return None
        if with_sample and not Project.objects.exists():
            sample.make_sample(owner)
        return None if settings.STUDIO_OWNER_PASSWORD else sign_in_path(owner)

    def done(self) -> None:
        self.mark.unlink(missing_ok=True)


def tidy() -> None:
    """What a crash has left in the folders, and the mirrors that are behind."""
    mirror.at_start()
    connections.close_all()
