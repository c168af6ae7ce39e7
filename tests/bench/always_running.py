"""A Runway that costs next to nothing: every task runs, for ever; each question is written down with its time."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


async def main(log: Path) -> None:
    with log.open("a", buffering=1 << 16) as file:

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while head := await reader.readuntil(b"\r\n\r\n"):
                task = head.split(b" ", 2)[1].rsplit(b"/", 1)[-1].decode()
                file.write(f"{time.time():.4f} {task}\n")
                body = json.dumps(
                    {"id": task, "createdAt": "2026-01-01T00:00:00.000Z", "status": "RUNNING", "progress": 0.5}
                ).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
                    + body
                )

        async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await answer(reader, writer)
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()

        server = await asyncio.start_server(quietly, "127.0.0.1", 0)
        print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        while True:
            await asyncio.sleep(0.5)
            file.flush()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
