"""The ASGI application: pages and JSON through Django, `/ws/` through Channels."""

import os
from collections.abc import Mapping
from typing import IO, Any

import django
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# before the imports below, which need the apps to be loaded
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.sessions import SessionMiddlewareStack  # noqa: E402
from django.urls import path  # noqa: E402

from config.request_threads import RequestThreads  # noqa: E402
from generation.live.consumer import JobConsumer  # noqa: E402

BODY_FILE = "dailies.body"
"""The key in the scope of a request under which the web server puts the file of its body."""


class Pages(ASGIHandler):
    """Django's handler with threads that stay, all middleware in one of them, and bodies in the web server's files."""

    def __init__(self) -> None:
        """Load the middleware."""
        super().__init__()
        self.threads = RequestThreads()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request when it is its turn, which ends when the answer begins."""
        async with self.threads.turn() as (thread, end_turn), ThreadSensitiveContext(executor=thread):

            async def send_after_turn(message: Any) -> None:
                end_turn()
                await send(message)

            await self.handle(scope, receive, send_after_turn)

    def load_middleware(self, is_async: bool = False) -> None:
        """Load the middleware for threads: as coroutines each would go to the view's thread and back."""
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """Run middleware and view in the request's thread."""
        return await sync_to_async(self.get_response)(request)

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
