"""Tags and filters for the templates of every app: icons, stylesheets, addresses of files, times, credits."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from projects.mirror.best_asset import Poster
from projects.models import Asset
from projects.models.asset import file_url, poster_url, sprite_url
from projects.text.credit_words import credit_number, credit_words
from projects.web.icons import svg
from projects.web.scripts import script_url
from projects.web.stylesheets import stylesheet_url

register = template.Library()

# A line break of a template, in front of punctuation or of the tags around punctuation
BREAK_BEFORE_PUNCTUATION = re.compile(r"\s*\n\s*(?=(?:<[^<>]*>\s*)*[,.:;])")
# htmx shows the answers 409, 422 and 503 like a 200: they are pages that say what was wrong
HTMX_CONFIG = json.dumps(
    {
        "allowEval": False,
        "includeIndicatorStyles": False,
        "historyCacheSize": 0,
        "defaultSettleDelay": 0,
        # without "style", which it would copy as an attribute, and the policy of the page allows no such styles
        "attributesToSettle": ["class", "width", "height"],
        "scrollIntoViewOnBoost": False,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "409|422|503", "swap": True},
            {"code": "...", "swap": False, "error": True},
        ],
    }
)


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: int = 16) -> SafeString:
    """Return a lucide icon for use beside words that say the same."""
    return mark_safe(svg(name, f'width="{size}" height="{size}" aria-hidden="true" focusable="false"'))  # noqa: S308


@register.simple_tag
@lru_cache(maxsize=64)
def icon_sources(names: str) -> SafeString:
    """Return the drawings that `icon_use` refers to, hidden, for icons that occur a hundred times on a page."""
    drawings = (svg(name, f'width="24" height="24" id="i-{name}"') for name in names.split())
    return mark_safe(f"<div hidden>{''.join(drawings)}</div>")  # noqa: S308


@register.simple_tag
@lru_cache(maxsize=64)
def icon_use(name: str, size: int = 16) -> SafeString:
    """Return an icon by reference to its drawing in `icon_sources` on the same page."""
    box = f'width="{size}" height="{size}" viewBox="0 0 24 24"'
    use = f'<svg {box} aria-hidden="true"><use href="#i-{name}"/></svg>'
    return mark_safe(use)  # noqa: S308


@register.simple_tag
def stylesheet(name: str) -> SafeString:
    """Return the link to a stylesheet: `studio`, `admin`, or the one of a page."""
    return format_html('<link rel="stylesheet" href="{}">', stylesheet_url(name))


@register.simple_tag
def script(name: str) -> SafeString:
    """Return the element that loads a page's module in `static/js/pages`, by its name without the suffix."""
    return format_html('<script type="module" src="{}"></script>', script_url(f"pages/{name}.js"))


@register.simple_tag
def asset_url(asset: Asset | Poster, what: str) -> str:
    """Return the address of an asset's file, poster or sprite. `what`: file, poster or sprite."""
    if isinstance(asset, Poster):
        keys = (asset.project_id, asset.scene_id, asset.asset_id)
    else:
        keys = (asset.scene.project.slug, asset.scene.folder_name, asset.pk)
    return {"file": file_url, "poster": poster_url, "sprite": sprite_url}[what](*keys)


@register.simple_tag
def poster_image(asset: Asset | Poster, alt: str = "") -> SafeString:
    """Return the small picture of an asset, which loads when it comes into sight; without `alt` for decoration."""
    look = 'loading="lazy" width="640" height="360"'
    return format_html('<img src="{}" alt="{}" {}>', asset_url(asset, "poster"), alt, mark_safe(look))  # noqa: S308


@register.simple_tag
def htmx_config() -> str:
    """Return the settings of htmx as JSON, for the meta element from which it reads them."""
    return HTMX_CONFIG


@register.simple_block_tag
def sentence(content: SafeString) -> SafeString:
    """Return the content without the line breaks in front of commas, periods, colons and semicolons.

    So a sentence of which some parts are conditional can be written on several lines of a template.
    """
    return mark_safe(BREAK_BEFORE_PUNCTUATION.sub("", content))  # noqa: S308  # escaped by the template


@register.simple_tag
def invalid(problem: object, problem_id: str, *, focus: bool = False) -> SafeString:
    """Return the attributes of a control that has a problem, or nothing without one.

    `problem_id` is the id of the element that tells the problem. `focus` puts the cursor into the control.
    """
    if not problem:
        return mark_safe("")
    return format_html('aria-invalid="true" aria-describedby="{}"{}', problem_id, " autofocus" if focus else "")


@register.filter
def timecode(seconds: float | None) -> str:
    """Return a length as 0:05 or 1:02:03, at least one second unless it is nothing; an empty text for None."""
    if seconds is None:
        return ""
    whole = max(1, round(seconds)) if seconds else 0
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


@register.filter
def moment(timestamp: float) -> datetime:
    """Return seconds since 1970, as a file system has them, as a datetime in UTC."""
    return datetime.fromtimestamp(timestamp, UTC)


@register.filter("credits")
def credits_in_words(amount: Decimal | float | None) -> str:
    """Return for example "1 credit" or "1,200 credits"; an empty text where there is no amount."""
    return credit_words(amount) if isinstance(amount, Decimal | float | int) else ""


@register.filter
def amount(credits: Decimal | float | None) -> str:
    """Return an amount of credits without its unit, for example "1,200"; an empty text where there is none."""
    return credit_number(credits) if isinstance(credits, Decimal | float | int) else ""
