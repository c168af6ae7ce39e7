"""The fake Runway in memory, in the place of HTTP's adapter; the process that sends may die before and after."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import requests
import urllib3
from django.db import connection
from requests.adapters import HTTPAdapter

from tests.fakes.process_death import Lifetime
from tests.fakes.runway.fake import FakeRunway
from tests.fakes.runway.messages import Request


class MemoryTransport:
    """`meanwhile` happens once, during one of the next requests, after `requests_before` others."""

    def __init__(self, runway: FakeRunway, lifetime: Lifetime) -> None:
        self.runway = runway
        self.lifetime = lifetime
        self.meanwhile: Callable[[], None] | None = None
        self.requests_before = 0

    def send(self, adapter: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        assert not connection.in_atomic_block, "no request within a transaction: it would hold up everybody"
        self.lifetime.spend()
        path = str(request.url).removeprefix(self.runway.url).partition("?")[0]
        body = b"".join(request.body) if request.body else b""  # type: ignore[arg-type]
        answer = self.runway.answer(Request(str(request.method), path, request.headers, body))
        self._let_others_act()
        self.lifetime.spend()
        if answer.fault.arrives == 0:
            raise requests.ReadTimeout
        headers = {"Content-Length": str(len(answer.body)), **answer.headers}
        arrived = io.BytesIO(b"".join(answer.fault.sent(answer.body)))
        raw = urllib3.HTTPResponse(arrived, headers, answer.status, preload_content=False)
        return adapter.build_response(request, raw)

    def _let_others_act(self) -> None:
        self.requests_before -= 1
        if self.requests_before < 0 and self.meanwhile is not None:
            happens, self.meanwhile = self.meanwhile, None
            with self.lifetime.suspended():
                happens()
