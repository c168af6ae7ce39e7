"""Files of a scene: upload, choose as the scene's take, delete."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from projects.access import permissions
from projects.actions import assets, framing, new_assets
from projects.actions.file_uses import file_users
from projects.models import Asset
from projects.pages.responses import Request, page, referring_page, respond_with_undo
from projects.problems import wrong_field


@page("GET", "POST")
def upload(request: Request, project_id: str, scene_id: str) -> HttpResponse:
    """Store the pictures of a plain form. The page's script sends them in parts, and gets the tile of an `asset`."""
    if request.method == "GET":
        asset_id = request.GET.get("asset", "")
        return _tile(request, permissions.asset_for(request.user, project_id, scene_id, asset_id, "change"))
    scene = permissions.scene_for(request.user, project_id, scene_id, "change")
    files = request.FILES.getlist("file")
    if not files:
        raise wrong_field("file", _("Choose a picture: JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP or GIF."))
    stored = new_assets.store_uploads(scene, files, only="image")
    if request.htmx:
        return _tile(request, stored[-1])
    messages.success(request, _("Stored {names}.").format(names=", ".join(asset.file_name for asset in stored)))
    return redirect("scene", project_id, scene_id)


@page("POST")
def frame(request: Request, project_id: str, scene_id: str, asset_id: str) -> HttpResponse:
    """Keep a part of a picture as a picture of its own, and answer with its tile."""
    picture = permissions.asset_for(request.user, project_id, scene_id, asset_id, "change")
    texts = [request.POST.get(name, "") for name in ("left", "top", "width", "ratio")]
    kept = framing.keep_frame(picture, framing.Frame.read(*texts))
    return _tile(request, kept) if request.htmx else redirect("scene", project_id, scene_id)


def _tile(request: Request, picture: Asset) -> HttpResponse:
    context = {"picture": picture, "chosen_pk": picture.pk, "may_change": True}
    return render(request, "projects/_picture.html", context)


@page("POST")
def choose(request: Request, project_id: str, scene_id: str, asset_id: str) -> HttpResponse:
    """Choose a clip as the take of its scene, or undo that; the answer has every button that changes."""
    asset = permissions.asset_for(request.user, project_id, scene_id, asset_id, "change")
    before = list(asset.scene.assets.filter(selected=True, trashed_at=None).exclude(pk=asset.pk))
    assets.change_asset(asset, selected=request.POST.get("selected") == "1")
    if not request.htmx:
        return redirect("scene", project_id, scene_id)
    changed = [asset, *before]
    for changed_asset in changed:
        changed_asset.refresh_from_db(fields=["selected"])
    return render(request, "projects/_chosen.html", {"assets": changed, "may_change": True})


@page("POST")
def delete(request: Request, project_id: str, scene_id: str, asset_id: str) -> HttpResponse:
    """Move a file to the trash, and offer to undo that, on the page that the file was shown on."""
    asset = permissions.asset_for(request.user, project_id, scene_id, asset_id, "change")
    assets.trash_asset(asset, request.user)
    undo = reverse("restore-asset", args=[project_id, scene_id, asset_id])
    scene = reverse("scene", args=[project_id, scene_id])
    notes = [note for user in file_users() if (note := user.note_on_deletion(asset))]
    message = " ".join([_("{file_name} is in the trash.").format(file_name=asset.file_name), *notes])
    return respond_with_undo(request, message, undo, referring_page(request, scene))
