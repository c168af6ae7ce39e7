"""What an answer to a call to Runway means, by who gave it: Runway's API, or something on the way."""

from __future__ import annotations

import json

import pytest

from generation.runway import error_answers, errors
from generation.runway.answer import Answer
from generation.runway.task import read_upload_form

HTML = b"<html><title>Attention Required!</title></html>"
PAGE = (HTML, "text/html")
PAGES = [
    PAGE,
    (b"<!DOCTYPE html>\n<HTML><body>Sign in to the guest network</body></HTML>", "text/html; charset=utf-8"),
    (HTML, "application/json"),
    (b"  \n<!-- a proxy --><html></html>", ""),
]
NOT_RUNWAYS = [
    *PAGES,
    (b"", ""),
    (b"Forbidden", "text/plain"),
    (b'{"message": "Forbidden"}', "application/json"),
    (b'{"error": {"code": 403, "message": "blocked"}}', "application/json"),
    (b'["error"]', "application/json"),
    (b"[" * 100_000, "application/json"),
]


def runways(status: int, sentence: str = "It did not work", **more: object) -> Answer:
    return Answer(status, json.dumps({"error": sentence, **more}).encode(), "", "application/json")


def meaning(answer: Answer, *, paid: bool) -> type[errors.RunwayError] | None:
    error = error_answers.error_of(answer, paid=paid)
    return type(error) if error else None


@pytest.mark.parametrize(
    ("status", "paid", "free"),
    [
        (400, errors.Rejected, errors.Rejected),
        (401, errors.Unauthorized, errors.Unauthorized),
        (402, errors.OutOfCredits, errors.OutOfCredits),
        (403, errors.Unauthorized, errors.Unauthorized),
        (404, errors.Rejected, errors.TaskGone),
        (407, errors.Intercepted, errors.Unreachable),
        (429, errors.Busy, errors.Busy),
        (500, errors.OutcomeUnknown, errors.Unreachable),
        (502, errors.OutcomeUnknown, errors.Unreachable),
        (503, errors.Busy, errors.Busy),
        (504, errors.OutcomeUnknown, errors.Unreachable),
    ],
)
def test_what_runway_answers(status: int, paid: type[errors.RunwayError], free: type[errors.RunwayError]) -> None:
    assert meaning(runways(status), paid=True) is paid
    assert meaning(runways(status), paid=False) is free


def test_runways_sentences_tell_credits_and_the_daily_limit() -> None:
    assert meaning(runways(400, "You do not have enough credits to run this task."), paid=True) is errors.OutOfCredits
    assert meaning(runways(429, "Your daily task limit has been reached."), paid=True) is errors.DailyLimit
    issues = Answer(400, b'{"issues": [{"path": ["ratio"], "message": "Invalid option"}]}')
    assert meaning(issues, paid=True) is errors.Rejected


def test_successes() -> None:
    for answer in (Answer(200, b'{"id": "1"}'), Answer(204, b"")):
        error_answers.check(answer, paid=True)
    assert error_answers.known_object(Answer(204, b"")) == {}
    assert error_answers.known_object(Answer(200, b'{"a": 1}')) == {"a": 1}


@pytest.mark.parametrize(("body", "content_type"), NOT_RUNWAYS)
@pytest.mark.parametrize(
    ("status", "paid"),
    [
        (200, errors.OutcomeUnknown),
        (302, errors.OutcomeUnknown),
        (400, errors.Intercepted),
        (401, errors.Intercepted),
        (402, errors.Intercepted),
        (403, errors.Intercepted),
        (404, errors.Intercepted),
        (407, errors.Intercepted),
        (429, errors.Busy),
        (451, errors.Intercepted),
        (500, errors.OutcomeUnknown),
        (502, errors.OutcomeUnknown),
        (503, errors.Busy),
        (511, errors.OutcomeUnknown),
    ],
)
def test_what_something_on_the_way_answers(
    status: int, paid: type[errors.RunwayError], body: bytes, content_type: str
) -> None:
    """The rules of money stay: a success, a redirect and any 5xx but 503 may hide a paid task."""
    answer = Answer(status, body, "", content_type)
    if status == 200 and answer.json_object is not None:
        return  # JSON without a task's id is found when the task is read
    error = error_answers.error_of(answer, paid=True)
    assert type(error) is paid
    assert "key" not in str(error).lower()
    assert str(status) in str(error)
    free = error_answers.error_of(answer, paid=False)
    assert type(free) in (errors.Busy, errors.Unreachable)


def test_an_answer_on_the_way_is_described() -> None:
    def message(status: int, body: bytes, content_type: str = "") -> str:
        return str(error_answers.error_of(Answer(status, body, "", content_type), paid=True))

    assert message(403, *PAGE) == "Something on the way to Runway answered 403 with a page (“Attention Required!”)."
    assert message(403, b"<html><title>a &lt;b&gt;\n\x00 c</title>").endswith("with a page (“a <b> c”).")
    assert message(403, b"<html><body>no</body></html>").endswith("answered 403 with a page.")
    assert message(403, b" ").endswith("with an empty body.")
    assert message(403, b"no").endswith("with a text that is not Runway's.")
    assert message(403, b"{}").endswith("with JSON that is not Runway's.")
    assert message(407, *PAGE) == "A proxy on the way to Runway asks for a name and a password (407)."
    assert len(message(403, b"<html><title>" + b"x" * 5000 + b"</title>")) < 200


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(204, b""), None),
        (Answer(201, b"<?xml version='1.0'?><PostResponse/>", "", "application/xml"), None),
        (Answer(200, *PAGE), errors.Unreachable),
        (Answer(200, HTML, "", "text/html"), errors.Unreachable),
        (Answer(403, HTML, "", "text/html"), errors.Unreachable),
        (Answer(302, b""), errors.Unreachable),
        (Answer(403, b"<Error><Code>AccessDenied</Code></Error>", "", "application/xml"), errors.Unreachable),
        (Answer(400, b"<Error><Code>EntityTooLarge</Code></Error>", "", "application/xml"), errors.Rejected),
        (Answer(503, b"<Error><Code>SlowDown</Code></Error>", "", "application/xml"), errors.Busy),
        (Answer(500, b""), errors.Unreachable),
    ],
)
def test_what_a_file_store_answers(answer: Answer, expected: type[errors.RunwayError] | None) -> None:
    """It never got the key, so no answer of it says anything about the key."""
    if expected is None:
        error_answers.check_upload(answer)
        return
    with pytest.raises(expected) as raised:
        error_answers.check_upload(answer)
    assert type(raised.value) is expected
    assert "key" not in str(raised.value)


def test_the_reason_of_a_file_store_is_told() -> None:
    with pytest.raises(errors.Rejected, match=r"file store answered 400 \(EntityTooLarge\)"):
        error_answers.check_upload(Answer(400, b"<Error><Code>EntityTooLarge</Code></Error>"))


@pytest.mark.parametrize(
    "change",
    [
        {"uploadUrl": None},
        {"uploadUrl": "/here"},
        {"uploadUrl": "ftp://example.org/"},
        {"uploadUrl": "https://"},
        {"uploadUrl": "http://[::1/"},
        {"fields": None},
        {"fields": []},
        {"runwayUri": ""},
        {"runwayUri": 7},
    ],
)
def test_an_upload_form_with_a_part_missing(change: dict[str, object]) -> None:
    form = {"uploadUrl": "https://store.example/", "fields": {"a": 1}, "runwayUri": "runway://1"}
    assert read_upload_form(form) is not None
    assert read_upload_form(form | change) is None
