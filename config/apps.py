"""The app of the studio itself, which has the commands `studio`, `settings`, `signinlink`, `backup` and `restore`."""

from django.apps import AppConfig

from config.environment import checks as checks  # registers the system checks


class StudioConfig(AppConfig):
    """Registered under the label studio."""

    name = "config"
    label = "studio"
