"""The functions that RQ runs for the queues of exports and proxies."""

from __future__ import annotations

import logging

from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django.utils.translation import gettext as _

from film.engine import proxies
from film.engine.export import make_export
from film.models import Export

logger = logging.getLogger("dailies.exports")


def export(*export_ids: str) -> None:
    """Make exports. Errors are logged, and an unexpected one fails the export."""
    for export_id in export_ids:
        # a worker outlives the connections to a database server
        close_old_connections()
        try:
            make_export(export_id)
        except DatabaseError:
            # the row could not be read or written; the sweep comes back to it
            logger.exception("export %s", export_id)
        except Exception:
            logger.exception("export %s", export_id)
            _fail(export_id)


def proxy(*asset_ids: str) -> None:
    """Make the proxies of clips. A page that wants one that is missing asks for it again."""
    for asset_id in asset_ids:
        close_old_connections()
        try:
            proxies.make(asset_id)
        except Exception:
            logger.exception("proxy of %s", asset_id)


def _fail(export_id: str) -> None:
    export = Export.objects.select_related("project").filter(pk=export_id, finished_at=None).first()
    error = _("Internal error. The details are in the studio's log.")
    if export and export.write(status=Export.Status.FAILED, error=error, finished_at=timezone.now()):
        export.publish("failed")
