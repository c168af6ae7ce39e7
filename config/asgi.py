"""The ASGI application: pages and JSON through Django, `/ws/` through Channels."""

import os
from collections.abc import Mapping
from typing import IO, Any

import django
from django.core.handlers.asgi import ASGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# before the imports below, which need the apps to be loaded
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.sessions import SessionMiddlewareStack  # noqa: E402
from django.urls import path  # noqa: E402

from generation.live.consumer import JobConsumer  # noqa: E402

BODY_FILE = "dailies.body"
"""The key in the scope of a request under which the web server puts the file of its body."""


class Pages(ASGIHandler):
    """Django's handler, which reads a body from the file of the web server instead of making a copy of it."""

    def create_request(self, scope: Mapping[str, Any], body_file: IO[bytes]) -> Any:
        """Return the request and None, or None and an answer that refuses it."""
        return super().create_request(scope, scope.get(BODY_FILE, body_file))


application = ProtocolTypeRouter(
    {
        "http": Pages(),
        # django-stubs does not know that path() accepts an ASGI application
        "websocket": SessionMiddlewareStack(URLRouter([path("ws/", JobConsumer.as_asgi())])),  # type: ignore[list-item, arg-type]
    }
)
