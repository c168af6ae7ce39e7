"""What is taken at the door can be sent, and what Runway made is kept: unusual but whole files through the engine."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from PIL import Image
from pytest_django import Settings

from generation import actions
from generation.engine import collect
from generation.models import GenerationJob
from generation.models.status import Status
from generation.simulator import clips
from projects.actions import new_assets, posters
from projects.models import Scene
from tests import media, media_parts
from tests.fakes.runway import FakeRunway
from tests.integration.engine_steps import finished_there, look, make_due, poll_once, submitted
from tests.integration.test_simulator import Simulator, wait_for
from tests.media_parts import TRAILERS, packed_text, png_chunk, with_chunks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    options = ("--task-seconds", "0.01", "--small", "--concurrency", "200")
    with Simulator(tmp_path_factory.mktemp("simulator"), *options) as running:
        yield running


@pytest.fixture
def simulated(simulator: Simulator, settings: Settings) -> None:
    settings.RUNWAY_API_URL, settings.RUNWAY_API_KEY = simulator.url, "key_test"
    settings.RUNWAY_POLL_SECONDS = 0.01


def png() -> bytes:
    return media.picture(640, 480, "PNG")


def jpeg() -> bytes:
    return media.picture(640, 480)


PICTURES: dict[str, Callable[[], bytes]] = {
    "two pictures of a phone": lambda: media_parts.two_pictures(640, 480),
    "notes of a phone in place of the end": lambda: jpeg()[:-2] + media_parts.phone_trailer(),
    "text behind a JPEG": lambda: jpeg() + TRAILERS["text"],
    "large color profile": lambda: with_chunks(png(), packed_text(b"iCCP", 2_200_000)),
    "packed workflow": lambda: with_chunks(png(), packed_text(b"iTXt", 1_500_000)),
    "packed prompt": lambda: with_chunks(png(), packed_text(b"zTXt", 1_500_000)),
    "EXIF that is none": lambda: with_chunks(png(), png_chunk(b"eXIf", b"b'Exif\\x00\\x00MM'")),
    "no end of a PNG": lambda: png()[:-12],
    "a place in the XMP of a WebP": lambda: media.picture(640, 480, "WEBP", xmp=media_parts.GPS_XMP),
    "length of a WebP never filled in": lambda: (
        (content := media.picture(640, 480, "WEBP"))[:4] + bytes(4) + content[8:]
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_take_from_a_picture_that_was_taken_is_completed(
    name: str, owner: User, scene: Scene, simulated: None
) -> None:
    content = PICTURES[name]()
    picture = new_assets.store_upload(scene, "photo", [content])
    assert (picture.width, picture.height) == (640, 480)
    with Image.open(posters.poster_of(picture)) as poster:
        assert poster.size == (640, 480)
    job = actions.generate(
        owner, scene, image=picture, model="gen4_turbo", prompt_text="push in", ratio="1280:720", duration=2
    )[0]
    job = submitted(job)
    assert job.status == Status.PENDING, job.error_message
    job = wait_for(lambda: found if (found := poll_once(job)).status == Status.DOWNLOADING else None)
    collect.collect(str(job.pk))
    assert look(job).status == Status.COMPLETED
    assert picture.path.read_bytes() == content


def test_runway_gets_one_picture_without_its_place(owner: User, scene: Scene, runway: FakeRunway) -> None:
    picture = new_assets.store_upload(scene, "photo", [media_parts.two_pictures(640, 480)])
    job = actions.generate(
        owner, scene, image=picture, model="gen4_turbo", prompt_text="push in", ratio="1280:720", duration=5
    )[0]
    assert submitted(job).status == Status.PENDING
    sent = media_of(runway)
    assert sent.count(b"\xff\xd8\xff") == 1
    with Image.open(io.BytesIO(sent)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (640, 480), {})


def media_of(runway: FakeRunway) -> bytes:
    """Return the picture of the one request, which must be a data URI of a JPEG."""
    (body,) = runway.creates
    head, _, data = str(body["promptImage"]).partition(",")
    assert head == "data:image/jpeg;base64"
    return base64.b64decode(data, validate=True)


@pytest.mark.parametrize("trailer", TRAILERS)
def test_a_clip_with_bytes_behind_it_is_kept_as_it_came(
    job: GenerationJob, runway: FakeRunway, clip: bytes, trailer: str
) -> None:
    served = clip + TRAILERS[trailer]
    job = finished_there(job, runway, served)
    collect.collect(str(job.pk))
    job = look(job)
    assert job.status == Status.COMPLETED, job.waiting_message
    assert job.asset is not None
    assert job.asset.path.read_bytes() == served


def test_a_clip_that_lacks_samples_is_not_kept(job: GenerationJob, runway: FakeRunway, tmp_path: Path) -> None:
    """The index comes first, so that only the samples are cut; text behind them does not make up for these."""
    clips.draw_clip(Image.new("RGB", (320, 180), "teal"), 320, 180, 0.5, tmp_path / "clip.mp4")
    content = (tmp_path / "clip.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    job = finished_there(job, runway, content[:-40] + TRAILERS["text"])
    for _ in range(collect.MAX_ATTEMPTS_OF_BAD_FILE):
        make_due(job)
        collect.collect(str(job.pk))
    assert (look(job).status, look(job).error_code) == (Status.FAILED, "bad_clip")


@pytest.mark.parametrize("content", [jpeg()[:-2], png()[:-12]], ids=["JPEG", "PNG"])
def test_a_picture_of_runways_without_its_end_is_kept(
    owner: User, scene: Scene, runway: FakeRunway, content: bytes
) -> None:
    parameters = {"promptText": "rain", "ratio": "1280:720"}
    job, _ = actions.create_job(owner, scene, kind="text_to_image", model="gen4_image", parameters=parameters)
    job = finished_there(job, runway, content)
    collect.collect(str(job.pk))
    job = look(job)
    assert job.status == Status.COMPLETED, job.waiting_message
    assert job.asset is not None
    assert job.asset.path.read_bytes() == content
