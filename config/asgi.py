"""The ASGI application: pages and JSON through Django, `/ws/` through Channels."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# before the imports below, which need the apps to be loaded
pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.sessions import SessionMiddlewareStack  # noqa: E402
from django.urls import path  # noqa: E402

from generation.live.consumer import JobConsumer  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": pages,
        # django-stubs does not know that path() accepts an ASGI application
        "websocket": SessionMiddlewareStack(URLRouter([path("ws/", JobConsumer.as_asgi())])),  # type: ignore[list-item, arg-type]
    }
)
