"""The check of migrations sees what the version before cannot live with."""

from __future__ import annotations

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from tests.lint.migrations import RELEASED, problem_of, problems


def test_the_version_before_can_live_with_all_migrations() -> None:
    assert list(problems()) == []


@pytest.mark.parametrize(
    ("operation", "problem"),
    [
        (migrations.RemoveField("asset", "sha256"), "uses"),
        (migrations.RemoveField("asset", "original_name"), ""),
        (migrations.RenameField("scene", "name", "title"), "uses"),
        (migrations.DeleteModel("Membership"), "uses"),
        (migrations.RenameModel("Asset", "File"), "uses"),
        (migrations.AddField("asset", "rating", models.IntegerField(default=0)), "db_default"),
        (migrations.AddField("asset", "rating", models.IntegerField(db_default=0)), ""),
        (migrations.AddField("asset", "rating", models.IntegerField(null=True)), ""),
        (migrations.AddField("invitation", "rating", models.IntegerField()), ""),
        (migrations.AlterField("asset", "width", models.PositiveIntegerField()), "NOT NULL"),
        (migrations.AlterField("asset", "bytes", models.CharField(max_length=9)), "type"),
        (
            migrations.AddConstraint("scene", models.UniqueConstraint(fields=["project", "name"], name="one_name")),
            "one_name",
        ),
        (migrations.RunSQL("DROP TABLE projects_asset"), "SQL"),
    ],
)
def test_what_is_refused(operation: Operation, problem: str) -> None:
    released = MigrationLoader(None).project_state(list(RELEASED))
    found = problem_of("projects", operation, released)
    assert (problem in found) if problem else not found
