"""Add, change, remove and test webhooks. Staff only: a webhook is told of every film of the studio."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from generation.engine import queues
from generation.models import WebhookDelivery, WebhookEndpoint
from generation.models.webhook import ALL_EVENTS
from generation.webhooks import events
from projects.access import audit, permissions
from projects.access.row_by_id import row_by_id
from projects.net.errors import AddressRefused, AddressUnreachable
from projects.net.post import check_address
from projects.problems import conflict, not_found, too_many, wrong_field

QUEUE = "webhook"
MOST = 50
"""Webhooks of a studio."""
LOOK_UP_SECONDS = 5.0


def webhooks(user: User | AnonymousUser) -> QuerySet[WebhookEndpoint]:
    """Return all webhooks, the oldest first. Raise Problem 403 for whoever is no staff."""
    permissions.require_staff(user)
    return WebhookEndpoint.objects.select_related("owner")


def webhook_for(user: User | AnonymousUser, key: str | uuid.UUID) -> WebhookEndpoint:
    """Return a webhook. Raise Problem 403 for whoever is no staff, 404 where there is none."""
    endpoint = row_by_id(webhooks(user), key)
    if endpoint is None:
        raise not_found(_("webhook"))
    return endpoint


def delivery_of(endpoint: WebhookEndpoint, key: str | uuid.UUID) -> WebhookDelivery:
    """Return a message of the log. Raise Problem 404 where there is none."""
    delivery = row_by_id(endpoint.deliveries.all(), key)
    if delivery is None:
        raise not_found(_("message of this webhook"))
    return delivery


def add_webhook(user: User, url: str, wanted: Sequence[str]) -> WebhookEndpoint:
    """Add a webhook with a secret of its own.

    Raise Problem 403 for whoever is no staff, 422 for an address that may not be opened or an unknown event, 429 where
    there are too many.
    """
    if webhooks(user).count() >= MOST:
        raise too_many(_("There are {most} webhooks already. Remove one first.").format(most=MOST))
    endpoint = WebhookEndpoint(owner=user, url=_checked_url(url), events=_checked_events(wanted))
    with transaction.atomic():
        endpoint.save(force_insert=True)
        audit.enter(audit.Action.WEBHOOK, user, endpoint.url, change="added")
    return endpoint


def change_webhook(
    user: User,
    endpoint: WebhookEndpoint,
    *,
    url: str | None = None,
    wanted: Sequence[str] | None = None,
    active: bool | None = None,
) -> WebhookEndpoint:
    """Change what is given; switched on again, its failures are forgotten. Raise Problem as `add_webhook` does."""
    permissions.require_staff(user)
    if url is not None:
        endpoint.url = _checked_url(url)
    if wanted is not None:
        endpoint.events = _checked_events(wanted)
    if active is not None:
        endpoint.active = active
        endpoint.failing_since, endpoint.switched_off = None, ""
        # whoever switches it on answers for it from now on
        endpoint.owner = user if active else endpoint.owner
    with transaction.atomic():
        endpoint.save()
        if not endpoint.active:
            endpoint.deliveries.pending().give_up(gettext_noop("The webhook was switched off before this was sent."))
        audit.enter(audit.Action.WEBHOOK, user, endpoint.url, change="changed", active=endpoint.active)
    return endpoint


def remove_webhook(user: User, endpoint: WebhookEndpoint) -> None:
    """Remove a webhook with its log; what was not sent yet is not sent."""
    permissions.require_staff(user)
    with transaction.atomic():
        audit.enter(audit.Action.WEBHOOK, user, endpoint.url, change="removed")
        endpoint.delete()


def send_test(user: User, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Send a message that says it is a test. Raise Problem 409 where the webhook is off."""
    permissions.require_staff(user)
    _require_on(endpoint)
    data = {"message": _("A test of Dailies."), "sentBy": user.get_username()}
    with transaction.atomic():
        delivery = WebhookDelivery.objects.write([endpoint], events.TEST, data)[0]
        queues.nudge_on_commit(QUEUE, str(delivery.pk))
    return delivery


def resend(user: User, delivery: WebhookDelivery) -> WebhookDelivery:
    """Send a message again at once, as it was and with its id; as a new row, so that the log keeps what has been.

    Raise Problem 409 where the webhook is off, or the message still waits.
    """
    permissions.require_staff(user)
    _require_on(delivery.endpoint)
    if delivery.finished_at is None:
        raise conflict(_("This message is still waiting and will be sent automatically."))
    with transaction.atomic():
        again = WebhookDelivery.objects.repeat(delivery)
        queues.nudge_on_commit(QUEUE, str(again.pk))
    return again


def _require_on(endpoint: WebhookEndpoint) -> None:
    if not WebhookEndpoint.objects.in_use().filter(pk=endpoint.pk).exists():
        raise conflict(_("This webhook is off. Switch it on first."), "webhook_off")


def _checked_url(url: str) -> str:
    try:
        check_address(url, seconds=LOOK_UP_SECONDS, allow_private=settings.IMAGE_URL_ALLOW_PRIVATE)
    except (AddressRefused, AddressUnreachable) as error:
        raise wrong_field("url", _("url cannot be used: {error}").format(error=error)) from None
    return url


def _checked_events(wanted: Sequence[str]) -> list[str]:
    known = events.names()
    if unknown := [name for name in wanted if name not in (*known, ALL_EVENTS)]:
        names = ", ".join(known)
        raise wrong_field(
            "events",
            _("events has {unknown!r}, which is none of {names}, or {all_events} for all.").format(
                unknown=unknown[0][:40], names=names, all_events=ALL_EVENTS
            ),
        )
    if not wanted:
        raise wrong_field(
            "events",
            _("events must name at least one of {known}, or {all_events} for all.").format(
                known=", ".join(known), all_events=ALL_EVENTS
            ),
        )
    return list(dict.fromkeys(wanted))
