"""Every kind and model of the catalog, from the request to the file in its folder, through the simulator."""

from __future__ import annotations

import base64
import io
import json
import re
import wave
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from django.contrib.auth.models import User
from pytest_django import Settings
from runwayml.types.task_retrieve_response import Succeeded

from generation import actions, references
from generation.engine import collect
from generation.engine.download import Interrupted, download
from generation.mirror.scene_files import completed_entry
from generation.models import GenerationJob, JobEvent
from generation.models.job_message import job_message
from generation.models.status import Status
from generation.runway import catalog
from generation.serializers import job_dict
from projects import mirror
from projects.actions import assets, new_assets
from projects.disk.atomic import write_atomically
from projects.disk.layout import make_scene_folders
from projects.mirror import rebuild
from projects.models import Scene
from projects.problems import Problem
from tests import catalog_requests, media
from tests.integration.engine_steps import look, make_due, poll_once, submitted
from tests.integration.test_simulator import Simulator, wait_for
from tests.unit.test_catalog import NEWER_THAN_SDK

EVERY = [(kind, model.name) for kind in catalog.kinds() for model in catalog.models(kind)]
# the kinds whose first model the SDK has types for
IN_SDK = [kind for kind in catalog.kinds() if (kind, catalog.models(kind)[0].name) not in NEWER_THAN_SDK]
FOLDERS = {"video": "videos", "image": "images", "audio": "audio"}
# a ratio that every model accepts, and the shortest length that some accept
FILES = {
    "image": ("first.png", media.picture(640, 360, "PNG")),
    "video": ("clip.mp4", media.clip(64, 36, frames=40, fps=12)),
    "audio": ("voice.wav", media.sound(seconds=3.5)),
}


class Files(dict[str, str]):
    """References to one file of each kind, which is stored in the scene when it is first used."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.scene = scene

    def __missing__(self, kind: str) -> str:
        name, data = FILES[kind]
        self[kind] = references.to_asset(new_assets.store_upload(self.scene, name, [data]))
        return self[kind]


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    options = ("--task-seconds", "0.01", "--small", "--concurrency", "200")
    with Simulator(tmp_path_factory.mktemp("simulator"), *options) as running:
        yield running


@pytest.fixture(autouse=True)
def runway(simulator: Simulator, settings: Settings) -> None:
    settings.RUNWAY_API_URL, settings.RUNWAY_API_KEY = simulator.url, "key_test"
    settings.RUNWAY_POLL_SECONDS = 0.01


@pytest.fixture
def files(scene: Scene) -> Files:
    return Files(scene)


def completed_job(owner: User, scene: Scene, kind: str, model: str, **parameters: Any) -> GenerationJob:
    """A completed job."""
    job, new = actions.create_job(owner, scene, kind=kind, model=model, parameters=parameters)
    assert new
    return finished(job)


def downloading(job: GenerationJob) -> GenerationJob:
    job = submitted(job)
    assert job.status == Status.PENDING, job.error_message

    def poll_download() -> GenerationJob | None:
        found = poll_once(job)
        assert found.status != Status.FAILED, found.error_message
        return found if found.status == Status.DOWNLOADING else None

    found: GenerationJob = wait_for(poll_download)
    return found


def finished(job: GenerationJob) -> GenerationJob:
    job = downloading(job)
    collect.collect(str(job.pk))
    return look(job)


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_every_model_makes_a_file_in_its_folder(
    kind: str, name: str, owner: User, scene: Scene, files: Files, simulator: Simulator
) -> None:
    model = catalog.find(kind, name)
    assert model is not None
    job = completed_job(owner, scene, kind, name, **catalog_requests.least(model, files))
    assert job.status == Status.COMPLETED, job.error_message
    path = scene.project.path / job.outputs[0]["path"]
    assert path.is_file()
    if model.export_suffix(job.parameters):
        assert (job.asset, path.parent.name) == (None, "exports")
    else:
        assert job.asset is not None
        assert (job.asset.path, path.parent.name) == (path, FOLDERS[model.output_kind])
    task = simulator.client.tasks.retrieve(str(job.runway_task_id))
    assert isinstance(task, Succeeded)
    assert len(task.output) == len(job.outputs)
    if job.credits_estimated is not None:
        assert job.credits_charged is not None
        assert job.credits_charged <= job.credits_estimated + 1


@pytest.mark.django_db
def test_several_outputs_become_several_assets(owner: User, scene: Scene) -> None:
    job = completed_job(
        owner, scene, "text_to_image", "seedream5_lite",
        promptText="a harbour at dawn", ratio="2048:2048", outputCount=3,
    )  # fmt: skip
    assert [Path(output["path"]).name for output in job.outputs] == [
        "image-001.png",
        "image-001-2.png",
        "image-001-3.png",
    ]
    kept = {str(asset.pk): asset for asset in scene.assets.filter(kind="image", source="generated")}
    assert [output["assetId"] for output in job.outputs] == list(kept)
    assert job.asset == kept[job.outputs[0]["assetId"]]
    assert all(asset.path.is_file() for asset in kept.values())
    assert (job.credits_estimated, job.credits_charged) == (Decimal(12), Decimal(12))
    job_json = job_dict(job)
    assert job_json["videoUrl"] is None
    assert job_json["url"] == job_json["outputs"][0]["url"]


@pytest.mark.django_db
def test_a_crash_between_two_files_continues_with_the_second(
    owner: User, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    parameters = {"promptText": "rain", "ratio": "2048:2048", "outputCount": 2}
    job, _ = actions.create_job(owner, scene, kind="text_to_image", model="seedream5_lite", parameters=parameters)
    job = downloading(job)
    calls: list[Any] = []

    def once(*parameters: Any) -> str:
        calls.append(parameters)
        if len(calls) == 2:
            raise Interrupted("the connection broke off")
        return download(*parameters)

    monkeypatch.setattr(collect, "download", once)
    collect.collect(str(job.pk))
    job = look(job)
    assert (job.status, len(job.outputs), job.waiting_code) == (Status.DOWNLOADING, 1, "download_failed")
    make_due(job)
    collect.collect(str(job.pk))
    job = look(job)
    assert (job.status, len(job.outputs), len(calls)) == (Status.COMPLETED, 2, 3)
    assert scene.assets.filter(kind="image").count() == 2


@pytest.mark.django_db
def test_an_archive_is_kept_unchanged(owner: User, scene: Scene) -> None:
    parameters = {"promptText": "fog", "ratio": "1280:720", "duration": 2, "outputFormat": "png_sequence"}
    job = completed_job(owner, scene, "text_to_video", "gen4.5", **parameters)
    assert job.status == Status.COMPLETED, job.error_message
    assert job.outputs[0]["path"] == "scene-1/exports/take-001.zip"
    assert job.asset is None
    completed = completed_entry(job)
    assert completed is not None
    assert (completed["path"], completed["sha256"]) == (job.outputs[0]["path"], job.outputs[0]["sha256"])


@pytest.mark.django_db
def test_frames_and_references_are_sent_in_their_places(
    owner: User, scene: Scene, files: Files, simulator: Simulator
) -> None:
    second = references.to_asset(new_assets.store_upload(scene, "last.png", [media.picture(640, 360, "PNG")]))
    frames = [{"uri": second, "position": "last"}, {"uri": files["image"], "position": "first"}]
    job = completed_job(owner, scene, "image_to_video", "veo3.1_fast", promptImage=frames, ratio="1280:720", duration=4)
    assert job.status == Status.COMPLETED, job.error_message
    assert job.parameters["promptImage"] == frames
    assert {references.to_asset(asset) for asset in job.inputs.all()} == {second, files["image"]}
    sent = job.events.get(status=Status.SUBMITTING).data["request"]["promptImage"]
    assert [item["position"] for item in sent] == ["last", "first"]
    assert all(item["uri"].startswith("image/png, ") for item in sent)


@pytest.mark.django_db
def test_scene_json_and_rebuild_keep_every_kind(owner: User, scene: Scene, files: Files) -> None:
    job = completed_job(owner, scene, "voice_isolation", "eleven_voice_isolation", audioUri=files["audio"])
    generation = mirror.scene_dicts(Scene.objects.filter(pk=scene.pk))[0]["generation"]
    assert set(generation) == {"videoRequests", "completedVideos", "audioRequests", "completedAudio"}
    assert generation["videoRequests"] == []
    (entry,) = generation["audioRequests"]
    assert (entry["kind"], entry["model"], entry["parameters"]) == (job.kind, job.model, {"audioUri": files["audio"]})
    assert generation["completedAudio"][0]["path"] == "scene-1/audio/sound-001.mp3"
    make_scene_folders(scene.path)
    write_atomically(
        scene.path / "metadata" / "scene.json",
        json.dumps(mirror.scene_dicts(Scene.objects.filter(pk=scene.pk))[0]).encode(),
    )
    before = job_dict(job)
    scene.project.delete()
    assert rebuild.rebuild(owner).jobs == 1
    again = GenerationJob.objects.with_related().get(pk=job.pk)
    kept = ("kind", "model", "parameters", "outputs", "url", "status", "take", "creditsCharged")
    assert {name: job_dict(again)[name] for name in kept} == {name: before[name] for name in kept}
    assert [references.to_asset(asset) for asset in again.inputs.all()] == [files["audio"]]


@pytest.mark.django_db
def test_a_retry_repeats_the_request(owner: User, scene: Scene, files: Files) -> None:
    parameters = {"imageUri": files["image"], "scaleFactor": 2}
    kind, model = "image_upscale", "magnific_precision_upscaler_v2"
    job, _ = actions.create_job(owner, scene, kind=kind, model=model, parameters=parameters)
    actions.cancel(owner, job)
    again, new = actions.retry(owner, look(job))
    assert new
    assert (again.kind, again.model, again.parameters, again.take) == (kind, model, parameters, 2)
    assert finished(again).status == Status.COMPLETED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "prefix"), [("text_to_image", "image"), ("sound_effect", "audio"), ("text_to_video", "video")]
)
def test_socket_messages_are_named_by_output(kind: str, prefix: str, owner: User, scene: Scene) -> None:
    model = catalog.models(kind)[0]
    job, _ = actions.create_job(owner, scene, kind=kind, model=model.name, parameters=catalog_requests.least(model))
    assert job_message(job)["type"] == f"{prefix}_generation_started"
    job = finished(job)
    message = job_message(job)
    assert message["type"] == f"{prefix}_generation_completed"
    assert message["data"][f"{prefix}Url"] == job_dict(job)["url"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "model", "parameters", "field", "words"),
    [
        ("text_to_film", "gen4.5", {}, "kind", "one of image_to_video"),
        ("text_to_image", "gen4_turbo", {}, "model", "gen4_image"),
        ("voice_isolation", "eleven_voice_isolation", {"audioUri": "{image}"}, "audioUri", "must be a sound"),
        ("voice_isolation", "eleven_voice_isolation", {"audioUri": "asset:no"}, "audioUri", "no such file"),
        ("voice_isolation", "eleven_voice_isolation", {"audioUri": "ftp://a/b"}, "audioUri", "http or https"),
        ("voice_isolation", "eleven_voice_isolation", {"audioUri": "data:audio/wav;base64,!"}, "audioUri", "base64"),
        ("voice_isolation", "eleven_voice_isolation", {"audioUri": "data:audio/wav;base64,QUJD"}, "audioUri", "sound"),
        ("video_to_video", "aleph2", {"videoUri": "{video}", "keyframes": [{"uri": "{video}", "at": 1}]},
         "keyframes.0.uri", "must be a picture"),
        ("character_performance", "act_two", {"character": {"type": "image", "uri": "{wide}"},
         "reference": {"type": "video", "uri": "{video}"}}, "character.uri", "from 0.5 to 2.358"),
        ("text_to_image", "gen4_image", {"promptText": "a", "ratio": "1:1", "zoom": 2}, "zoom", "has no setting zoom"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_and_nothing_is_stored(
    kind: str, model: str, parameters: dict[str, Any], field: str, words: str, owner: User, scene: Scene, files: Files
) -> None:
    wide = references.to_asset(new_assets.store_upload(scene, "wide.png", [media.picture(640, 100, "PNG")]))
    named = json.loads(
        json.dumps(parameters)
        .replace("{image}", files["image"])
        .replace("{video}", files["video"])
        .replace("{wide}", wide)
    )
    before = scene.assets.count()
    with pytest.raises(Problem) as refused:
        actions.create_job(owner, scene, kind=kind, model=model, parameters=named)
    assert refused.value.status == 422
    assert words in next(problem.message for problem in refused.value.fields if problem.field == field)
    assert (GenerationJob.objects.count(), scene.assets.count()) == (0, before)


@pytest.mark.django_db
def test_a_file_that_an_unfinished_job_needs_is_not_trashed(owner: User, scene: Scene, files: Files) -> None:
    parameters = {"videoUri": files["video"], "outputFormat": "hlg"}
    actions.create_job(owner, scene, kind="video_to_hdr", model="ruby", parameters=parameters)
    with pytest.raises(Problem, match="unfinished take needs this file"):
        assets.trash_asset(scene.assets.get(kind="video"))


def snake(value: Any) -> Any:
    """The parameters with the SDK's names."""
    if isinstance(value, dict):
        return {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower(): snake(inner) for key, inner in value.items()}
    return [snake(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("kind", IN_SDK)
def test_the_official_sdk_gets_its_output(kind: str, simulator: Simulator) -> None:
    addresses = {each: data_uri(data, each) for each, (_, data) in FILES.items()}
    model = catalog.models(kind)[0]
    body = catalog_requests.least(model, addresses)
    created = getattr(simulator.client, kind).create(model=model.name, **snake(body))
    task = simulator.until(created.id, Succeeded)
    assert all(requests.head(url, timeout=5).status_code == 200 for url in task.output)
    assert task.cost.credits >= 0


def data_uri(data: bytes, kind: str) -> str:
    types = {"image": "image/png", "video": "video/mp4", "audio": "audio/wav"}
    return f"data:{types[kind]};base64,{base64.b64encode(data).decode()}"


@pytest.mark.parametrize(
    ("kind", "body", "code", "path"),
    [
        ("text_to_image", {"model": "gen4_image", "ratio": "1:1", "promptText": "a"}, "invalid_value", ["ratio"]),
        ("text_to_image", {"model": "gen4_image_turbo", "ratio": "720:720", "promptText": "a", "referenceImages": []},
         "too_small", ["referenceImages"]),
        ("text_to_speech", {"model": "eleven_v3", "promptText": "a", "voice": {"type": "runway-preset"}},
         "invalid_value", ["voice", "presetId"]),
        ("sound_effect", {"model": "seed_audio", "promptText": "a", "loop": True}, "unrecognized_keys", []),
        ("voice_isolation", {"model": "eleven_voice_isolation", "audioUri": "data:image/png;base64,AAAA"},
         "invalid_union", ["audioUri"]),
        ("voice_isolation", {"model": "eleven_voice_isolation", "audioUri": "data:audio/wav;base64,QUJD"},
         "custom", ["audioUri"]),
        ("character_performance", {"model": "act_two", "character": {"type": "sound"}, "reference": 1},
         "invalid_type", ["reference"]),
        ("video_upscale", {"model": "enhance_frame_rate", "videoUri": 7, "targetFramerate": "24"},
         "invalid_type", ["videoUri"]),
    ],
)  # fmt: skip
def test_a_wrong_body_is_rejected_as_runway_does(
    kind: str, body: dict[str, Any], code: str, path: list[str], simulator: Simulator
) -> None:
    answer = simulator.raw("POST", f"/v1/{kind}", json=body)
    assert answer.status_code == 400
    assert (code, path) in [(issue["code"], issue["path"]) for issue in answer.json()["issues"]]


@pytest.mark.django_db
def test_a_large_file_is_uploaded(owner: User, scene: Scene) -> None:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes(bytes(6 * 2**20))
    sound = new_assets.store_upload(scene, "long.wav", [buffer.getvalue()])
    parameters = {"audioUri": references.to_asset(sound)}
    job = completed_job(owner, scene, "voice_isolation", "eleven_voice_isolation", **parameters)
    assert job.status == Status.COMPLETED, job.error_message
    assert job.parameters == parameters
    assert job.events.get(status=Status.SUBMITTING).data["request"]["audioUri"].startswith("runway://")
    assert job.credits_charged == 12


@pytest.mark.django_db
def test_an_expired_link_is_renewed_for_the_missing_file(owner: User, scene: Scene) -> None:
    parameters = {"promptText": "snow [expire:0]", "ratio": "2048:2048", "outputCount": 2}
    job, _ = actions.create_job(owner, scene, kind="text_to_image", model="seedream5_lite", parameters=parameters)
    job = downloading(job)
    collect.collect(str(job.pk))
    job = look(job)
    assert (job.status, job.waiting_code, job.outputs) == (Status.DOWNLOADING, "link_renewed", [])
    assert JobEvent.objects.filter(job=job, message__startswith="Requested a new link").exists()


@pytest.mark.django_db
def test_moderation_refusals_are_reported_for_every_kind(owner: User, scene: Scene) -> None:
    parameters = {"promptText": "[fail:SAFETY.INPUT.TEXT]"}
    job, _ = actions.create_job(
        owner, scene, kind="sound_effect", model="eleven_text_to_sound_v2", parameters=parameters
    )
    job = submitted(job)
    failed = wait_for(lambda: found if (found := poll_once(job)).status == Status.FAILED else None)
    assert (failed.error_code, failed.credits_charged) == ("SAFETY.INPUT.TEXT", 2)
    with pytest.raises(Problem, match="moderation refused the same request"):
        actions.retry(owner, failed)
