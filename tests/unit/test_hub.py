"""Who hears of what."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User

from generation.live.hub import Hub
from generation.live.socket_permissions import Credentials


@dataclass(eq=False)
class Ear:
    """A socket that keeps what it is told."""

    credentials: Credentials = field(default_factory=lambda: Credentials(User()))
    subscriptions: dict[tuple[str, str], str] = field(default_factory=dict)
    heard: list[str | None] = field(default_factory=list)

    async def tell(self, message: dict[str, Any]) -> None:
        self.heard.append(message["data"]["projectId"])

    async def dismiss(self, code: int) -> None:
        raise AssertionError


def test_of_a_pause_hear_those_whom_it_concerns() -> None:
    hub, member, other, of_jobs = Hub(), Ear(), Ear(), Ear()
    hub.watch_all(member, ["mine"])
    hub.watch_all(other, ["theirs"])
    # whoever asked for jobs alone hears of nothing else
    hub.watch(of_jobs, "projectId", "mine")
    for project in ("mine", None):
        asyncio.run(hub._take({"type": "pauses_changed", "data": {"projectId": project}}))
    assert (member.heard, other.heard, of_jobs.heard) == (["mine", None], [None], [])
