"""The generation app: what is asked of Runway."""

from typing import cast

from django.apps import AppConfig, apps

# not the class itself: Django would take it for a configuration of this app
from projects import apps as projects_apps


class GenerationConfig(AppConfig):
    """Register what jobs add to projects, scenes and files."""

    name = "generation"

    def ready(self) -> None:
        """Register the class that answers the projects app's questions about jobs."""
        projects = cast(projects_apps.ProjectsConfig, apps.get_app_config("projects"))
        projects.register_contributor("generation.mirror.contributor.JobContributor")
        projects.register_document("generation.mirror.project_document.GenerationDocument")
