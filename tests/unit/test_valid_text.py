"""What a valid text is, and the bounds of JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from generation.live import frames
from generation.runway.answer import Answer
from generation.runway.task import read_created_task, read_task
from projects.problems import MAX_FIELDS, FieldProblem, Problem, reason_of, wrong_fields
from projects.text.json_input import MAX_DEPTH, MAX_VALUES, load_json, load_kept_json

HALF = "\ud800"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('{"a": [0, "x\\ud800y"]}', "a.1"),
        ('{"a": "\\u0000"}', "a"),
        ('{"a": {"\\udfff": 1}}', "a"),
        ('"\\ud800"', "body"),
    ],
)
def test_what_is_no_text_is_named(text: str, field: str) -> None:
    with pytest.raises(Problem) as refused:
        load_json(text)
    assert refused.value.status == 422
    assert [problem.field for problem in refused.value.fields] == [field]
    assert load_kept_json(text) == json.loads(text.replace("\\u0000", "\\ufffd").replace("\\ud800", "\\ufffd").replace(
        "\\udfff", "\\ufffd"
    ))  # fmt: skip


def test_whole_pairs_and_every_language_are_text() -> None:
    assert load_json('{"a": "\\ud83c\\udfac 映画 فيلم"}') == {"a": "🎬 映画 فيلم"}
    assert load_json('"\\ud83c\\udfac"'.encode("utf-16")) == "🎬"


def test_bytes_that_are_no_text_are_not_json() -> None:
    with pytest.raises(ValueError):
        load_json(b'"\xed\xa0\x80"')


@pytest.mark.parametrize(
    "text",
    [
        "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 40 + "1" + "}" * 40,
        "[" + "[]," * MAX_VALUES + "[]]",
        json.dumps({str(number): 1 for number in range(1001)}),
    ],
)
def test_json_has_bounds(text: str) -> None:
    with pytest.raises(Problem) as refused:
        load_json(text)
    assert (refused.value.status, refused.value.code) == (400, "malformed_json")
    assert len(refused.value.message) < 100


def test_json_within_the_bounds() -> None:
    assert load_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    with pytest.raises(ValueError, match="nested too deep"):
        load_kept_json("[" * 100_000)


def test_an_answer_names_so_many_fields_and_no_more() -> None:
    problem = wrong_fields(*(FieldProblem("x" * 10_000, "y" * 10_000) for _ in range(MAX_FIELDS + 7)))
    assert len(problem.fields) == MAX_FIELDS + 1
    assert problem.fields[-1].message == "And 7 more."
    assert len(problem.message) < 120_000


def test_what_runway_sends_is_kept_as_text() -> None:
    body = {"id": "t", "status": "FAILED", "failure": f"a{HALF}b\0", "failureCode": HALF, "output": [HALF]}
    task = read_task(Answer(200, json.dumps(body).encode()).json_object or {})
    assert (task.failure, task.failure_code, task.output) == ("a\ufffdb\ufffd", "\ufffd", ("\ufffd",))
    # no row could have it
    assert read_created_task({"id": "x" * 81}) is None


def test_a_frame_that_is_no_text_is_not_understood() -> None:
    for text in ('{"type": "subscribe", "jobId": "\\ud800"}', "[" * 10_000, '{"type": "ping", "x": "\\u0000"}'):
        assert frames.decode(text) == {}


def test_no_path_of_the_server_is_told() -> None:
    for error in (
        FileNotFoundError(2, "No such file or directory", "/srv/films/x.mp4"),
        OSError("cannot identify image file '/srv/films/x y.png'"),
        ValueError("cannot read /srv/films/a.png"),
        OSError("cannot identify image file <_io.BytesIO object at 0x7f>"),
    ):
        assert "/srv" not in reason_of(error)
        assert "0x7f" not in reason_of(error)
    assert reason_of(ValueError("2/3 of it, https://a.b/c")) == "2/3 of it, https://a.b/c"
    assert reason_of(OSError()) == "OSError"


def test_an_argument_that_is_no_text_is_refused() -> None:
    manage = Path(__file__).resolve().parents[2] / "manage.py"
    done = subprocess.run([sys.executable, str(manage), b"generate", b"\xff"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "must be valid text" in done.stderr
    assert "Traceback" not in done.stderr
