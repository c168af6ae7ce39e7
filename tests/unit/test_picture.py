"""Pictures in requests: small enough, upright, without their GPS position, and never whole in memory."""

from __future__ import annotations

import base64
import io
import json
import tracemalloc
from pathlib import Path

import pytest
from PIL import Image

from generation.runway import picture
from generation.runway.request_body import FileAsDataUri, JsonBody, MultipartBody
from tests import media

ORIENTATION, GPS = 0x0112, 0x8825


def save(path: Path, image: Image.Image, kind: str, exif: Image.Exif | None = None) -> Path:
    image.save(path, kind, compress_level=1, **({"exif": exif} if exif else {}))
    return path


def decode(file: FileAsDataUri) -> Image.Image:
    uri = b"".join(file.chunks()).decode()
    assert len(uri) == len(file) <= picture.MAX_DATA_URI_LENGTH
    head, _, body = uri.partition(",")
    assert head == f"data:{file.mime_type};base64"
    return Image.open(io.BytesIO(base64.b64decode(body, validate=True)))


@pytest.mark.parametrize(("kind", "mime_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_small_picture_is_sent_unchanged(tmp_path: Path, kind: str, mime_type: str) -> None:
    path = save(tmp_path / "p", Image.new("RGB", (64, 36), "teal"), kind)
    with picture.fit_for_request(path) as data_uri:
        assert data_uri is not None
        assert (data_uri.path, data_uri.mime_type) == (path, mime_type)
        assert decode(data_uri).size == (64, 36)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_large_picture_is_reencoded(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "p"
    soft = media.noise(1100, 400, "L").resize((4400, 1600)).convert("RGB")
    soft.save(path, kind, quality=100, subsampling=0, compress_level=1)
    assert path.stat().st_size > 4_000_000
    with picture.fit_for_request(path) as data_uri:
        assert data_uri is not None
        assert data_uri.mime_type == "image/jpeg"
        assert max(decode(data_uri).size) <= picture.LONGEST_SIDE
    assert not data_uri.path.exists()
    assert path.exists()


def test_picture_that_stays_too_large_is_uploaded(tmp_path: Path) -> None:
    path = save(tmp_path / "p", media.noise(4096, 2304), "JPEG")
    with picture.fit_for_request(path) as data_uri:
        assert data_uri is None


def test_rotation_is_applied_and_the_position_removed(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    exif[GPS] = {1: "N", 2: (52.0, 30.0, 0.0)}
    path = save(tmp_path / "p", Image.new("RGB", (64, 36), "teal"), "JPEG", exif)
    with picture.fit_for_request(path) as data_uri:
        assert data_uri is not None
        image = decode(data_uri)
        assert image.size == (36, 64)
        assert not dict(image.getexif())


def test_transparent_picture_is_put_on_black(tmp_path: Path) -> None:
    see_through = media.noise(1600, 1000).convert("RGBA")
    see_through.putalpha(0)
    see_through.paste(media.noise(1600, 1000).convert("RGBA"), (0, 500))
    path = save(tmp_path / "p", see_through, "PNG")
    with picture.fit_for_request(path) as data_uri:
        assert data_uri is not None
        assert data_uri.mime_type == "image/jpeg"
        assert max(decode(data_uri).convert("RGB").getpixel((10, 10))) < 12  # type: ignore[arg-type]


def test_unreadable_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("no picture")
    for path in (tmp_path / "p", tmp_path / "gone"):
        with pytest.raises(picture.UnusablePicture), picture.fit_for_request(path):
            pass


def test_body_is_valid_json(tmp_path: Path) -> None:
    path = tmp_path / "p"
    path.write_bytes(bytes(range(256)) * 3000)
    file = FileAsDataUri(path, "image/png", path.stat().st_size)
    body = JsonBody({"model": "gen4_turbo", "promptText": 'Ä "quoted" 🎬'}, {("promptImage",): file})
    whole = b"".join(body)
    assert len(whole) == len(body)
    data_uri = json.loads(whole)
    assert data_uri["promptText"] == 'Ä "quoted" 🎬'
    assert base64.b64decode(data_uri["promptImage"].partition(",")[2]) == path.read_bytes()


def test_form_ends_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "p"
    path.write_bytes(b"x" * 1000)
    body = MultipartBody({"key": "k", "policy": "p"}, path, "a.png", "image/png")
    whole = b"".join(body)
    assert len(whole) == len(body)
    assert whole.index(b'name="policy"') < whole.index(b'name="file"; filename="a.png"') < whole.index(b"x" * 1000)


def test_memory_does_not_grow_with_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "p"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    body = JsonBody({"model": "m"}, {("promptImage",): FileAsDataUri(path, "image/png", path.stat().st_size)})
    tracemalloc.start()
    assert sum(len(chunk) for chunk in body) == len(body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 2**20
