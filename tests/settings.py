"""The studio's own settings in a data folder of the tests'; what the environment says of the studio is left out."""

import os
import shutil
import tempfile
from pathlib import Path

from config.environment import NAMES

# where there is room for it, all that the tests write lies in memory: flushes to a disk are much of what they wait for
_memory = Path("/dev/shm")  # noqa: S108
if "TMPDIR" not in os.environ and os.access(_memory, os.W_OK) and shutil.disk_usage(_memory).free > 4 << 30:
    os.environ["TMPDIR"] = tempfile.tempdir = str(_memory)
# short, since a socket's path may have 100 bytes; gone with the process
folder = tempfile.TemporaryDirectory(prefix="dailies-test-")
# the processes of xdist inherit the folder of the one that started them
os.environ.setdefault("TESTS_SHARED_FOLDER", folder.name)
# empty, not absent: what is absent would be read from .env, a real key among it
for _name in NAMES:
    os.environ[_name] = ""
os.environ["DATA_DIR"] = folder.name
# TEST_DATABASE_URL=postgres://me@127.0.0.1:5432/me make test ARGS=tests/integration/test_batches.py
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")
os.environ["SECRET_KEY"] = "only-for-tests"

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES  # noqa: E402

if not os.environ["DATABASE_URL"]:
    # a file, as in the studio: SQLite's memory databases lock tables where files wait
    DATABASES["default"]["TEST"] = {"NAME": str(Path(folder.name) / "test.sqlite3")}
else:
    # most tests are one transaction, in which a slow step is no reason to end it
    DATABASES["default"]["OPTIONS"] = {}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# each client of a test would else list all static files
WHITENOISE_AUTOREFRESH = True
