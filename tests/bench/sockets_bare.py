"""The baseline of sockets: a server that sends to all what Redis tells it, and nothing else."""

from __future__ import annotations

import asyncio
import sys

import redis.asyncio
from websockets.asyncio.server import ServerConnection, broadcast, serve


async def main(redis_url: str) -> None:
    connections: set[ServerConnection] = set()

    async def join(connection: ServerConnection) -> None:
        connections.add(connection)
        await connection.wait_closed()
        connections.discard(connection)

    client = redis.asyncio.Redis.from_url(redis_url, socket_timeout=None)
    # no compression: ours has none either
    async with client.pubsub() as lines, serve(join, "127.0.0.1", 0, compression=None) as server:
        await lines.subscribe("bench")
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        async for line in lines.listen():
            if line["type"] == "message":
                broadcast(connections, line["data"].decode())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
