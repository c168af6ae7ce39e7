"""System checks: settings that would fail later and without an error stop the start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def channel_layer_is_shared(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a channel layer in memory: the events of a worker would reach no browser, without an error."""
    backend = str(settings.CHANNEL_LAYERS.get("default", {}).get("BACKEND", ""))
    if backend.startswith("channels_redis."):
        return []
    hint = "Use channels_redis.pubsub.RedisPubSubChannelLayer."
    return [Error(f"CHANNEL_LAYERS: {backend or 'nothing'} does not reach other processes.", hint, id="dailies.E001")]


@register()
def folders_can_be_written(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a DATA_DIR or PROJECTS_ROOT that cannot be written."""
    return [
        Error(f"{name}: {path} cannot be written.", "Choose another folder, or change its owner.", id="dailies.E002")
        for name in ("DATA_DIR", "PROJECTS_ROOT")
        if not _can_be_written(path := Path(getattr(settings, name)))
    ]


def _can_be_written(path: Path) -> bool:
    """Return whether the folder, or else its nearest existing parent, can be written."""
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
