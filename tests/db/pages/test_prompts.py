"""The prompts of a project: each once, the newest first, found by any of their words, with their takes."""

from __future__ import annotations

import pytest
from django.test import Client

from generation.forms.prompt_words import PROMPT_WORDS
from generation.pages.prompts import MAX_PROMPTS, used_prompts
from projects.models import Scene
from tests.db.pages.makers import add_job, text, url
from tests.factories import make_scene

pytestmark = pytest.mark.django_db


def test_each_prompt_once_with_its_newest_take(client: Client, scene: Scene) -> None:
    for prompt in ("Push in", "Pan left", "Push in"):
        add_job(scene, parameters={"promptText": prompt})
    other = make_scene(scene.project)
    add_job(other, parameters={"promptText": "Tilt up"})
    used = used_prompts(scene.project, "")
    assert [(each.text, each.scene_id, each.take, each.takes) for each in used] == [
        ("Tilt up", other.folder_name, 1, 1),
        ("Push in", scene.folder_name, 3, 2),
        ("Pan left", scene.folder_name, 2, 1),
    ]
    page = text(client.get(f"/projects/{scene.project.slug}/prompts/", {"q": "PUSH"}))
    assert page.count("data-prompt=") == 1
    assert f'href="{url(scene)}?take=3"' in page
    assert "2 takes" in page
    assert "No prompts found" in text(client.get(f"/projects/{scene.project.slug}/prompts/", {"q": "zebra"}))


def test_jobs_without_a_prompt_and_many_prompts(scene: Scene) -> None:
    add_job(scene, parameters={})
    for number in range(MAX_PROMPTS + 5):
        add_job(scene, parameters={"promptText": f"prompt {number}"})
    assert len(used_prompts(scene.project, "")) == MAX_PROMPTS
    having_a_three = [number for number in range(MAX_PROMPTS + 5) if "3" in str(number)]
    assert len(used_prompts(scene.project, "prompt 3")) == len(having_a_three)


def test_the_composer_offers_moves_and_looks(client: Client, scene: Scene) -> None:
    page = text(client.get(url(scene)))
    assert all(f'data-phrase="{phrase}"' in page for phrases in PROMPT_WORDS.values() for phrase in phrases)
