"""The only module that speaks to Runway: https://docs.dev.runwayml.com/api, version 2024-11-06.

Free calls use one pooled session. A request that costs money goes out once, on a fresh connection, without redirects
and without any automatic retry. What a failure means is decided in `error_answers.py` and, for the network, here.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions

from generation.runway import error_answers, errors
from generation.runway.answer import Answer
from generation.runway.catalog.base_field import FieldPath
from generation.runway.output_stream import OutputInterrupted, OutputRefused, OutputStream
from generation.runway.request_body import FileAsDataUri, JsonBody, MultipartBody
from generation.runway.route import RunwayAdapter, route_to
from generation.runway.task import CreatedTask, Task, read_created_task, read_task, read_upload_form
from projects.disk.names import plain_text
from projects.net.errors import AddressMalformed, AddressRefused, AddressUnreachable
from projects.net.fetch import fetch_stream
from projects.translation import gettext as _

logger = logging.getLogger("dailies.runway")

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
# Runway checks the picture before it answers a create; a time-out before that would leave a paid task without an id
CREATE_READ_SECONDS = 90.0
OUTPUT_SECONDS = 3600.0
# characters of a link in a message
MAX_SHOWN_LINK = 100


Observer = Callable[[str, str, str, float], None]
"""Hears of each call: method, path, HTTP status or name of the error, and seconds."""


def _ignore(_method: str, _path: str, _outcome: str, _seconds: float) -> None:
    """Hear of a call, and do nothing."""


class Client:
    """Runway's API at one base address with one key. Threads may share a client.

    Every method raises a RunwayError (`errors.py`); the free calls raise Unreachable when there is no answer.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        version: str,
        pool: int = 16,
        ca_bundle: str | None = None,
        observe: Observer = _ignore,
    ) -> None:
        self.base_url = base_url
        self._observe = observe
        self._ca_bundle = ca_bundle
        self._headers = {
            "Authorization": f"Bearer {key}",
            "X-Runway-Version": version,
            "Accept": "application/json",
            "User-Agent": "Dailies",
        }
        self._session = _session(pool, ca_bundle)
        self._task_request = requests.Request("GET", f"{base_url}/v1/tasks/", headers=self._headers).prepare()

    def create_task(
        self, kind: str, fields: Mapping[str, object], files: Mapping[FieldPath, FileAsDataUri]
    ) -> CreatedTask:
        """Send the one request that costs money: `fields` with `files` at their places, to the endpoint `kind`.

        Raise NotAccepted, Parked or Rejected when no task exists, and OutcomeUnknown when one may.
        """
        body = JsonBody(fields, files)
        # a pooled connection may have died unnoticed, and then nobody knows whether the request arrived
        headers = {**self._headers, "Content-Type": "application/json", "Connection": "close"}
        request = requests.Request("POST", f"{self.base_url}/v1/{kind}", headers, data=body).prepare()
        with _session(1, self._ca_bundle) as session:
            answer = self._send(session, request, read_seconds=CREATE_READ_SECONDS, paid=True)
        error_answers.check(answer, paid=True)
        created = read_created_task(answer.json_object or {})
        if created is None:
            raise errors.OutcomeUnknown(_("Runway answered {status} without a task id.").format(status=answer.status))
        return created

    def get_task(self, task_id: str) -> Task:
        """Return a task. Raise TaskGone when Runway does not know it.

        This call is made all the time: its request is prepared once, and a success is not logged.
        """
        request = self._task_request.copy()
        request.url = f"{self.base_url}/v1/tasks/{task_id}"
        return read_task(error_answers.known_object(self._send(self._session, request, log_success=False)))

    def cancel_task(self, task_id: str) -> None:
        """Cancel an unfinished task, or delete a finished one; a task that Runway does not know counts as cancelled."""
        with suppress(errors.TaskGone):
            self._call("DELETE", f"/v1/tasks/{task_id}")

    def get_organization(self) -> dict[str, Any]:
        """Return the body of GET /v1/organization: `tier` with limits, `creditBalance` and `usage`."""
        return self._call("GET", "/v1/organization")

    def get_usage(self, start: date, before: date) -> dict[str, Any]:
        """Return credits by UTC day and model; `before` is exclusive and at most 90 days after `start`."""
        body = {"startDate": start.isoformat(), "beforeDate": before.isoformat()}
        return self._call("POST", "/v1/organization/usage", json=body)

    def upload_file(self, path: Path, file_name: str, mime_type: str) -> str:
        """Upload a file, streamed from disk, and return its `runway://` URI, which is valid for 24 hours.

        The two calls are described in https://docs.dev.runwayml.com/assets/uploads.
        """
        form = read_upload_form(self._call("POST", "/v1/uploads", json={"filename": file_name, "type": "ephemeral"}))
        if form is None:
            raise errors.Unreachable(_("Runway answered without an address for the upload."))
        body = MultipartBody(form.fields, path, file_name, mime_type)
        # the form goes to a file store of Runway's provider, which must not get the key
        headers = {"Content-Type": body.content_type, "Connection": "close"}
        request = requests.Request("POST", form.url, headers, data=body).prepare()
        with _session(1, self._ca_bundle) as session:
            error_answers.check_upload(self._send(session, request, read_seconds=CREATE_READ_SECONDS))
        return form.runway_uri

    @contextmanager
    def stream_output(self, url: str, start: int = 0) -> Iterator[OutputStream]:
        """Open an output link as a stream of bytes from `start` on; the caller checks the status.

        The link may lead to the API's own host or to a public one, also by redirects, and gets no key. Raise
        OutputRefused when it leads elsewhere, and OutputInterrupted, also while the stream is read.
        """
        # uncompressed, so that a download can be resumed at a byte of the file
        headers = {"Accept-Encoding": "identity", "User-Agent": "Dailies"}
        headers |= {"Range": f"bytes={start}-"} if start else {}
        try:
            with fetch_stream(
                url,
                headers,
                seconds=OUTPUT_SECONDS,
                connect_seconds=CONNECT_SECONDS,
                read_seconds=READ_SECONDS,
                trusted_host=urlsplit(self.base_url).hostname or "",
                route_to=partial(route_to, ca_bundle=self._ca_bundle),
            ) as response:
                yield OutputStream(response)
        except AddressMalformed as error:
            text = plain_text(error.address.partition("?")[0])[:MAX_SHOWN_LINK] or _("an empty text")
            raise OutputRefused(_("{text} is not an http or https address").format(text=text)) from error
        except AddressRefused as error:
            raise OutputRefused(str(error).rstrip(".")) from error
        except AddressUnreachable as error:
            raise OutputInterrupted(str(error).rstrip(".")) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise OutputInterrupted(_("the connection broke off ({name})").format(name=type(error).__name__)) from error

    def _call(self, method: str, path: str, *, json: object = None) -> dict[str, Any]:
        request = requests.Request(method, self.base_url + path, self._headers, json=json).prepare()
        return error_answers.known_object(self._send(self._session, request))

    def _send(
        self,
        session: requests.Session,
        request: requests.PreparedRequest,
        *,
        read_seconds: float = READ_SECONDS,
        paid: bool = False,
        log_success: bool = True,
    ) -> Answer:
        """Send one request, log one line, and return the answer. Raise what a failure of the network means."""
        started = time.monotonic()
        outcome: object = _("no answer")
        try:
            # the adapter and not the session: no redirects, no cookies, and a third less of our time for each call
            response = session.get_adapter(str(request.url)).send(request, timeout=(CONNECT_SECONDS, read_seconds))
            outcome = response.status_code
            headers = response.headers
            return Answer(
                response.status_code, response.content, headers.get("Retry-After", ""), headers.get("Content-Type", "")
            )
        except requests.RequestException as error:
            outcome = type(error).__name__
            raise _network_error(error, paid=paid) from error
        finally:
            seconds = time.monotonic() - started
            self._observe(str(request.method), urlsplit(str(request.url)).path, str(outcome), seconds)
            if log_success or outcome != 200:
                _log(request, outcome, seconds)


def _session(pool: int, ca_bundle: str | None) -> requests.Session:
    session = requests.Session()
    # otherwise a .netrc would replace the key; what else the environment says is for the adapter
    session.trust_env = False
    adapter = RunwayAdapter(ca_bundle, pool_connections=2, pool_maxsize=pool, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _log(request: requests.PreparedRequest, outcome: object, seconds: float) -> None:
    # without the query, which may hold a token
    url = str(request.url).split("?")[0]
    logger.info("request method=%s url=%s status=%s ms=%d", request.method, url, outcome, seconds * 1000)


def _network_error(error: requests.RequestException, *, paid: bool) -> errors.RunwayError:
    """Return what a failed connection means: once bytes went out, a paid request may have been accepted."""
    if not paid or _never_sent(error):
        return errors.Unreachable(_("Runway cannot be reached."))
    return errors.OutcomeUnknown(_("The request was sent, but no answer came back."))


def _never_sent(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(reason, urllib3.exceptions.ProxyError):
        # urllib3 raises it also for a connection that breaks off later, when the request is out
        reason = reason.original_error
    # refused, no route, and NameResolutionError, which is derived from it
    if isinstance(reason, urllib3.exceptions.NewConnectionError):
        return True
    # the words of http.client when a proxy does not connect to Runway
    if isinstance(reason, OSError) and str(reason).startswith("Tunnel connection failed"):
        return True
    return isinstance(reason, urllib3.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(reason)
