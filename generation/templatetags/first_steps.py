"""The template tag that shows a person's first steps on the page of projects."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from generation.pages.first_steps import COOKIE, COOKIE_VALUE, load_first_steps

register = template.Library()


@register.inclusion_tag("generation/_first_steps.html", takes_context=True)
def first_steps(context: Context) -> dict[str, Any]:
    """Show the steps, unless they are done or dismissed."""
    request = context["request"]
    is_dismissed = request.COOKIES.get(COOKIE) == COOKIE_VALUE
    return {
        "steps": None if is_dismissed else load_first_steps(request.user),
        "runway_is_simulator": context["runway_is_simulator"],
        "csrf_token": context["csrf_token"],
    }
