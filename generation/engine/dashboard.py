"""RQ's own page of an entry, for an entry that ends while it is shown."""

from __future__ import annotations

from uuid import UUID

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django_rq.views import job_detail
from rq.exceptions import InvalidJobOperation, NoSuchJobError


def entry_page(request: HttpRequest, queue_index: int, job_id: UUID) -> HttpResponse:
    """Return django-rq's page of an entry; 404 where a worker has finished and removed it meanwhile.

    Entries live for milliseconds. The page reads one several times, and fails when it is gone at the second time.
    """
    try:
        return job_detail(request, queue_index, str(job_id))
    except (InvalidJobOperation, NoSuchJobError) as error:
        raise Http404("This entry has ended.") from error


def admin_entry_page(request: HttpRequest, queue_index: int, job_id: UUID) -> HttpResponse:
    """Return the same page inside of Django's admin, with links that stay there."""
    request.current_app = admin.site.name
    return admin.site.admin_view(entry_page)(request, queue_index, job_id)
