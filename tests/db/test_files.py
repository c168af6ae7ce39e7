"""Files by their addresses: who may read them, and under which name they are saved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

import pytest
from asgiref.sync import sync_to_async
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import AsyncClient

from projects import actions
from projects.access.tokens import create_token
from projects.models import Asset
from tests.factories import make_project, make_scene, make_user, owner_of
from tests.media import clip, picture, sound

pytestmark = pytest.mark.asyncio


async def body(response: HttpResponseBase) -> bytes:
    if isinstance(response, HttpResponse):
        return response.content
    return b"".join(
        [piece async for piece in cast(AsyncIterator[bytes], cast(StreamingHttpResponse, response).streaming_content)]
    )


class Reader:
    """A person with a token who reads one file."""

    def __init__(self, asset: Asset, token: str) -> None:
        self.asset, self.token, self.client = asset, token, AsyncClient()
        scene = asset.scene
        self.address = f"/api/projects/{scene.project.slug}/folders/{scene.folder_name}/assets/{asset.pk}"
        self.content = asset.path.read_bytes()

    async def __call__(
        self, part: str = "file", method: str = "GET", asset: Asset | None = None, **headers: str
    ) -> HttpResponse:
        converted = {name.replace("_", "-"): value for name, value in headers.items()}
        converted["authorization"] = f"Bearer {self.token}"
        address = self.address.replace(str(self.asset.pk), str((asset or self.asset).pk))
        return cast(HttpResponse, await self.client.generic(method, f"{address}/{part}", headers=converted))


@pytest.fixture
def read() -> Reader:
    user = make_user()
    scene = make_scene(make_project(user, "Film"))
    return Reader(actions.store_upload(scene, "Füße 1.mp4", [clip()]), create_token(user, "test")[1])


@pytest.mark.django_db(transaction=True)
async def test_the_whole_file(read: Reader) -> None:
    response = await read()
    assert response.status_code == 200
    assert await body(response) == read.content
    assert response.headers["Content-Type"] == "video/mp4"
    assert response.headers["Content-Length"] == str(len(read.content))
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["ETag"] == f'"{read.asset.sha256}"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].startswith("sandbox allow-same-origin; default-src 'none'; ")
    assert response.headers["Cache-Control"].startswith("private")
    assert response.headers["Content-Disposition"] == "inline; filename*=utf-8''F%C3%BC%C3%9Fe%201.mp4"
    saved = await read("file?download=1")
    assert saved.headers["Content-Disposition"].startswith("attachment; ")


@pytest.mark.django_db(transaction=True)
async def test_who_may_read(read: Reader) -> None:
    stranger = await sync_to_async(make_user)()
    assert (await AsyncClient().get(f"{read.address}/file")).status_code == 401
    signed_in = AsyncClient()
    await signed_in.aforce_login(stranger)
    assert (await signed_in.get(f"{read.address}/file")).status_code == 404
    project = read.asset.scene.project
    owner = await sync_to_async(owner_of)(project)
    await sync_to_async(actions.add_member)(owner, project, stranger.username)
    assert (await signed_in.get(f"{read.address}/file")).status_code == 200
    assert (await signed_in.get(f"{read.address}/poster")).status_code == 200
    assert (await signed_in.post(f"{read.address}/file")).status_code == 405


@pytest.mark.django_db(transaction=True)
async def test_a_file_that_is_missing(read: Reader) -> None:
    read.asset.path.unlink()
    response = await read()
    assert response.status_code == 404
    assert b"missing on disk" in response.content


@pytest.mark.django_db(transaction=True)
async def test_posters(read: Reader) -> None:
    response = await read("poster")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/jpeg")
    assert (await body(response)).startswith(b"\xff\xd8\xff")
    assert response.headers["ETag"] != f'"{read.asset.sha256}"'
    tone = await sync_to_async(actions.store_upload)(read.asset.scene, "a.wav", [sound()])
    assert (await read("poster", asset=tone)).status_code == 404
    large = await read("poster?width=1280")
    assert large["ETag"] != response["ETag"]
    wrong = await read("poster?width=20000")
    assert wrong.status_code == 422
    assert "640, 1280" in wrong.content.decode()


@pytest.mark.django_db(transaction=True)
async def test_file_names_cannot_add_to_a_header(read: Reader) -> None:
    scene = read.asset.scene
    evil = await sync_to_async(actions.store_upload)(scene, 'a"; filename="b.html.jpg', [picture()])
    response = await read(asset=evil)
    assert response.headers["Content-Disposition"] == 'inline; filename="a-; filename=-b.html.jpg"'
