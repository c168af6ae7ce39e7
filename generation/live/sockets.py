"""What the consumer and the hub have in common: topics, messages, and the socket as the hub sees it."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from generation.live.credentials import Credentials

Message = dict[str, Any]
"""A frame to the browser: `{"type": …, "data": {…}}`."""

SEND_TEXT = "dailies.send_text"
"""Where the scope of a socket has the server's short way to send a text, if it has one."""

# close codes
SIGNED_OUT = 4401
ACCESS_LOST = 4403
FLOODING = 4429
"""Too many frames, or too many sockets of one person."""


class Topic(NamedTuple):
    """Something to subscribe to. A client names its kind and id as `{"jobId": "…"}`."""

    kind: str
    id: str


JOB = "jobId"
PROJECT = "projectId"
STORYBOARD = "storyboardId"
"""Changes of a project's storyboard: its subscribers do not hear of jobs."""
VIEWERS = "viewersOf"
"""Who looks at a scene, `film/scene-1`: its subscribers are those who do."""
CLIENT_KINDS = (JOB, PROJECT, STORYBOARD, VIEWERS)
# of the hub alone: one project of a socket that subscribed to all projects, and all of those sockets
MEMBER_PROJECT = "memberProject"
EVERYTHING = Topic("all", "")


class Socket(Protocol):
    """What the hub needs of a consumer."""

    credentials: Credentials
    subscriptions: dict[Topic, str]
    """The project of each topic that the client named."""

    async def send_message(self, message: Message, text: str) -> None:
        """Send a message, whose JSON is `text`, unless the client has a newer version of its job."""
        ...

    async def close_with(self, code: int) -> None:
        """Close the socket with a close code."""
        ...
