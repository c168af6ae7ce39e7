"""Takes, pictures and sounds on their way to another scene of the film: the list of scenes, and the move."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from generation.actions.move_to_scene import Move, Place, move_to_scene
from projects.access import permissions
from projects.disk.layout import scene_number
from projects.pages.responses import Request, page, respond_with_undo
from projects.pages.trash import respond_restored


class PlaceForm(forms.Form):
    """Where a file goes. `number` and `chosen` are in the address that undoes a move."""

    scene = forms.CharField()
    number = forms.IntegerField(min_value=1, max_value=10**9, required=False)
    chosen = forms.BooleanField(required=False)


@page("GET", "HEAD")
def scene_list(request: Request, project_id: str) -> HttpResponse:
    """Return the scenes of a film for the dialog, without the one of the query `without`."""
    project = permissions.project_for(request.user, project_id, "change")
    without = scene_number(request.GET.get("without", ""))
    scenes = project.scenes.filter(trashed_at=None).exclude(number=without or 0)
    return render(request, "generation/_scene_list.html", {"scenes": scenes})


@page("POST")
def move_file(request: Request, project_id: str, scene_id: str, asset_id: str) -> HttpResponse:
    """Move a file to another scene; where the address names the place, as Undo does, it goes back there."""
    asset = permissions.asset_for(request.user, project_id, scene_id, asset_id, "change")
    is_undo = "scene" in request.GET
    form = PlaceForm(request.GET if is_undo else request.POST)
    form.is_valid()
    values = form.cleaned_data
    scene = permissions.scene_for(request.user, project_id, values.get("scene", ""), "change")
    chosen = bool(values.get("chosen"))
    moved = move_to_scene(request.user, asset, Place(scene, values.get("number") if is_undo else None, chosen))
    if is_undo:
        address = reverse("scene", args=[project_id, scene.folder_name])
        return respond_restored(
            request, _("{what} is back in “{name}”.").format(what=moved.what, name=scene.name), address
        )
    return respond_with_undo(request, _message(moved), _undo_address(moved), _scene_address(moved.before))


def _message(moved: Move) -> str:
    is_take = moved.asset.kind == moved.asset.Kind.VIDEO and moved.after.number
    number = f" as take {moved.after.number}" if is_take else ""
    return _("{what} moved to “{name}”{number}.").format(what=moved.what, name=moved.after.scene.name, number=number)


def _undo_address(moved: Move) -> str:
    before, after = moved.before, moved.after
    query = {"scene": before.scene.folder_name, "number": before.number or "", "chosen": "1" if before.chosen else ""}
    address = reverse("move-file", args=[after.scene.project.slug, after.scene.folder_name, moved.asset.pk])
    return f"{address}?{urlencode({name: value for name, value in query.items() if value})}"


def _scene_address(place: Place) -> str:
    return reverse("scene", args=[place.scene.project.slug, place.scene.folder_name])
