"""The film app: from takes to a film."""

from __future__ import annotations

from typing import cast

from django.apps import AppConfig, apps
from django.utils.translation import gettext_noop

from generation.engine import steps
from generation.provenance import films
from generation.webhooks import events

# not the class itself: Django would take it for a configuration of this app
from projects import apps as projects_apps


class FilmConfig(AppConfig):
    """The cut of each project, its exports, and its hand-over to editors."""

    name = "film"

    def ready(self) -> None:
        """Register what keeps files in step and needs them, queues, events of exports, films that a sheet discloses."""
        projects = cast(projects_apps.ProjectsConfig, apps.get_app_config("projects"))
        projects.register_follower("film.engine.follower.CutFollower")
        projects.register_document("film.mirror.cut_document.CutDocument")
        projects.register_file_user("film.engine.file_user.FilmFiles")
        films.register("film.actions.finished_films.finished_films")
        steps.register("proxy", steps.Step("film.tasks.proxy"))
        steps.register("export", steps.Step("film.tasks.export", "film.engine.overdue.to_export"))
        events.register(
            {
                "export.completed": gettext_noop("A film is exported"),
                "export.failed": gettext_noop("An export has failed"),
                "export.cancelled": gettext_noop("An export was cancelled"),
            }
        )
