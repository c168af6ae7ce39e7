"""The admin of projects, scenes, assets and tokens, read-only: the studio changes them, with their files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

from projects import actions
from projects.access import audit
from projects.actions.people import note_switch
from projects.models import ApiToken, Asset, AuditEntry, Membership, Project, Scene
from projects.problems import Problem


def asset_thumbnail(asset: Asset | None) -> SafeString | str:
    """Return a small picture for a row of a list, empty for sound and for what is in the trash.

    It has no text alternative of its own, since the row says what it is.
    """
    if asset is None or asset.trashed_at or asset.kind == Asset.Kind.AUDIO:
        return ""
    address = reverse("admin:asset-poster", args=[asset.pk])
    return format_html('<img class="thumbnail" src="{}" alt="" loading="lazy" width="96" height="54">', address)


class CappedPaginator(Paginator[Any]):
    """Pages of the newest rows: a table with a long history is not counted to its end."""

    MOST = 10_000

    @cached_property
    def count(self) -> int:
        """Return the number of rows, at most `MOST`."""
        rows = self.object_list
        return rows.order_by()[: self.MOST].count() if isinstance(rows, QuerySet) else len(rows)


class _NoChanges:
    """Refuses to add, change and delete, for an admin and for an inline."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(_NoChanges, admin.ModelAdmin[Any]):
    """Rows that staff may view. One that is changed here would no longer agree with its folder."""


class MembershipInline(_NoChanges, admin.TabularInline[Membership, Project]):
    """The members of a project. Its owner changes them on the project's own page; here it could lose its owner."""

    model = Membership


@admin.register(Project)
class ProjectAdmin(ReadOnlyAdmin):
    """Projects with their members."""

    list_display = ("name", "slug", "created_at", "updated_at", "trashed_at")
    search_fields = ("name", "slug")
    inlines = (MembershipInline,)


@admin.register(Scene)
class SceneAdmin(ReadOnlyAdmin):
    """Scenes, with the version of their scene.json."""

    list_display = ("folder_name", "name", "project", "position", "version", "mirrored_version", "trashed_at")
    list_filter = ("project",)
    list_select_related = ("project",)
    search_fields = ("name", "project__name")


@admin.register(Asset)
class AssetAdmin(ReadOnlyAdmin):
    """Assets with their posters."""

    list_display = ("picture", "file_name", "kind", "scene", "take", "selected", "bytes", "source", "created_at")
    list_display_links = ("file_name",)
    list_filter = ("kind", "source", "scene__project")
    list_select_related = ("scene__project",)
    search_fields = ("file_name", "original_name", "sha256")
    readonly_fields = ("picture",)

    @admin.display(description="Picture")
    def picture(self, asset: Asset) -> SafeString | str:
        """Show the poster."""
        return asset_thumbnail(asset)

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the posters."""
        poster = path("<uuid:asset_id>/poster/", self.admin_site.admin_view(self.poster), name="asset-poster")
        return [poster, *super().get_urls()]

    def poster(self, request: HttpRequest, asset_id: UUID) -> HttpResponse:
        """Answer with a small JPEG. Staff may view every row, and so its picture, as members of the project or not."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asset = Asset.objects.select_related("scene__project").filter(pk=asset_id).first()
        if asset is None:
            raise Http404
        try:
            jpeg = actions.poster_of(asset).read_bytes()
        except Problem:
            # a sound, or a file that is missing
            raise Http404 from None
        # the file of an id never changes
        return HttpResponse(jpeg, "image/jpeg", headers={"Cache-Control": "private, max-age=86400"})


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """API tokens, without their digests."""

    list_display = ("name", "user", "scope", "read_only", "created_at", "last_used_at", "revoked_at")
    list_filter = ("scope", "read_only")
    exclude = ("digest",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who did what. It is searched by names, and its pages are those of the newest entries."""

    list_display = ("at", "username", "action", "target", "project_id")
    list_filter = ("action",)
    search_fields = ("username", "target", "project_id")
    paginator = CappedPaginator
    show_full_result_count = False


admin.site.unregister(User)
# allauth's rows: people change them on the account page, and a provider comes from the settings alone
for _model in (EmailAddress, SocialAccount, SocialApp, SocialToken, Authenticator):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


@admin.register(User)
class AuditedUserAdmin(UserAdmin[User]):
    """Django's own page of accounts. An account that is made inactive loses its sessions, tokens and sockets."""

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save the account, and enter which fields were changed in the audit log."""
        super().save_model(request, obj, form, change)
        by = request.user if isinstance(request.user, User) else None
        if change and "is_active" in form.changed_data:
            note_switch(by, obj)
        action = audit.Action.ACCOUNT_CHANGED if change else audit.Action.ACCOUNT
        audit.enter(action, by, obj.username, changed=sorted(form.changed_data), active=obj.is_active)
