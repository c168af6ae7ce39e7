"""The app of the studio itself, which has the commands `studio` and `signinlink`."""

from django.apps import AppConfig


class StudioConfig(AppConfig):
    """Registered under the label studio."""

    name = "config"
    label = "studio"
