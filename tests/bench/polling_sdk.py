"""The baseline: the official SDK waits for N tasks at once, as its documentation shows."""

from __future__ import annotations

import asyncio
import sys
import uuid

from runwayml import AsyncRunwayML


async def main(url: str, count: int) -> None:
    async with AsyncRunwayML(api_key="key_test", base_url=url) as client:

        async def wait() -> None:
            task = await client.tasks.retrieve(str(uuid.uuid4()))
            await task.wait_for_task_output(timeout=None)

        print("polling", flush=True)
        await asyncio.gather(*(wait() for _ in range(count)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[3])))
