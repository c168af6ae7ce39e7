"""The pages of webhooks, for staff: all of them, and one with its last messages."""

from __future__ import annotations

import json
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.actions import webhooks as actions
from generation.models import WebhookDelivery, WebhookEndpoint
from generation.models.webhook import ALL_EVENTS, MAX_URL
from generation.webhooks import events
from projects.access import permissions
from projects.pages.responses import Request, add_problem_to_form, form_status, page
from projects.problems import Problem

SHOWN = 50
"""Messages of the log."""


class WebhookForm(forms.Form):
    """An address, and what it is told of; no event chosen stands for all."""

    url = forms.CharField(max_length=MAX_URL, error_messages={"required": gettext_lazy("Enter an address.")})
    events = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["events"].choices = list(events.descriptions().items())  # type: ignore[attr-defined]


@page("GET", "HEAD", "POST")
def webhooks(request: Request) -> HttpResponse:
    """Show all webhooks; a POST adds one."""
    permissions.require_staff(request.user)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            endpoint = actions.add_webhook(request.user, form.cleaned_data["url"], _wanted(form))
        except Problem as problem:
            add_problem_to_form(form, problem)
        else:
            messages.success(request, _("Webhook added. Give its secret to the program that receives the messages."))
            return redirect("webhook", endpoint.pk)
    context = {"webhooks": actions.webhooks(request.user), "form": form, "events": _choices(form["events"].value())}
    return render(request, "generation/webhooks.html", context, status=form_status(form))


@page("GET", "HEAD", "POST")
def webhook(request: Request, webhook_id: UUID) -> HttpResponse:
    """Show a webhook and its last messages; a POST changes its address and events."""
    endpoint = actions.webhook_for(request.user, webhook_id)
    if request.method != "POST":
        return _show(request, endpoint, WebhookForm(initial={"url": endpoint.url, "events": endpoint.events}))
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            actions.change_webhook(request.user, endpoint, url=form.cleaned_data["url"], wanted=_wanted(form))
        except Problem as problem:
            add_problem_to_form(form, problem)
        else:
            messages.success(request, _("Webhook changed."))
            return redirect("webhook", endpoint.pk)
    return _show(request, endpoint, form)


@page("POST")
def switch_webhook(request: Request, webhook_id: UUID) -> HttpResponse:
    """Switch a webhook on or off."""
    endpoint = actions.webhook_for(request.user, webhook_id)
    actions.change_webhook(request.user, endpoint, active=request.POST.get("active") == "on")
    messages.success(request, _("The webhook is on.") if endpoint.active else _("The webhook is off."))
    return redirect("webhook", endpoint.pk)


@page("POST")
def test_webhook(request: Request, webhook_id: UUID) -> HttpResponse:
    """Send a test message."""
    endpoint = actions.webhook_for(request.user, webhook_id)
    actions.send_test(request.user, endpoint)
    messages.success(request, _("Test message sent. Reload to see the result."))
    return redirect("webhook", endpoint.pk)


@page("POST")
def resend_delivery(request: Request, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send a message again."""
    endpoint = actions.webhook_for(request.user, webhook_id)
    actions.resend(request.user, actions.delivery_of(endpoint, delivery_id))
    messages.success(request, _("Message sent again. Reload to see the result."))
    return redirect("webhook", endpoint.pk)


@page("POST")
def remove_webhook(request: Request, webhook_id: UUID) -> HttpResponse:
    """Remove a webhook."""
    actions.remove_webhook(request.user, actions.webhook_for(request.user, webhook_id))
    messages.success(request, _("Webhook removed."))
    return redirect("webhooks")


def _wanted(form: WebhookForm) -> list[str]:
    return form.cleaned_data["events"] or [ALL_EVENTS]


def _choices(chosen: object) -> list[dict[str, object]]:
    """Return the events for the form's boxes."""
    names = chosen if isinstance(chosen, list) else []
    return [
        {"name": name, "words": words, "chosen": name in names or ALL_EVENTS in names}
        for name, words in events.descriptions().items()
    ]


def _show(request: Request, endpoint: WebhookEndpoint, form: WebhookForm) -> HttpResponse:
    log = list(endpoint.deliveries.all()[:SHOWN])
    context = {
        "webhook": endpoint,
        "form": form,
        "events": _choices(form["events"].value()),
        "deliveries": [{"row": row, "body": _readable(row)} for row in log],
    }
    return render(request, "generation/webhook.html", context, status=form_status(form))


def _readable(delivery: WebhookDelivery) -> str:
    return json.dumps(json.loads(delivery.body), ensure_ascii=False, indent=2)
