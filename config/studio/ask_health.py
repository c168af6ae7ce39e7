"""Ask the studio on this machine whether it is well: `python -m config.studio.ask_health [PORT]`, for containers.

It exits with 1 unless `/healthz` answers 200. It loads nothing of Django, since it runs every few seconds.
"""

from __future__ import annotations

import http.client
import os
import sys

_SECONDS = 4.0


def main(port: int) -> int:
    """Return the exit code."""
    # any name of ALLOWED_HOSTS will do
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip() or "localhost"
    name = "localhost" if host == "*" else host.removeprefix(".")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        connection.request("GET", "/healthz", headers={"Host": name})
        return 0 if connection.getresponse().status == 200 else 1
    except (OSError, http.client.HTTPException):
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8000))
