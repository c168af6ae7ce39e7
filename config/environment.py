"""What the environment says, checked: one clear line for whatever makes no sense."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from pathlib import Path
from urllib.parse import quote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

OFFICIAL_RUNWAY_URL = "https://api.dev.runwayml.com"
OFFICIAL_MIN_POLL_SECONDS = 5.0
SIMULATOR_POLL_SECONDS = 0.5
# sockaddr_un holds 108 bytes on Linux and 104 on macOS, the closing zero among them
MAX_SOCKET_PATH = 100
# the same for every process, whatever TMPDIR says in its environment
PLAIN_FOLDER = Path("/tmp")  # noqa: S108 - what is made there is private, see make_private
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".localhost"]


def number(env: environ.Env, name: str, default: float, *, above: float) -> float:
    text = env.str(name, default="") or str(default)
    try:
        value = float(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a number of seconds, not {text!r}.") from None
    if not above < value < 1e7:
        raise ImproperlyConfigured(f"{name} must be more than {above:g}, not {text}.")
    return value


def flag(env: environ.Env, name: str, *, default: bool = False) -> bool:
    text = env.str(name, default="").strip().lower()
    if text in ("", "default"):
        return default
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} must be on or off, not {text!r}.")


def folder(env: environ.Env, name: str, default: Path, base: Path) -> Path:
    """An absolute folder; a relative one is read from the project's top."""
    path = base / Path(env.str(name, default="") or default).expanduser()
    if path.exists() and not path.is_dir():
        raise ImproperlyConfigured(f"{name} must be a folder; {path} is a file.")
    return path.absolute()


def hosts(env: environ.Env) -> list[str]:
    """`ALLOWED_HOSTS`, with commas; what is left empty means this machine."""
    names = [name.strip() for name in env.str("ALLOWED_HOSTS", default="").split(",")]
    for name in names:
        if "/" in name or " " in name:
            raise ImproperlyConfigured(f"ALLOWED_HOSTS must be names with commas between them, not {name!r}.")
    return [name for name in names if name] or LOCAL_HOSTS


def runway(env: environ.Env) -> tuple[str, str, bool]:
    """The base address, the key, and whether both are the simulator's."""
    key = env.str("RUNWAY_API_KEY", default="") or env.str("RUNWAYML_API_SECRET", default="")
    url = env.str("RUNWAY_API_URL", default="") or env.str("RUNWAYML_BASE_URL", default="")
    if not key and not url:
        return env.str("DAILIES_SIMULATOR_URL", default="http://127.0.0.1:8390"), "key_test_simulator", True
    if not key:
        raise ImproperlyConfigured("RUNWAY_API_URL is set without RUNWAY_API_KEY: set the key, or neither of them.")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ImproperlyConfigured("RUNWAY_API_KEY must be one word of plain letters and digits, without spaces.")
    return http_url(url or OFFICIAL_RUNWAY_URL), key, False


def http_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid:
        raise ImproperlyConfigured(f"RUNWAY_API_URL must be an http or https address, not {url!r}.")
    return url.rstrip("/").removesuffix("/v1")


def poll_seconds(env: environ.Env, runway_url: str, *, simulator: bool) -> float:
    """Runway promises no fresher state than every 5 s; the simulator has no such limit, and its bar may move."""
    default = SIMULATOR_POLL_SECONDS if simulator else OFFICIAL_MIN_POLL_SECONDS
    seconds = number(env, "RUNWAY_POLL_SECONDS", default, above=0)
    official = urlsplit(runway_url).hostname == urlsplit(OFFICIAL_RUNWAY_URL).hostname
    return max(seconds, OFFICIAL_MIN_POLL_SECONDS) if official else seconds


def secret_key(env: environ.Env, data_dir: Path) -> str:
    """`SECRET_KEY`, or one made at the first start and kept in the data folder."""
    given = str(env.str("SECRET_KEY", default=""))
    if given:
        return given
    path = data_dir / "secret_key"
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            write_once(path, secrets.token_urlsafe(50))
        kept = path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"DATA_DIR {data_dir} cannot be used: {error.strerror}.") from None
    if not kept:
        raise ImproperlyConfigured(f"{path} is empty: delete it, and a new key is made.")
    return kept


def write_once(path: Path, text: str) -> None:
    """Several processes may start at once: the first link decides, and nobody reads half a file."""
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    with contextlib.suppress(FileExistsError):
        os.link(temporary, path)
    temporary.unlink()


def database(env: environ.Env, data_dir: Path) -> dict[str, object]:
    if env.str("DATABASE_URL", default=""):
        try:
            given: dict[str, object] = dict(env.db_url("DATABASE_URL"))
        except Exception:
            raise ImproperlyConfigured(
                "DATABASE_URL cannot be read: write postgres://user:password@host/name."
            ) from None
        if given.get("ENGINE") == "django.db.backends.postgresql":
            # away is told within seconds, not after the minutes that TCP gives it
            options = {"connect_timeout": 5, **dict(given.get("OPTIONS") or {})}  # type: ignore[call-overload]
            return {**given, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
        if given.get("ENGINE") != "django.db.backends.sqlite3":
            raise ImproperlyConfigured("DATABASE_URL must begin with postgres:// or sqlite:///.")
        return {**given, "OPTIONS": SQLITE_OPTIONS}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": data_dir / "dailies.sqlite3", "OPTIONS": SQLITE_OPTIONS}


# FULL: a commit may be money, and NORMAL may forget it when the power goes
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}


def redis_socket(data_dir: Path) -> Path:
    """Where the studio's own Redis listens: in the data folder, or in a plain one if that path is not plain."""
    path = data_dir / "redis" / "redis.sock"
    # redis-py stumbles over blanks in it when a worker asks Redis who it is
    if len(os.fsencode(path)) <= MAX_SOCKET_PATH and re.fullmatch(r"[\w./-]+", str(path), re.ASCII):
        return path
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return PLAIN_FOLDER / f"dailies-{os.getuid()}-{digest}" / "redis.sock"


def make_private(path: Path) -> None:
    """A folder that is ours alone. Somebody else's in its place could listen to us, so nothing is done then."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if {path.lstat().st_uid, path.stat().st_uid} != {os.getuid()}:
            raise ImproperlyConfigured(f"{path} belongs to another user: remove it, or choose another DATA_DIR.")
        path.chmod(0o700)
    except OSError as error:
        raise ImproperlyConfigured(f"{path} cannot be used: {error.strerror}.") from None


def redis_url(env: environ.Env, data_dir: Path) -> str:
    given = str(env.str("REDIS_URL", default=""))
    if given and not given.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://.")
    if given:
        return given
    socket = redis_socket(data_dir)
    if not socket.is_relative_to(data_dir) and socket.parent.exists():
        make_private(socket.parent)
    return f"unix://{quote(str(socket))}?db=0"
