"""The baseline: the official SDK waits for N tasks, as its documentation shows.

They begin over one interval, as tasks of a studio do: all at once are answered so late that it begins anew with each.
"""

from __future__ import annotations

import asyncio
import sys
import uuid

from runwayml import AsyncRunwayML

# how often the SDK asks
INTERVAL_SECONDS = 5.0


async def main(url: str, count: int) -> None:
    async with AsyncRunwayML(api_key="key_test", base_url=url) as client:

        async def wait(number: int) -> None:
            await asyncio.sleep(INTERVAL_SECONDS * number / count)
            task = await client.tasks.retrieve(str(uuid.uuid4()))
            await task.wait_for_task_output(timeout=None)

        print("polling", flush=True)
        await asyncio.gather(*(wait(number) for number in range(count)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[3])))
