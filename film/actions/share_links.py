"""Links by which whoever has them plays and downloads one export without an account, until they expire."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from film.actions.served_files import no_file
from film.models import Export, ShareLink
from projects.access import audit, permissions
from projects.access.row_by_id import row_by_id
from projects.models.locks import locked_project
from projects.problems import Problem, not_found, too_many

MAX_DAYS = 90
DEFAULT_DAYS = 14
MAX_OPEN = 20
"""Of one export."""
_SIGNER = signing.Signer(sep=".", salt="film.share_link")
_UNKNOWN = gettext_noop("This link has expired or was revoked. Ask whoever sent it for a new one.")


def create_share_link(by: User, export: Export, days: int = DEFAULT_DAYS) -> ShareLink:
    """Make a link to an export that works for `days`.

    Raise Problem 403 for who may not share the project, 409 while the export has no file, 429 for too many links.
    """
    with transaction.atomic():
        locked_project(export.project)
        permissions.require(by, export.project, "share")
        if export.status != Export.Status.COMPLETED:
            raise no_file(export)
        if len(open_share_links(export)) >= MAX_OPEN:
            raise too_many(_("This export has {max_open} links. Revoke some.").format(max_open=MAX_OPEN))
        link = ShareLink.objects.create(export=export, created_by=by, expires_at=timezone.now() + timedelta(days=days))
        audit.enter(audit.Action.EXPORT_SHARED, by, export.file_name, export.project, days=days)
    return link


def open_share_links(export: Export) -> list[ShareLink]:
    """Return the links to an export that have not expired, newest first."""
    return list(export.share_links.filter(expires_at__gt=timezone.now()).select_related("created_by"))


def revoke_share_link(by: User, export: Export, link_id: str) -> None:
    """Make a link useless. Raise Problem 403 for who may not share the project, 404 where there is no such link."""
    with transaction.atomic():
        permissions.require(by, export.project, "share")
        link = row_by_id(export.share_links.all(), link_id)
        if link is None:
            raise not_found(_("link"))
        link.delete()
        audit.enter(audit.Action.SHARE_REVOKED, by, export.file_name, export.project)


def token_of(link: ShareLink) -> str:
    """Return what stands in the address of a link."""
    return _SIGNER.sign(link.pk.hex)


def shared_export(token: str) -> tuple[ShareLink, Export]:
    """Return the link of a token and its export.

    Raise Problem 404 where it is not ours, has expired or was revoked, and where its maker may share the project no
    longer.
    """
    link = _link_of(token)
    if link is None or not permissions.has_right(link.created_by, link.export.project, "share"):
        raise Problem(_(_UNKNOWN), code="not_found", status=404)
    return link, link.export


def _link_of(token: str) -> ShareLink | None:
    try:
        key = UUID(hex=_SIGNER.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    links = ShareLink.objects.select_related("export__project", "created_by").defer("export__document")
    return links.filter(pk=key, expires_at__gt=timezone.now(), created_by__is_active=True).first()
