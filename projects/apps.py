"""The projects app: films, scenes, files and people."""

from django.apps import AppConfig
from django.utils import translation

from projects import checks as checks  # registers the system checks
from projects.translation import translate_with


class ProjectsConfig(AppConfig):
    """The app, and the classes that other apps register: to answer for jobs, and to follow changes of folders."""

    name = "projects"
    contributor = ""
    documents: tuple[str, ...] = ()
    followers: tuple[str, ...] = ()
    file_users: tuple[str, ...] = ()

    def ready(self) -> None:
        """Let Django translate the words of rooms that do without it."""
        translate_with(translation)

    def register_contributor(self, dotted_path: str) -> None:
        """Register the class that answers for jobs, a `projects.mirror.contributions.Contributor`.

        A path, since the class needs tables, which are still loading when apps register themselves.
        """
        self.contributor = dotted_path

    def register_follower(self, dotted_path: str) -> None:
        """Register a class that keeps files of its app in step, a `projects.mirror.followers.Follower`."""
        self.followers = (*self.followers, dotted_path)

    def register_document(self, dotted_path: str) -> None:
        """Register the class of a document beside project.json, a `projects.mirror.contributions.ProjectDocument`."""
        self.documents = (*self.documents, dotted_path)

    def register_file_user(self, dotted_path: str) -> None:
        """Register a class that says which files its app needs, a `projects.actions.file_uses.FileUser`."""
        self.file_users = (*self.file_users, dotted_path)
