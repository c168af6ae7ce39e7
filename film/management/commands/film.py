"""`manage.py film`: the film of a project as a file, made here and now."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from film.actions import exports
from film.engine.export import make_export
from film.models import Export
from film.render.options import Options
from film.render.profiles import PROFILES
from generation.management.errors import command_errors
from generation.management.names import find_project
from generation.management.progress import Progress, follow
from projects.access.sign_in import ensure_owner
from projects.disk.links import link_or_copy
from projects.problems import reason_of
from projects.text.json_input import load_json

READ_SECONDS = 0.2
NAMES = ("captions", "timecode", "slate", "missing")
"""The options of an export that are options of the command."""


class Command(BaseCommand):
    """Export a film and print the path of its file."""

    help = (
        "Export the film of a project, and print the path of the file. The studio need not run."
        " Profiles: " + ", ".join(PROFILES) + "."
    )
    requires_system_checks = []  # the studio runs them when it starts

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("project", help="the project's id or name")
        parser.add_argument("--profile", default="h264-1080p", help="default: %(default)s")
        parser.add_argument(
            "--manifest", metavar="FILE", type=Path,
            help="make the film of this file in exports/metadata/ again, whatever has become of the cut",
        )  # fmt: skip
        parser.add_argument("--output", metavar="FILE", help="also put the file there, replacing what is there")
        parser.add_argument("--captions", choices=("none", "burn", "sidecar"), default="none")
        parser.add_argument("--timecode", action="store_true", help="burn the time code in")
        parser.add_argument("--slate", action="store_true", help="begin with a slate of two seconds")
        parser.add_argument("--missing", choices=("fail", "card"), default="fail", help="card: in place of lost files")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command. Raise CommandError unless the file is there at the end."""
        with command_errors():
            owner, _ = ensure_owner()
            project = find_project(owner, options["project"])
            if project is None:
                raise CommandError(f"There is no project {options['project']}.")
            manifest = _read(options["manifest"]) if options["manifest"] else None
            if manifest is None:
                chosen = Options(**{name: options[name] for name in NAMES})
                export = exports.create_export(project, owner, options["profile"], chosen, nudge=False)
            else:
                export = exports.create_again(project, owner, manifest, nudge=False)
        self._make(export)
        if export.status != Export.Status.COMPLETED or export.path is None:
            raise CommandError(export.error or f"The export is {export.status}.")
        path = export.path
        if manifest and manifest.get("file", {}).get("sha256") != export.sha256:
            self.stderr.write("The film is the same, and its bytes differ: another version of a tool has made them.")
        if options["output"]:
            path = Path(options["output"]).absolute()
            link_or_copy(export.path, path)
        self.stdout.write(str(path))

    def _make(self, export: Export) -> None:
        """Make it in a thread; one that a worker has begun is waited for."""
        parts = [0.0]

        def run() -> None:
            try:
                make_export(str(export.pk), lambda part: parts.__setitem__(0, part))
            finally:
                connection.close()

        def read() -> Progress:
            export.refresh_from_db()
            percent = round(100 * max(parts[0], export.progress))
            return Progress(percent, export.status, has_ended=export.is_ended)

        maker = threading.Thread(target=run, name="export", daemon=True)
        maker.start()
        try:
            follow(read, self.stderr, READ_SECONDS)
            maker.join()
        except KeyboardInterrupt:
            exports.cancel_export(export)
            maker.join()
            raise CommandError("Cancelled.") from None


def _read(path: Path) -> dict[str, Any]:
    """Return a manifest. Raise CommandError for a file that is none."""
    try:
        manifest = load_json(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path} was not read: {reason_of(error)}.") from None
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict):
        raise CommandError(f"{path} is no manifest of an export.")
    return manifest
