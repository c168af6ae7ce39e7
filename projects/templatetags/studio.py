"""How things are written on a page."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from django import template
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from projects.models import Asset
from projects.pages.storyboard import Still

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: int = 16) -> SafeString:
    """A lucide icon beside words, which say what it means; the package's own tag parses the drawing each time."""
    return mark_safe(lucide(name, size=size, aria_hidden="true", focusable="false", stroke_width="1.75"))  # noqa: S308


@register.simple_tag
@lru_cache(maxsize=64)
def icon_sources(names: str) -> SafeString:
    """The drawings of icons that stand on a page a hundred times: written once, and used by `icon_use`."""
    drawn = (lucide(name, id=f"i-{name}", stroke_width="1.75") for name in names.split())
    return mark_safe(f"<div hidden>{''.join(drawn)}</div>")  # noqa: S308


@register.simple_tag
@lru_cache(maxsize=64)
def icon_use(name: str, size: int = 16) -> SafeString:
    box = f'width="{size}" height="{size}" viewBox="0 0 24 24"'
    use = f'<svg {box} aria-hidden="true"><use href="#i-{name}"/></svg>'
    return mark_safe(use)  # noqa: S308


@register.simple_tag
def asset_url(asset: Asset | Still, what: str) -> str:
    """`what`: file or poster."""
    if isinstance(asset, Still):
        project_id, scene_id, asset_id = asset.project_id, asset.scene_id, asset.asset_id
    else:
        project_id, scene_id, asset_id = asset.scene.project.slug, asset.scene.folder_name, asset.pk
    return f"/api/projects/{project_id}/folders/{scene_id}/assets/{asset_id}/{what}"


@register.filter
def timecode(seconds: float | None) -> str:
    """5 → 0:05; 0.4 is a second too, and nothing known is nothing."""
    if seconds is None:
        return ""
    whole = max(1, round(seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


@register.filter
def moment(timestamp: float) -> datetime:
    """Seconds since 1970, as the disk knows them."""
    return datetime.fromtimestamp(timestamp, UTC)
