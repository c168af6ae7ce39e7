"""In a process of its own: restore a backup, bring its tables up to date, and print what the API says, as JSON."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from contextlib import redirect_stdout
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from tests.every_answer import every_answer  # noqa: E402

FOLDERS = Path(__file__).parent / "samples" / "folders-0.2"


def main() -> None:
    setup_test_environment()
    shutil.copytree(FOLDERS, settings.PROJECTS_ROOT, dirs_exist_ok=True)
    with redirect_stdout(io.StringIO()):
        call_command("restore", sys.argv[1])
        call_command("migrate", verbosity=0)
        answers = every_answer(User.objects.get())
    print(json.dumps(answers, default=str))


if __name__ == "__main__":
    main()
