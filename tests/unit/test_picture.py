"""Pictures in requests: small enough, upright, without their GPS position, and never whole in memory."""

from __future__ import annotations

import base64
import io
import json
import tracemalloc
import zlib
from pathlib import Path

import pytest
from PIL import Image

from generation.runway import picture
from generation.runway.request_body import FileAsDataUri, JsonBody, MultipartBody
from projects.disk.clean_copies import LONGEST_SIDE
from tests import media, media_parts
from tests.media_parts import jpeg_segment, packed_text, png_chunk

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
        assert max(decode(data_uri).size) <= LONGEST_SIDE
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


def with_place(kind: str) -> dict[str, bytes]:
    """Pictures of one format that say where they were taken, by where they say it."""
    drawn, place = Image.new("RGB", (64, 36), "teal"), media_parts.GPS_XMP
    plain, exif = media.encode(drawn, kind), media_parts.gps_exif()
    if kind == "WEBP":
        return {
            "XMP": media.encode(drawn, kind, xmp=place),
            "EXIF": media.encode(drawn, kind, exif=exif),
            "behind the picture": plain + place,
        }
    if kind == "PNG":
        text = b"XML:com.adobe.xmp\0"
        chunks = {
            "XMP": png_chunk(b"iTXt", text + bytes(4) + place),
            "packed XMP": png_chunk(b"iTXt", text + b"\1\0\0\0" + zlib.compress(place)),
            "EXIF": png_chunk(b"eXIf", exif.removeprefix(b"Exif\0\0")),
            "text": png_chunk(b"tEXt", b"Comment\0" + place),
            "EXIF as text": png_chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(exif.hex().encode())),
            "an unknown chunk": png_chunk(b"gpSx", place),
        }
        pictures = {name: media_parts.with_chunks(plain, chunk) for name, chunk in chunks.items()}
        return pictures | {"behind the picture": plain + place}
    segments = {
        "XMP": jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + place),
        "long XMP": jpeg_segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(40) + place),
        "EXIF": jpeg_segment(0xE1, exif),
        "IPTC": jpeg_segment(0xED, b"Photoshop 3.0\0" + place),
        "a comment": jpeg_segment(0xFE, place),
        "a segment of the maker": jpeg_segment(0xE9, place),
    }
    pictures = {name: media_parts.with_segments(plain, segment) for name, segment in segments.items()}
    return pictures | {"behind the picture": plain + place, "in place of the end": plain[:-2] + place}


PLACES = [(kind, name) for kind in ("JPEG", "PNG", "WEBP") for name in with_place(kind)]


@pytest.mark.parametrize(("kind", "name"), PLACES)
def test_a_place_stays_here_wherever_a_picture_says_it(tmp_path: Path, kind: str, name: str) -> None:
    path, content = tmp_path / "p", with_place(kind)[name]
    path.write_bytes(content)
    with picture.fit_for_request(path) as data_uri:
        assert data_uri is not None
        sent = data_uri.path.read_bytes()
        image = decode(data_uri)
        assert (image.format, image.size, image.mode) == (kind, (64, 36), "RGB")
        assert not dict(image.getexif())
        assert not {"exif", "xmp", "comment", "photoshop"} & set(image.info)
    for secret in (b"GPSLatitude", b"52,30", media_parts.gps_exif()[6:], b"Raw profile"):
        assert secret not in sent
    assert path.read_bytes() == content


def test_nothing_but_the_place_is_lost(tmp_path: Path) -> None:
    """The picture is not encoded again, and its colors stay what they are."""
    drawn, profile = media.noise(64, 36), b"a color profile" * 20
    for kind in ("JPEG", "PNG", "WEBP"):
        path = tmp_path / kind
        path.write_bytes(media.encode(drawn, kind, exif=media_parts.gps_exif(), icc_profile=profile))
        with picture.fit_for_request(path) as data_uri:
            assert data_uri is not None
            image = decode(data_uri)
            assert image.info["icc_profile"] == profile
            assert image.tobytes() == Image.open(path).convert(image.mode).tobytes()


def test_a_picture_that_is_encoded_again_keeps_its_colors(tmp_path: Path) -> None:
    path, profile = tmp_path / "p", b"a color profile" * 20
    exif = media_parts.gps_exif(orientation=6)
    for kind, mode, kept in (("JPEG", "RGB", profile), ("PNG", "RGBA", profile), ("PNG", "L", None)):
        path.write_bytes(media.encode(Image.new(mode, (64, 36)), kind, exif=exif, icc_profile=profile))
        with picture.fit_for_request(path) as data_uri:
            assert data_uri is not None
            image = decode(data_uri)
            assert (image.format, image.size) == ("JPEG", (36, 64))
            assert image.info.get("icc_profile") == kept


def test_sixteen_bits_of_gray_do_not_turn_white(tmp_path: Path) -> None:
    path = tmp_path / "p"
    path.write_bytes(media.encode(Image.new("I;16", (64, 36), 100 * 257), "PNG", exif=media_parts.gps_exif(6)))
    with picture.fit_for_request(path) as data_uri:
        assert data_uri is not None
        assert decode(data_uri).convert("L").getpixel((9, 9)) == pytest.approx(100, abs=3)


def test_of_two_pictures_of_a_phone_the_first_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "p"
    path.write_bytes(media_parts.two_pictures(640, 480))
    with picture.fit_for_request(path) as data_uri:
        assert data_uri is not None
        assert data_uri.mime_type == "image/jpeg"
        sent = data_uri.path.read_bytes()
        assert decode(data_uri).size == (640, 480)
    assert (sent.count(b"\xff\xd8\xff"), sent[-2:]) == (1, b"\xff\xd9")
    assert b"MPF" not in sent


def test_what_decoders_refuse_is_not_sent_along(tmp_path: Path) -> None:
    plain = media.encode(Image.new("RGB", (64, 36), "teal"), "PNG")
    for chunk in (packed_text(b"iCCP", 2_200_000), packed_text(b"zTXt", 1_500_000), png_chunk(b"eXIf", b"b'Exif")):
        path = tmp_path / "p"
        path.write_bytes(media_parts.with_chunks(plain, chunk))
        with picture.fit_for_request(path) as data_uri:
            assert data_uri is not None
            assert data_uri.path.read_bytes() == plain


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_picture_that_must_be_uploaded_has_no_place_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, orientation: int
) -> None:
    monkeypatch.setattr(picture, "MAX_DATA_URI_LENGTH", 5000)
    path, drawn = tmp_path / "p", media.noise(160, 90)
    path.write_bytes(media.encode(drawn, "JPEG", exif=media_parts.gps_exif(orientation)))
    with picture.fit_for_request(path) as data_uri:
        assert data_uri is None
    with picture.fit_for_upload(path) as file, Image.open(file.path) as image:
        assert image.size == (drawn.size if orientation == 1 else drawn.size[::-1])
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
