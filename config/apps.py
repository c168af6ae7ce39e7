"""The studio itself: settings, addresses, processes."""

from django.apps import AppConfig


class StudioConfig(AppConfig):
    name = "config"
    label = "studio"
