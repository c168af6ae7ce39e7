"""The only module that speaks to Runway: https://docs.dev.runwayml.com/api, version 2024-11-06.

Questions go over one pooled session. A request that costs money goes out once, on a fresh connection, without
redirects and without any automatic retry; what its failure means is decided here (`errors.py`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter

from generation.runway import errors
from generation.runway.catalog.base_field import FieldPath
from generation.runway.request_body import FileAsDataUri, JsonBody, MultipartBody
from projects.net.fetch import fetch_stream

logger = logging.getLogger("dailies.runway")

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
# a create checks the picture before it answers; cutting it short would leave a paid task without an id
CREATE_READ_SECONDS = 90.0
OUTPUT_SECONDS = 3600.0
MAX_ANSWER_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class CreatedTask:
    id: str
    estimated_credits: Decimal | None


@dataclass(frozen=True)
class Task:
    """Runway's own object, GET /v1/tasks/{id}. `progress` is 0–100, `cost` in credits, net of refunds."""

    id: str
    status: str
    progress: int
    output: tuple[str, ...]
    failure: str
    failure_code: str
    cost: Decimal | None
    created_at: datetime | None


class Client:
    """One base address, one key. Threads may share it."""

    def __init__(self, base_url: str, key: str, version: str, pool: int = 16) -> None:
        self.base_url = base_url
        self._headers = {
            "Authorization": f"Bearer {key}",
            "X-Runway-Version": version,
            "Accept": "application/json",
            "User-Agent": "Dailies",
        }
        self._session = _session(pool)
        self._question = requests.Request("GET", f"{base_url}/v1/tasks/", headers=self._headers).prepare()

    def create(self, kind: str, fields: Mapping[str, object], files: Mapping[FieldPath, FileAsDataUri]) -> CreatedTask:
        """Send the one request that costs money. NotAccepted, Parked, Rejected or OutcomeUnknown."""
        body = JsonBody(fields, files)
        headers = {**self._headers, "Content-Type": "application/json", "Connection": "close"}
        request = requests.Request("POST", f"{self.base_url}/v1/{kind}", headers, data=body).prepare()
        with _session(1) as fresh:
            answer = _send(fresh, request, read=CREATE_READ_SECONDS, paid=True)
        found = _object(answer) or {}
        task_id = found.get("id")
        if answer.status_code not in range(200, 300) or not isinstance(task_id, str) or not task_id:
            raise errors.OutcomeUnknown(f"Runway answered {answer.status_code} without a task id.")
        return CreatedTask(task_id, _credits(found.get("estimatedCost")))

    def task(self, task_id: str) -> Task:
        """Asked again and again: so its request is made ready once, and one that went well is not logged by itself."""
        request = self._question.copy()
        request.url = f"{self.base_url}/v1/tasks/{task_id}"
        return _task(_known_json(_send(self._session, request, quiet=True)))

    def cancel(self, task_id: str) -> None:
        """A task that Runway no longer knows is what was wanted."""
        with suppress(errors.TaskGone):
            self._ask("DELETE", f"/v1/tasks/{task_id}")

    def organization(self) -> dict[str, Any]:
        """`tier`, `creditBalance`, `usage`, as Runway writes them."""
        return self._ask("GET", "/v1/organization")

    def usage(self, start: date, before: date) -> dict[str, Any]:
        """Credits by UTC day and model; `before` is exclusive, at most 90 days after `start`."""
        body = {"startDate": start.isoformat(), "beforeDate": before.isoformat()}
        return self._ask("POST", "/v1/organization/usage", json=body)

    def upload(self, path: Path, file_name: str, mime_type: str) -> str:
        """Both steps; a `runway://` address that holds for 24 hours. The file is streamed from the disk."""
        slot = self._ask("POST", "/v1/uploads", json={"filename": file_name, "type": "ephemeral"})
        body = MultipartBody(slot["fields"], path, file_name, mime_type)
        # the form goes to a store, not to Runway: no key, no version
        headers = {"Content-Type": body.content_type, "Connection": "close"}
        request = requests.Request("POST", slot["uploadUrl"], headers, data=body).prepare()
        with _session(1) as fresh:
            answer = _send(fresh, request, read=CREATE_READ_SECONDS)
        if answer.status_code not in range(200, 300):
            raise errors.Unreachable(f"The upload to Runway failed with status {answer.status_code}.")
        return str(slot["runwayUri"])

    @contextmanager
    def output(self, url: str, start: int = 0) -> Iterator[requests.Response]:
        """A finished clip's bytes from `start` on, as a stream; its status is the caller's business.

        Output links lead to Runway's store, without the key: to its own host, or to a public one.
        """
        headers = {"Accept-Encoding": "identity", "User-Agent": "Dailies"}
        headers |= {"Range": f"bytes={start}-"} if start else {}
        if urlsplit(url).hostname != urlsplit(self.base_url).hostname:
            with fetch_stream(url, headers, seconds=OUTPUT_SECONDS, timeout=READ_SECONDS) as answer:
                yield answer
            return
        waits = (CONNECT_SECONDS, READ_SECONDS)
        with (
            _session(1) as session,
            session.get(url, headers=headers, stream=True, timeout=waits, allow_redirects=False) as answer,
        ):
            yield answer

    def _ask(self, method: str, path: str, *, json: object = None) -> dict[str, Any]:
        request = requests.Request(method, self.base_url + path, self._headers, json=json).prepare()
        return _known_json(_send(self._session, request))


def _session(pool: int) -> requests.Session:
    session = requests.Session()
    # no proxy, no .netrc: it would replace the key
    session.trust_env = False
    adapter = HTTPAdapter(pool_connections=2, pool_maxsize=pool, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _send(
    session: requests.Session,
    request: requests.PreparedRequest,
    *,
    read: float = READ_SECONDS,
    paid: bool = False,
    quiet: bool = False,
) -> requests.Response:
    """One request, one log line (`quiet`: only of what went wrong); raises what the answer means, 404 left out."""
    started = time.monotonic()
    word: object = "no answer"
    try:
        # the adapter, not the session: no redirects, no cookies, and a third less of our time for each question
        answer = session.get_adapter(str(request.url)).send(request, timeout=(CONNECT_SECONDS, read))
        word = answer.status_code
        answer.content  # noqa: B018 - read here, where a cut is understood
    except requests.RequestException as error:
        word = type(error).__name__
        raise _network_error(error, paid=paid) from error
    finally:
        if not quiet or word != 200:
            path, spent = str(request.url).split("?")[0], (time.monotonic() - started) * 1000
            logger.info("request method=%s url=%s status=%s ms=%d", request.method, path, word, spent)
    _raise_for(answer, paid=paid)
    return answer


def _network_error(error: requests.RequestException, *, paid: bool) -> errors.RunwayError:
    """Before the first byte went out nothing can have been accepted; after it, a paid request may have been."""
    if not paid or _never_sent(error):
        return errors.Unreachable("Runway cannot be reached.")
    return errors.OutcomeUnknown("The request went out and no answer came back.")


def _never_sent(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    # NewConnectionError: refused, no route; NameResolutionError is one of its kind
    if isinstance(reason, urllib3.exceptions.NewConnectionError):
        return True
    return isinstance(reason, urllib3.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(reason)


def _raise_for(answer: requests.Response, *, paid: bool) -> None:
    status = answer.status_code
    if status < 400 or (status == 404 and not paid):
        return
    message, field = _complaint(answer)
    said = f"Runway answered {status}: {message}" if message else f"Runway answered {status}."
    if status == 429 and "daily" in message.lower():
        raise errors.DailyLimit(said)
    if status in (429, 503):
        raise errors.Busy(said, _retry_after(answer))
    if status >= 500:
        raise errors.OutcomeUnknown(said) if paid else errors.Unreachable(said, _retry_after(answer))
    if status in (401, 403):
        raise errors.Unauthorized(said, status)
    if status == 402 or "enough credits" in message.lower():
        raise errors.OutOfCredits(said)
    raise errors.Rejected(said, status, field)


def _complaint(answer: requests.Response) -> tuple[str, str]:
    """Runway's words and, from its issues, the first field that it names."""
    found = _object(answer) or {}
    message = str(found.get("error") or "")[:500]
    issues = found.get("issues")
    first = issues[0] if isinstance(issues, list) and issues and isinstance(issues[0], dict) else {}
    path = first.get("path")
    field = ".".join(str(part) for part in path) if isinstance(path, list) else ""
    detail = str(first.get("message") or "")[:300]
    words = f"{message} ({field}: {detail})" if field and detail else message
    return words, field


def _retry_after(answer: requests.Response) -> float | None:
    text = answer.headers.get("Retry-After", "")
    return min(float(text), 3600.0) if text.isdigit() else None


def _known_json(answer: requests.Response) -> dict[str, Any]:
    if answer.status_code == 404:
        raise errors.TaskGone("Runway does not know this task (any more).", 404)
    if answer.status_code == 204:
        return {}
    found = _object(answer)
    if found is None:
        raise errors.Unreachable(f"What answered {answer.status_code} does not speak Runway's language.")
    return found


def _object(answer: requests.Response) -> dict[str, Any] | None:
    try:
        found = answer.json() if len(answer.content) <= MAX_ANSWER_BYTES else None
    except requests.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _task(found: Mapping[str, Any]) -> Task:
    try:
        progress = min(max(float(found.get("progress") or 0), 0.0), 1.0)
    except (TypeError, ValueError):
        progress = 0.0
    output = found.get("output")
    return Task(
        id=str(found.get("id", "")),
        # some of Runway's pages write CANCELED
        status={"CANCELED": "CANCELLED"}.get(str(found.get("status", "")), str(found.get("status", ""))),
        progress=round(progress * 100),
        output=tuple(str(url) for url in output) if isinstance(output, list) else (),
        failure=str(found.get("failure") or ""),
        failure_code=str(found.get("failureCode") or ""),
        cost=_credits(found.get("cost")),
        created_at=_moment(found.get("createdAt")),
    )


def _credits(cost: object) -> Decimal | None:
    value = cost.get("credits") if isinstance(cost, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Decimal(str(value))


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
