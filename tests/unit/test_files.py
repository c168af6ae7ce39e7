"""Files as responses: whole, in ranges, and without the rights of a page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest
from django.core.checks import run_checks
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import AsyncRequestFactory
from pytest_django import Settings

from projects.web import files

pytestmark = pytest.mark.asyncio


class Film:
    """A file that is served without the API around it."""

    def __init__(self, path: Path) -> None:
        self.content = bytes(range(256)) * 4
        path.write_bytes(self.content)
        self.file = files.ServedFile(path, "film.mp4", "video/mp4", "hash")

    async def __call__(self, method: str = "GET", **headers: str) -> HttpResponseBase:
        converted = {name.replace("_", "-"): value for name, value in headers.items()}
        return await files.serve_file(AsyncRequestFactory().generic(method, "/", headers=converted), self.file)


@pytest.fixture
def film(tmp_path: Path) -> Film:
    return Film(tmp_path / "film.mp4")


async def body(response: HttpResponseBase) -> bytes:
    if isinstance(response, HttpResponse):
        return response.content
    return b"".join(
        [piece async for piece in cast(AsyncIterator[bytes], cast(StreamingHttpResponse, response).streaming_content)]
    )


@pytest.mark.parametrize(
    ("range_header", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-99", 0, 99),
        ("bytes=100-199", 100, 199),
        ("bytes=500-", 500, None),
        ("bytes=0-", 0, None),
        ("bytes=-1", -1, None),
        ("bytes=-200", -200, None),
        ("bytes=-999999999", 0, None),
        ("bytes=100-999999999", 100, None),
    ],
)
async def test_ranges(film: Film, range_header: str, first: int, last: int | None) -> None:
    size = len(film.content)
    begin = first % size
    end = size - 1 if last is None else last
    response = await film(range=range_header)
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {begin}-{end}/{size}"
    assert response.headers["Content-Length"] == str(end - begin + 1)
    assert await body(response) == film.content[begin : end + 1]


@pytest.mark.parametrize("range_header", ["bytes=999999999-", "bytes=999999999-999999999", "bytes=-0"])
async def test_ranges_beyond_the_end(film: Film, range_header: str) -> None:
    response = await film(range=range_header)
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(film.content)}"
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "range_header", ["bytes=5-2", "bytes=-", "bytes=a-b", "lines=0-1", "bytes=0-1,5-6", "bytes=1", ""]
)
async def test_malformed_ranges_are_ignored(film: Film, range_header: str) -> None:
    response = await film(range=range_header)
    assert response.status_code == 200
    assert await body(response) == film.content


async def test_conditions(film: Film) -> None:
    etag = f'"{film.file.sha256}"'
    assert (await film(range="bytes=0-1", if_range=etag)).status_code == 206
    assert (await film(range="bytes=0-1", if_range='"another"')).status_code == 200
    unchanged = await film(if_none_match=etag)
    assert (unchanged.status_code, await body(unchanged), unchanged.headers["ETag"]) == (304, b"", etag)
    assert (await film(if_none_match='"another"')).status_code == 200


async def test_head(film: Film) -> None:
    response = await film(method="HEAD", range="bytes=0-9")
    assert (response.status_code, response.headers["Content-Length"]) == (206, "10")
    response = await film(method="HEAD")
    assert (response.status_code, response.headers["Content-Length"]) == (200, str(len(film.content)))
    assert not isinstance(response, StreamingHttpResponse)


async def test_a_large_file_is_read_in_pieces(film: Film) -> None:
    with film.file.path.open("r+b") as file:
        file.truncate(3 * 1024**3)
    response = await film(range="bytes=100-")
    assert response.headers["Content-Length"] == str(3 * 1024**3 - 100)
    pieces = cast(AsyncIterator[bytes], cast(StreamingHttpResponse, response).streaming_content)
    assert len(await anext(pieces)) == files.CHUNK_BYTES
    assert len(await anext(pieces)) == files.CHUNK_BYTES
    tail = await film(range="bytes=-3")
    assert await body(tail) == b"\0\0\0"


def check_ids() -> set[str]:
    return {str(message.id) for message in run_checks() if str(message.id).startswith("dailies.")}


async def test_system_checks_refuse_settings_that_would_fail_silently(settings: Settings, tmp_path: Path) -> None:
    assert check_ids() == set()
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    (tmp_path / "file").touch()
    settings.PROJECTS_ROOT = tmp_path / "file" / "projects"
    assert check_ids() == {"dailies.E001", "dailies.E002"}


async def test_a_proxy_sends_the_files_of_projects(tmp_path: Path, settings: Settings) -> None:
    settings.PROJECTS_ROOT, settings.ACCEL_REDIRECT = tmp_path / "projects", "/films/"
    folder = tmp_path / "projects" / "a film é"
    folder.mkdir(parents=True)
    inside = Film(folder / "take.mp4")
    sent = await inside(range="bytes=2-3")
    assert (sent.status_code, await body(sent)) == (200, b"")
    assert sent.headers["X-Accel-Redirect"] == "/films/a%20film%20%C3%A9/take.mp4"
    assert "Content-Range" not in sent.headers
    assert "X-Accel-Redirect" not in (await Film(tmp_path / "outside.mp4")()).headers
    assert (await inside(if_none_match='"hash"')).status_code == 304
