#!/usr/bin/env python
"""Dailies from the command line."""

import os
import re
import sys

from projects.text.valid_text import fault_of


def main() -> None:
    for argument in sys.argv:
        # bytes that are no UTF-8 would break each page that shows them
        if fault := fault_of(argument):
            sys.exit(f"The argument {argument!a} {fault}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Dailies cannot start: {error}")
    except (OperationalError, ProgrammingError) as error:
        # SQLite and PostgreSQL
        if not re.match('no such table|relation ".*" does not exist', str(error)):
            raise
        sys.exit("The database has no tables yet, or those of an older version. Run manage.py migrate first.")


if __name__ == "__main__":
    main()
