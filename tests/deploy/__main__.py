"""`python -m tests.deploy`, see `tests/deploy/run.py`."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from tests.deploy.run import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
