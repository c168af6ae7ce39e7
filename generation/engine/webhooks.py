"""Send messages of webhooks: signed as https://www.standardwebhooks.com says, and again until they have arrived.

A message comes at least once: a process that dies after the request sends it again, with the same `webhook-id`.
"""

from __future__ import annotations

import logging
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from standardwebhooks import Webhook

from generation.engine import claims, holders
from generation.models import WebhookDelivery, WebhookEndpoint
from generation.models.webhook import MAX_ANSWER, MAX_SENTENCE
from projects.access import audit
from projects.net.errors import AddressRefused, AddressUnreachable
from projects.net.post import Answer, post_bytes
from projects.text.valid_text import replace_invalid

logger = logging.getLogger("dailies.webhooks")

# shorter than a claim lasts, so that no claim has to be renewed
SECONDS = 10.0
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(hours=6)
GIVEN_UP_AFTER = timedelta(days=1)
OFF_AFTER = timedelta(days=3)
KEPT = 200
"""Messages in the log of each endpoint."""
_GONE = 410


def deliver(delivery_id: str) -> None:
    """Send a message that is due, unless another process sends it."""
    now, token = timezone.now(), holders.new_token()
    free = WebhookDelivery.objects.pending().filter(claims.unclaimed(now), pk=delivery_id, due_at__lte=now)
    if not free.update(claimed_by=token, claim_expires_at=now + claims.LEASE):
        return
    delivery = WebhookDelivery.objects.select_related("endpoint").get(pk=delivery_id)
    if WebhookEndpoint.objects.in_use().filter(pk=delivery.endpoint_id).exists():
        _note(delivery, *_send(delivery))
    else:
        _write(delivery, finished_at=now, error=_("The webhook was switched off before this was sent."))


def next_delay(attempts: int) -> timedelta:
    """Return the pause after a number of failed attempts: from 5 seconds three times as long each, up to 6 hours."""
    delay = min(FIRST_DELAY * int(3 ** min(attempts - 1, 20)), LONGEST_DELAY)
    # messages that failed together must not come back together
    return delay * (1 + random.random() / 10)  # noqa: S311 - spreads load, guards nothing


def _send(delivery: WebhookDelivery) -> tuple[Answer | None, str]:
    """Send a message; return the answer, if there was one, and why it did not arrive, empty where it did."""
    moment = datetime.now(UTC)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Dailies",
        "webhook-id": delivery.event_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(delivery.endpoint.secret).sign(delivery.event_id, moment, delivery.body),
    }
    url, private = delivery.endpoint.url, settings.IMAGE_URL_ALLOW_PRIVATE
    try:
        answer = post_bytes(url, delivery.body.encode(), headers, seconds=SECONDS, allow_private=private)
    except AddressRefused as error:
        return None, _("The address could not be used: {error}").format(error=error)
    except AddressUnreachable as error:
        return None, str(error)
    return answer, "" if 200 <= answer.status < 300 else _("It answered {status}.").format(status=answer.status)


def _note(delivery: WebhookDelivery, answer: Answer | None, problem: str) -> None:
    """Write down an attempt: it arrived, is to be made again, or was the last."""
    now = timezone.now()
    values: dict[str, Any] = {
        "attempts": delivery.attempts + 1,
        "attempted_at": now,
        "response_status": answer.status if answer else None,
        "answer": replace_invalid(answer.text)[:MAX_ANSWER] if answer else "",
        "error": problem[:MAX_SENTENCE],
    }
    with transaction.atomic():
        if not problem:
            _write(delivery, finished_at=now, **values)
            delivery.endpoint.note_success()
        elif delivery.endpoint.note_failure(now) >= OFF_AFTER or values["response_status"] == _GONE:
            _write(delivery, finished_at=now, **values)
            _switch_off(delivery.endpoint, problem)
        elif now - delivery.created_at >= GIVEN_UP_AFTER:
            _write(delivery, finished_at=now, **values)
            # those that waited behind it as long
            delivery.endpoint.deliveries.pending().filter(created_at__lte=now - GIVEN_UP_AFTER).give_up(problem)
        else:
            _postpone(delivery, now + next_delay(values["attempts"]), values)
    if problem:
        logger.warning("webhook delivery=%s url=%s not sent: %s", delivery.pk, delivery.endpoint.url, problem)


def _write(delivery: WebhookDelivery, **values: Any) -> None:
    """Change the row, release its claim, and keep the log short. A message whose endpoint was removed is gone."""
    rows = WebhookDelivery.objects.filter(pk=delivery.pk)
    rows.update(claimed_by="", claim_expires_at=None, **values)
    WebhookDelivery.objects.filter(endpoint=delivery.endpoint_id).forget_all_but(KEPT)


def _postpone(delivery: WebhookDelivery, due_at: datetime, values: dict[str, Any]) -> None:
    """Try again later, and hold back what else waits for the endpoint: one that is down costs one attempt, not all."""
    _write(delivery, due_at=due_at, **values)
    waiting = delivery.endpoint.deliveries.pending().filter(claimed_by="", due_at__lt=due_at)
    waiting.update(due_at=due_at)


def _switch_off(endpoint: WebhookEndpoint, problem: str) -> None:
    reason = _("Switched off, since it failed for days or is gone. Last: {problem}").format(problem=problem)[
        :MAX_SENTENCE
    ]
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(active=False, switched_off=reason)
    endpoint.deliveries.pending().give_up(reason)
    audit.enter(audit.Action.WEBHOOK, None, endpoint.url, change="switched off", reason=problem)
