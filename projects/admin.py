"""Projects, scenes, assets and tokens, to look at; they are changed in the studio, which takes the disk along."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from projects.actions import assets
from projects.models import ApiToken, Asset, Membership, Project, Scene
from projects.problems import Problem


def picture_of(asset: Asset | None) -> SafeString | str:
    """Small, for a row of a list. The words beside it say what it is, so it has none of its own."""
    if asset is None or asset.trashed_at or asset.kind == Asset.Kind.AUDIO:
        return ""
    address = reverse("admin:asset-poster", args=[asset.pk])
    return format_html('<img class="thumbnail" src="{}" alt="" loading="lazy" width="96" height="54">', address)


class LookOnly(admin.ModelAdmin[Any]):
    """Shown, never edited: a row changed here would leave its folder behind."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class MembershipInline(admin.TabularInline[Membership, Project]):
    """Members are let in by the owner, on the project's own page; here a project could lose its owner."""

    model = Membership

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Project)
class ProjectAdmin(LookOnly):
    list_display = ("name", "slug", "created_at", "updated_at", "trashed_at")
    search_fields = ("name", "slug")
    inlines = (MembershipInline,)


@admin.register(Scene)
class SceneAdmin(LookOnly):
    list_display = ("folder_name", "name", "project", "position", "version", "mirrored_version", "trashed_at")
    list_filter = ("project",)
    list_select_related = ("project",)
    search_fields = ("name", "project__name")


@admin.register(Asset)
class AssetAdmin(LookOnly):
    list_display = ("picture", "file_name", "kind", "scene", "take", "selected", "bytes", "source", "created_at")
    list_display_links = ("file_name",)
    list_filter = ("kind", "source", "scene__project")
    list_select_related = ("scene__project",)
    search_fields = ("file_name", "sha256")
    readonly_fields = ("picture",)

    @admin.display(description="Picture")
    def picture(self, asset: Asset) -> SafeString | str:
        return picture_of(asset)

    def get_urls(self) -> list[URLPattern]:
        poster = path("<uuid:asset_id>/poster/", self.admin_site.admin_view(self.poster), name="asset-poster")
        return [poster, *super().get_urls()]

    def poster(self, request: HttpRequest, asset_id: UUID) -> HttpResponse:
        """A small JPEG. Staff look at every row here, so at its picture too, in the project or not."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asset = Asset.objects.select_related("scene__project").filter(pk=asset_id).first()
        if asset is None:
            raise Http404
        try:
            found = assets.poster_of(asset).read_bytes()
        except Problem:
            # a sound, or a file that is gone
            raise Http404 from None
        # a file never changes under its id
        return HttpResponse(found, "image/jpeg", headers={"Cache-Control": "private, max-age=86400"})


@admin.register(ApiToken)
class ApiTokenAdmin(LookOnly):
    list_display = ("name", "user", "read_only", "created_at", "last_used_at", "revoked_at")
    list_filter = ("read_only",)
    exclude = ("digest",)
