"""`manage.py migrate`: Django's own, after a backup."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.executor import MigrationExecutor

from config.backup.archive import BackupProblem
from config.backup.write import back_up_before_migrations
from config.management import new_database


class Command(migrate.Command):
    """Bring the tables up to date. What they were before is kept in `DATA_DIR/backups/`."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Back up where a migration will be applied, or create the tables of a new database, and do as Django does."""
        only_shows = options.get("plan") or options.get("check_unapplied")
        if options.get("database") == DEFAULT_DB_ALIAS and not only_shows and _has_work(options):
            if new_database.is_new() and not options.get("app_label"):
                new_database.create_tables()
            else:
                _back_up()
        super().handle(*args, **options)


def _back_up() -> None:
    try:
        back_up_before_migrations()
    except BackupProblem as problem:
        raise CommandError(str(problem)) from None


def _has_work(options: dict[str, Any]) -> bool:
    # a migration that is named may be taken back
    if options.get("app_label"):
        return True
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
