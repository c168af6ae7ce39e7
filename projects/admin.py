"""Projects, scenes, assets and tokens, to look at; they are changed in the studio, which takes the disk along."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from projects.models import ApiToken, Asset, Membership, Project, Scene


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
    search_fields = ("name", "project__name")


@admin.register(Asset)
class AssetAdmin(LookOnly):
    list_display = ("file_name", "kind", "scene", "take", "selected", "bytes", "source", "created_at")
    list_filter = ("kind", "source", "scene__project")
    search_fields = ("file_name", "sha256")


@admin.register(ApiToken)
class ApiTokenAdmin(LookOnly):
    list_display = ("name", "user", "read_only", "created_at", "last_used_at", "revoked_at")
    list_filter = ("read_only",)
    exclude = ("digest",)
