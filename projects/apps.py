"""The projects app: films, scenes, files and people."""

from django.apps import AppConfig

from projects import checks as checks  # registers the system checks


class ProjectsConfig(AppConfig):
    """The app, and the class that another app registers to answer for jobs."""

    name = "projects"
    contributor = ""

    def register_contributor(self, dotted_path: str) -> None:
        """Register the class that answers for jobs, a `projects.mirror.contributions.Contributor`.

        A path, since the class needs tables, which are still loading when apps register themselves.
        """
        self.contributor = dotted_path
