"""The prompts of a project: what was asked before, how often, and the newest take of each."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from generation.models import GenerationJob
from projects.access import permissions
from projects.disk.name_matching import has_words, search_words
from projects.models import Project
from projects.pages.responses import Request, page

# how many requests are looked at, and how many prompts are listed
MAX_JOBS, MAX_PROMPTS = 1000, 40


@dataclass
class UsedPrompt:
    """A prompt, its newest take, and how many takes have it."""

    text: str
    scene_id: str
    take: int
    takes: int = 1


@page("GET", "HEAD")
def prompts(request: Request, project_id: str) -> HttpResponse:
    """Return the newest prompts of a project that have all words of the query `q`."""
    project = permissions.project_for(request.user, project_id)
    used = used_prompts(project, request.GET.get("q", ""))
    return render(request, "generation/_prompts.html", {"prompts": used, "project": project})


def used_prompts(project: Project, words: str) -> list[UsedPrompt]:
    """Return the newest prompts of takes, each once."""
    newest = GenerationJob.objects.filter(project=project, makes="video").order_by("-created_at", "-id")
    columns = ("parameters__promptText", "scene__number", "take")
    wanted = search_words(words)
    found: dict[str, UsedPrompt] = {}
    for text, scene, take in newest.values_list(*columns)[:MAX_JOBS]:
        if not text or not has_words(wanted, text):
            continue
        if text in found:
            found[text].takes += 1
        elif len(found) < MAX_PROMPTS:
            found[text] = UsedPrompt(text, f"scene-{scene}", take)
    return list(found.values())
