"""All settings, and where the value of each comes from: the environment, or else the file `.env`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config.environment.env_file import Entry, read_env_file
from projects.text.near_names import near_names


@dataclass(frozen=True)
class Setting:
    """One setting.

    `default` says in words what holds where it is not set. `secret` values are shown to nobody. `verbatim` ones are
    taken as they are, with spaces and quotes; of the others spaces around them are dropped. `standard` names belong to
    other programs too, so that names that are like them are no mistake.
    """

    name: str
    default: str = "none"
    secret: bool = False
    verbatim: bool = False
    standard: bool = False


SETTINGS = (
    Setting("RUNWAY_API_KEY", "none: the simulator is used", secret=True),
    Setting("RUNWAYML_API_SECRET", "another name of RUNWAY_API_KEY", secret=True),
    Setting("RUNWAY_API_URL", "Runway's"),
    Setting("RUNWAYML_BASE_URL", "another name of RUNWAY_API_URL"),
    Setting("RUNWAY_POLL_SECONDS"),
    Setting("RUNWAY_TASK_TIMEOUT"),
    Setting("DATA_DIR"),
    Setting("PROJECTS_ROOT"),
    Setting("REJECTED_ROOT", "none: a clean-up removes rejected takes"),
    Setting("DATABASE_URL", "SQLite in DATA_DIR"),
    Setting("REDIS_URL", "its own, in DATA_DIR"),
    Setting("SECRET_KEY", "created, and kept in DATA_DIR", secret=True, verbatim=True),
    Setting("ALLOWED_HOSTS"),
    Setting("BEHIND_HTTPS_PROXY"),
    Setting("ACCEL_REDIRECT", "none: the studio sends files itself"),
    Setting("STUDIO_OWNER"),
    Setting("STUDIO_OWNER_PASSWORD", secret=True, verbatim=True),
    Setting("IMAGE_URL_ALLOW_PRIVATE"),
    # of further providers the same, with a number: OIDC_2_ISSUER
    Setting("OIDC_ISSUER", "none: no sign-in by OpenID Connect"),
    Setting("OIDC_CLIENT_ID"),
    Setting("OIDC_CLIENT_SECRET", secret=True),
    Setting("OIDC_NAME", "the host of the issuer"),
    Setting("OIDC_ALLOWED_DOMAINS", "all"),
    Setting("OIDC_STAFF_GROUP"),
    Setting("WEB_PROCESSES"),
    Setting("SEGMENTS_MAX_BYTES"),
    Setting("DEBUG"),
    Setting("DAILIES_SIMULATOR_URL", "the studio's own simulator"),
    Setting("DAILIES_SIMULATOR_OPTIONS"),
    Setting("HTTPS_PROXY", standard=True),
    Setting("NO_PROXY", standard=True),
    Setting("REQUESTS_CA_BUNDLE", "the authorities that Python trusts", standard=True),
    Setting("SSL_CERT_FILE", standard=True),
)
NAMES = tuple(setting.name for setting in SETTINGS)
ALIASES = (("RUNWAY_API_KEY", "RUNWAYML_API_SECRET"), ("RUNWAY_API_URL", "RUNWAYML_BASE_URL"))
"""Two names of one setting; the first goes first."""
_BY_NAME = {setting.name: setting for setting in SETTINGS}
_NUMBERED = re.compile(r"OIDC_[2-9]_(\w+)", re.ASCII)
_OWN_NAMES = tuple(setting.name for setting in SETTINGS if not setting.standard)
# whatever begins like this is meant for the studio
_OWN_PREFIXES = ("RUNWAY", "DAILIES", "STUDIO_OWNER", "OIDC_")


def find_setting(name: str) -> Setting | None:
    """Return the setting of that name; a numbered one is as the one without a number. None for no setting."""
    numbered = _NUMBERED.fullmatch(name)
    same = _BY_NAME.get(f"OIDC_{numbered[1]}" if numbered else name)
    return same and replace(same, name=name)


class Environment:
    """What the environment and `.env` give for each setting. What is in the environment, even empty, goes first."""

    def __init__(self, variables: Mapping[str, str], file: Sequence[Entry] = ()) -> None:
        """Take the variables of the environment, and the entries of the file."""
        self._variables = dict(variables)
        self._file = {entry.name: entry for entry in file}
        self._entries = tuple(file)

    def text(self, name: str) -> str:
        """Return the text of a setting, empty where it is not set.

        Raise ImproperlyConfigured for quotes around it, for a part that would be lost, and for what nobody types.
        """
        setting, text = find_setting(name), self._given(name)
        if setting is None:
            raise KeyError(name)
        if not setting.verbatim:
            text = text.strip()
            if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
                raise ImproperlyConfigured(f"{name} has quotes around its value. Leave them out.")
        elif name not in self._variables and name in self._file and self._file[name].has_comment:
            place = self.source(name)
            raise ImproperlyConfigured(f"{name} ({place}) has a # after a space, which begins a comment. Use quotes.")
        if not text.isprintable():
            raise ImproperlyConfigured(f"{name} has a character that cannot be printed, such as a line ending.")
        return text

    def _given(self, name: str) -> str:
        if name in self._variables:
            return self._variables[name]
        return self._file[name].value if name in self._file else ""

    def source(self, name: str) -> str:
        """Return where the value of a setting comes from, in words."""
        other = dict(ALIASES).get(name, "")
        if self._given(name):
            return "environment" if name in self._variables else f".env, line {self._file[name].line}"
        if other and self._given(other):
            return f"{other}, {self.source(other)}"
        return "default, since the environment has it empty" if self._hides_file(name) else "default"

    def _hides_file(self, name: str) -> bool:
        return name in self._variables and name in self._file

    def numbered(self) -> list[Setting]:
        """Return the settings with a number that are given, in the order of their names."""
        given = sorted(name for name in {*self._variables, *self._file} if _NUMBERED.fullmatch(name))
        return [setting for name in given if (setting := find_setting(name))]

    def others(self) -> list[tuple[str, str]]:
        """Return the names in `.env` that are no settings, and where they are."""
        return [(entry.name, f".env, line {entry.line}") for entry in self._entries if not find_setting(entry.name)]

    def warnings(self) -> list[str]:
        """Return a sentence for each value that is ignored and looks as if it were meant for the studio."""
        names = dict.fromkeys(self._variables, "in the environment")
        names |= {entry.name: f"in .env, line {entry.line}," for entry in self._entries}
        return [*_unknown(names), *self._repeated(), *self._doubled()]

    def _repeated(self) -> list[str]:
        """Return a sentence for each line of the file that a later one replaces."""
        last = {entry.name: entry.line for entry in self._entries}
        return [
            f"{entry.name} is in .env twice; line {last[entry.name]} counts, and line {entry.line} is ignored."
            for entry in self._entries
            if entry.line != last[entry.name]
        ]

    def _doubled(self) -> list[str]:
        """Return a sentence for each setting that has different values under its two names."""
        return [
            f"{other} is ignored, since {first} is set too."
            for first, other in ALIASES
            if self._given(first) and self._given(other) not in ("", self._given(first))
        ]


def load_environment(path: Path) -> Environment:
    """Read the environment and the file at `path`, and add to the environment what only the file has.

    The latter is for the processes that this one starts, and for libraries that look there. Raise ImproperlyConfigured.
    """
    variables, file = dict(os.environ), read_env_file(path)
    for entry in reversed(file):
        os.environ.setdefault(entry.name, entry.value)
    return Environment(variables, file)


def _unknown(names: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each name that is no setting, and like one or begins like ours; `names` says where it is."""
    for name, place in names.items():
        near = near_names(name, _OWN_NAMES)
        if not find_setting(name) and (near or name.upper().startswith(_OWN_PREFIXES)):
            hint = f" Do you mean {' or '.join(near)}?" if near else ""
            yield f"{name} {place} is no setting of Dailies and is ignored.{hint}"


def without_password(text: str) -> str:
    """Return an address with its password masked, in `user:password@` and in its options."""
    text = re.sub(r"(//[^/@:]*:)[^/]*@", r"\1***@", text)
    return re.sub(r"(?i)([?&]\w*(?:password|key|secret)=)[^&]*", r"\1***", text)
