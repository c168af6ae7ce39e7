"""The hub's table: which sockets listen to which topics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from generation.live.sockets import Socket, Topic


class Subscriptions:
    """Sockets by topic and topics by socket."""

    def __init__(self) -> None:
        self._sockets: defaultdict[Topic, set[Socket]] = defaultdict(set)
        self._topics: defaultdict[Socket, set[Topic]] = defaultdict(set)

    def add(self, socket: Socket, topics: Iterable[Topic]) -> None:
        """Let a socket listen to topics."""
        for topic in topics:
            self._sockets[topic].add(socket)
            self._topics[socket].add(topic)

    def remove(self, socket: Socket, topics: Iterable[Topic]) -> None:
        """Let a socket no longer listen to topics."""
        for topic in list(topics):
            self._sockets[topic].discard(socket)
            # empty sets would pile up, and their ids would be compared in every round
            if not self._sockets[topic]:
                del self._sockets[topic]
            self._topics[socket].discard(topic)
        if not self._topics[socket]:
            del self._topics[socket]

    def topics_of(self, socket: Socket) -> set[Topic]:
        """Return what a socket listens to."""
        return self._topics.get(socket, set())

    def sockets_of(self, *topics: Topic) -> set[Socket]:
        """Return the sockets that listen to any of the topics."""
        return {socket for topic in topics for socket in self._sockets.get(topic, ())}

    def ids(self, *kinds: str) -> list[str]:
        """Return the ids of all topics of these kinds that any socket listens to."""
        return [topic.id for topic in self._sockets if topic.kind in kinds]
