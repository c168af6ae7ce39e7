"""The prompt library: versions, who may change what, and the variables of a film."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from generation.actions import saved_prompts
from generation.actions.saved_prompts import delete_prompt, prompt_for, prompts_of, restore_prompt, save_prompt
from generation.models import GenerationJob
from projects import actions
from projects.models import Project, Scene
from projects.problems import Problem
from tests import factories, media

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return factories.make_scene(factories.make_project(name="Ferry"), "Harbour")


@pytest.fixture
def owner(scene: Scene) -> User:
    return factories.owner_of(scene.project)


def names(user: User, project: Project | None = None) -> list[str]:
    return [prompt.name for prompt in prompts_of(user, project)]


def test_a_new_text_under_a_name_is_a_new_version(owner: User, scene: Scene) -> None:
    for text in ("rain", "rain", "heavy rain"):
        version = save_prompt(owner, " Rain ", text, scene.project)
    assert (version.number, version.prompt.name) == (2, "Rain")
    assert [each.text for each in version.prompt.versions.all()] == ["heavy rain", "rain"]
    # the studio has names of its own
    assert save_prompt(owner, "Rain", "studio rain").number == 1
    assert names(owner, scene.project) == ["Rain", "Rain"]


def test_who_sees_and_changes_what(owner: User, scene: Scene) -> None:
    stranger, viewer, admin = factories.make_user(), factories.make_user(), factories.make_user(is_staff=True)
    actions.add_member(owner, scene.project, viewer.username, "viewer")
    mine = save_prompt(owner, "Mine", "text", scene.project).prompt
    shared = save_prompt(owner, "Shared", "text").prompt
    assert (names(stranger), names(viewer)) == (["Shared"], ["Mine", "Shared"])
    refused: list[tuple[int, Any]] = [
        (404, lambda: prompt_for(stranger, mine.pk)),
        (403, lambda: prompt_for(viewer, mine.pk, "change")),
        (403, lambda: prompt_for(stranger, shared.pk, "change")),
        (403, lambda: save_prompt(stranger, "Shared", "another")),
        (403, lambda: save_prompt(viewer, "Mine", "another", scene.project)),
        (404, lambda: prompt_for(owner, "nothing")),
        (422, lambda: save_prompt(owner, "", "text")),
        (422, lambda: save_prompt(owner, "Empty", "  ")),
        (422, lambda: save_prompt(owner, "Long", "x" * 10_001)),
    ]
    for status, call in refused:
        with pytest.raises(Problem) as problem:
            call()
        assert problem.value.status == status
    assert prompt_for(admin, shared.pk, "change") == shared


def test_a_deleted_prompt_comes_back_unless_its_name_is_taken(owner: User, scene: Scene) -> None:
    prompt = save_prompt(owner, "Rain", "rain", scene.project).prompt
    delete_prompt(prompt)
    assert names(owner) == []
    with pytest.raises(Problem):
        prompt_for(owner, prompt.pk)
    restore_prompt(prompt_for(owner, prompt.pk, "change", deleted=True))
    assert names(owner) == ["Rain"]
    delete_prompt(prompt)
    save_prompt(owner, "Rain", "other", scene.project)
    with pytest.raises(Problem) as problem:
        restore_prompt(prompt)
    assert problem.value.status == 409


def test_variables_of_a_film(scene: Scene) -> None:
    saved_prompts.set_variables(scene.project, {"{Hero}": "a dog", "place": "the pier"})
    saved_prompts.set_variables(scene.project, {"place": " ", "hero": "a cat"})
    assert saved_prompts.values_for(scene) == {"scene": "Harbour", "film": "Ferry", "hero": "a cat"}
    for name in ("", "scene", "1st", "a.b", "x" * 41):
        with pytest.raises(Problem) as problem:
            saved_prompts.set_variables(scene.project, {name: "text"})
        assert problem.value.status == 422


def compose(client: Client, scene: Scene, prompt: str) -> Any:
    picture = actions.store_upload(scene, "a.jpg", [media.picture()])
    values = {"image": str(picture.pk), "prompt_text": prompt, "model": "gen4_turbo", "ratio": "1280:720"}
    address = f"/projects/{scene.project.slug}/{scene.folder_name}/"
    return client.post(address, values | {"duration": "5", "takes": "1", "key": prompt})


@pytest.mark.usefixtures("queue")
def test_a_take_is_requested_with_the_filled_prompt(client: Client, owner: User, scene: Scene) -> None:
    client.force_login(owner)
    refused = compose(client, scene, "{hero} looks up")
    assert refused.status_code == 422
    assert "{hero} has no value. Add it in a scene under Library, or remove the braces." in refused.content.decode()
    saved_prompts.set_variables(scene.project, {"hero": "a dog"})
    assert compose(client, scene, "{Hero} looks up in {scene}").status_code == 302
    assert GenerationJob.objects.get().parameters["promptText"] == "a dog looks up in Harbour"


def test_the_library_in_the_composer(client: Client, owner: User, scene: Scene) -> None:
    client.force_login(owner)
    address, htmx = f"/projects/{scene.project.slug}/{scene.folder_name}/library/", {"HX-Request": "true"}
    for text in ("rain", "heavy rain"):
        values = {"saved_name": "Rain", "saved_for": "film", "prompt_text": text}
        page = client.post(address, values, headers=htmx).content.decode()
    assert 'data-prompt="heavy rain"' in page
    assert '<option value="rain">v1</option>' in page
    variables = client.post(f"{address}variables/", {"variable_name": "hero", "variable_text": "a dog"}, headers=htmx)
    assert 'data-variable="hero"' in variables.content.decode()
    prompt = prompts_of(owner)[0]
    deleted = client.post(f"/prompts/{prompt.pk}/delete/", headers=htmx)
    assert f"/prompts/{prompt.pk}/restore/" in deleted["HX-Trigger"]
    assert "dailies:prompts" in deleted["HX-Trigger"]
    client.post(f"/prompts/{prompt.pk}/restore/", headers=htmx)
    assert "heavy rain" in client.get(address, headers=htmx).content.decode()


def test_the_api_of_the_library(client: Client, owner: User, scene: Scene) -> None:
    client.force_login(owner)
    for text in ("rain", "heavy rain"):
        body = {"name": "Rain", "text": text, "projectId": scene.project.slug}
        response = client.post("/api/prompts", body, content_type="application/json")
    data = response.json()["data"]
    assert (response.status_code, [each["version"] for each in data["versions"]]) == (201, [2, 1])
    listed = client.get("/api/prompts", {"project": scene.project.slug}).json()["data"]["prompts"]
    assert listed == [client.get(f"/api/prompts/{data['promptId']}").json()["data"]]
    assert client.delete(f"/api/prompts/{data['promptId']}").status_code == 200
    assert client.get(f"/api/prompts/{data['promptId']}").status_code == 404
    address = f"/api/projects/{scene.project.slug}/variables"
    client.patch(address, {"variables": {"hero": "a dog"}}, content_type="application/json")
    assert client.get(address).json()["data"] == {"variables": {"hero": "a dog"}}
