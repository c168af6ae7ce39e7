"""Migrations that the version before can live with: `python -m tests.lint.migrations`, a part of `make lint`.

During a rolling upgrade the new version has changed the tables while processes of the released one still read and write
them. So what that one uses must stay, and what it does not know must take rows without a value.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import django
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

APPS = ("projects", "generation", "film")
RELEASED = (("projects", "0001_initial"), ("generation", "0001_initial"))
"""The last migration of each app in the last release, 0.2.0."""
ALLOWED = {
    # a picture of the old version may get the number of a clip of the new one: one request is refused and repeated
    "generation/migrations/0006_number_by_kind.py: one_job_per_number may refuse what the version before writes",
}


def problems() -> Iterator[str]:
    """Yield a line for each operation since the release with which the released version cannot live."""
    loader = MigrationLoader(None)
    released = loader.project_state(list(RELEASED))
    old = {each for key in RELEASED for each in loader.graph.forwards_plan(key)}
    for app, name in sorted(key for key in loader.graph.nodes if key[0] in APPS and key not in old):
        for operation in loader.graph.nodes[app, name].operations:
            problem = problem_of(app, operation, released)
            line = f"{app}/migrations/{name}.py: {problem}"
            if problem and line not in ALLOWED:
                yield line


def problem_of(app: str, operation: Operation, released: ProjectState) -> str:
    """Return what the released version cannot do after an operation; empty where it can do all."""
    if isinstance(operation, migrations.RunSQL):
        return "SQL of its own, which nobody has checked"
    name = getattr(operation, "model_name", None) or getattr(operation, "name", "")
    model = released.models.get((app, str(getattr(operation, "old_name", name)).lower()))
    if isinstance(operation, migrations.RenameField | migrations.RemoveField):
        model = released.models.get((app, operation.model_name_lower))
    # the released version does not know other tables
    return _problem(operation, model.fields) if model else ""


def _problem(operation: Operation, columns: Any) -> str:
    match operation:
        case migrations.DeleteModel() | migrations.RenameModel() | migrations.AlterModelTable():
            return f"{operation.describe()}, which the version before uses"
        case migrations.RemoveField(name=name) | migrations.RenameField(old_name=name) if name in columns:
            return f"{operation.describe()}, which the version before uses"
        case migrations.AddField(name=name, field=column) if not _takes_nothing(column):
            return f"{operation.model_name}.{name} needs null=True or db_default: the version before leaves it out"
        case migrations.AlterField(name=name, field=column) if name in columns:
            if columns[name].null and not column.null:
                return f"{operation.model_name}.{name} becomes NOT NULL: the version before may write NULL"
            if type(columns[name]) is not type(column):
                return f"{operation.model_name}.{name} changes its type"
        case migrations.AddConstraint(constraint=constraint):
            return f"{constraint.name} may refuse what the version before writes"
    return ""


def _takes_nothing(column: models.Field[Any, Any]) -> bool:
    """Return whether a row can be added without a value for the column."""
    has_default = getattr(column, "db_default", NOT_PROVIDED) is not NOT_PROVIDED
    return bool(column.null or has_default or column.many_to_many)


def main() -> int:
    """Print the problems, and return the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    found = list(problems())
    print("\n".join(found) or "The version before can live with all migrations.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
