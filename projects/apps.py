from django.apps import AppConfig

from projects import checks as checks  # registers them


class ProjectsConfig(AppConfig):
    name = "projects"
