"""Settings from text to values, checked: a value that makes no sense stops the start with one line."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shlex
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment
from config.environment.allowed_hosts import why_never_matched
from projects.disk.links import link_or_move

OFFICIAL_RUNWAY_URL = "https://api.dev.runwayml.com"
# where `manage.py runway_simulator` listens by default
DEFAULT_SIMULATOR_URL = "http://127.0.0.1:8390"
# Runway's documentation: no fresher state than every five seconds
OFFICIAL_POLL_SECONDS = 5.0
SIMULATOR_POLL_SECONDS = 0.5
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".localhost"]
_KEY = re.compile(r"[\w.~+/=-]+", re.ASCII)
# in a path: nothing replaces it
_VARIABLE = re.compile(r"\$\{|\$[A-Za-z_]+(?:/|$)")
# of Django's user name
MAX_NAME = 150
MAX_BYTES = 10**15


def read_number(env: Environment, name: str, default: float, *, above: float) -> float:
    """Return a setting in seconds. Raise ImproperlyConfigured for what is not a number above `above`."""
    text = env.text(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a number of seconds, not {text!r}.") from None
    if not above < value < 1e7:
        raise ImproperlyConfigured(f"{name} must be more than {above:g}, not {text}.")
    return value


def read_count(env: Environment, name: str, default: int) -> int:
    """Return a number of processes. Raise ImproperlyConfigured for anything but 1 to 64."""
    text = env.text(name) or str(default)
    count = process_count(text)
    if count is None:
        raise ImproperlyConfigured(f"{name} must be a whole number from 1 to 64, not {text!r}.")
    return count


def process_count(text: str) -> int | None:
    """Return a number of processes; None for anything but 1 to 64."""
    return int(text) if text.isdecimal() and 1 <= int(text) <= 64 else None


def read_bytes(env: Environment, name: str, default: int) -> int:
    """Return a number of bytes. Raise ImproperlyConfigured for what is no whole number of them, 0 to a petabyte."""
    text = env.text(name) or str(default)
    if not text.isdecimal() or int(text) > MAX_BYTES:
        raise ImproperlyConfigured(f"{name} must be a whole number of bytes, from 0 to 10^15, not {text!r}.")
    return int(text)


def read_flag(env: Environment, name: str, *, default: bool = False) -> bool:
    """Return a setting that is on or off. Raise ImproperlyConfigured for anything else."""
    text = env.text(name).lower()
    if text in ("", "default"):
        return default
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} must be on or off, not {text!r}.")


def read_folder(env: Environment, name: str, default: Path, base: Path) -> Path:
    """Return a folder as an absolute path; a relative one starts at `base`. Raise ImproperlyConfigured for a file."""
    text = env.text(name)
    if _VARIABLE.search(text):
        raise ImproperlyConfigured(f"{name} has a variable in it, which is not replaced. Write the whole path.")
    try:
        path = base / Path(text or default).expanduser()
    except RuntimeError:
        raise ImproperlyConfigured(f"{name}: there is no user {text.partition('/')[0]}.") from None
    if path.exists() and not path.is_dir():
        raise ImproperlyConfigured(f"{name} must be a folder; {path} is a file.")
    return path.absolute()


def make_folder(name: str, path: Path) -> None:
    """Make a folder for this user alone, unless there is one. Raise ImproperlyConfigured with the setting's name."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name} {path} cannot be used: {error.strerror}.") from None


def read_location(env: Environment, name: str) -> str:
    """Return a path of addresses that begins and ends with a slash; empty where it is not set."""
    text = env.text(name)
    if text and not re.fullmatch(r"/[\w.-]+(/[\w.-]+)*/", text, re.ASCII):
        raise ImproperlyConfigured(f"{name} must be a path like /films/, with a slash at both ends.")
    return text


def read_name(env: Environment, name: str, default: str) -> str:
    """Return a setting that is the name of a person."""
    text = env.text(name) or default
    if len(text) > MAX_NAME:
        raise ImproperlyConfigured(f"{name} must have at most {MAX_NAME} characters.")
    return text


def read_options(env: Environment, name: str) -> list[str]:
    """Return options of a command, split as a shell splits them. Raise ImproperlyConfigured for an open quote."""
    try:
        return shlex.split(env.text(name))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} cannot be split into options: {error}.") from None


def read_allowed_hosts(env: Environment) -> list[str]:
    """Return ALLOWED_HOSTS, names with commas between them; without any, this machine alone."""
    names = [name for each in env.text("ALLOWED_HOSTS").split(",") if (name := each.strip())]
    for name in names:
        if reason := why_never_matched(name):
            raise ImproperlyConfigured(f"ALLOWED_HOSTS must be names with commas between them: {name} {reason}.")
    return names or LOCAL_HOSTS


def read_runway(env: Environment) -> tuple[str, str, bool]:
    """Return Runway's base URL, the key, and whether they are the simulator's, as they are when neither is set."""
    key = env.text("RUNWAY_API_KEY") or env.text("RUNWAYML_API_SECRET")
    url = env.text("RUNWAY_API_URL") or env.text("RUNWAYML_BASE_URL")
    if not key and not url:
        return env.text("DAILIES_SIMULATOR_URL") or DEFAULT_SIMULATOR_URL, "key_test_simulator", True
    if not key:
        raise ImproperlyConfigured("RUNWAY_API_URL is set without RUNWAY_API_KEY. Set the key too, or neither.")
    if not _KEY.fullmatch(key):
        raise ImproperlyConfigured("RUNWAY_API_KEY must be one word of plain letters and digits, without spaces.")
    return _runway_url(url or OFFICIAL_RUNWAY_URL), key, False


def _runway_url(url: str) -> str:
    if not _is_web_address(url) or "?" in url or "#" in url:
        raise ImproperlyConfigured(f"RUNWAY_API_URL must be an http or https address, not {url!r}.")
    return url.rstrip("/").removesuffix("/v1")


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def read_poll_seconds(env: Environment, runway_url: str, *, simulator: bool) -> float:
    """Return the seconds between two polls: never below 5 against the official host, 0.5 against the simulator."""
    default = SIMULATOR_POLL_SECONDS if simulator else OFFICIAL_POLL_SECONDS
    seconds = read_number(env, "RUNWAY_POLL_SECONDS", default, above=0)
    official = urlsplit(runway_url).hostname == urlsplit(OFFICIAL_RUNWAY_URL).hostname
    return max(seconds, OFFICIAL_POLL_SECONDS) if official else seconds


def check_proxy(env: Environment) -> None:
    """Raise ImproperlyConfigured for a proxy that requests cannot use; `generation/runway/client.py` uses it."""
    proxy = env.text("HTTPS_PROXY")
    if proxy and "://" in proxy and not _is_web_address(proxy):
        raise ImproperlyConfigured("HTTPS_PROXY must be an http or https address, such as http://proxy.example:3128.")


def read_ca_bundle(env: Environment) -> str | None:
    """Return the file or folder of the authorities that may certify Runway; None for those that Python trusts.

    The names are those of requests and of OpenSSL. Raise ImproperlyConfigured where it does not exist.
    """
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        if path := env.text(name):
            if not Path(path).exists():
                raise ImproperlyConfigured(f"{name}: there is no file {path}.")
            return path
    return None


def read_secret_key(env: Environment, data_dir: Path) -> str:
    """Return SECRET_KEY, or one that is created at the first start and kept in the data folder."""
    key = env.text("SECRET_KEY")
    if key:
        return key
    make_folder("DATA_DIR", data_dir)
    path = data_dir / "secret_key"
    try:
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(50))
        key = path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"DATA_DIR {data_dir} cannot be used: {error.strerror}.") from None
    if not key:
        raise ImproperlyConfigured(f"{path} is empty. Delete it, and the next start creates a new key.")
    return key


def _write_once(path: Path, text: str) -> None:
    """Write a private file unless it exists. Of several processes the first to name it wins, and none reads half."""
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    with contextlib.suppress(FileExistsError):
        link_or_move(temporary, path)
    temporary.unlink(missing_ok=True)
