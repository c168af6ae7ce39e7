"""The first steps, where a page of projects asks for them."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from generation.pages.first_steps_view import COOKIE, HIDDEN, first_steps

register = template.Library()


@register.inclusion_tag("generation/_first_steps.html", takes_context=True, name="first_steps")
def show(context: Context) -> dict[str, Any]:
    request = context["request"]
    hidden = request.COOKIES.get(COOKIE) == HIDDEN
    return {
        "steps": None if hidden else first_steps(request.user),
        "runway_is_simulator": context["runway_is_simulator"],
        "csrf_token": context["csrf_token"],
    }
