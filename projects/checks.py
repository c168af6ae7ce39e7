"""What would fail later and in silence is refused at the start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def channel_layer_is_shared(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """In memory it never leaves its process: a worker's news would reach nobody, without an error."""
    backend = str(settings.CHANNEL_LAYERS.get("default", {}).get("BACKEND", ""))
    if backend.startswith("channels_redis."):
        return []
    hint = "Use channels_redis.pubsub.RedisPubSubChannelLayer."
    return [Error(f"CHANNEL_LAYERS: {backend or 'nothing'} does not reach other processes.", hint, id="dailies.E001")]


@register()
def folders_can_be_written(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"{name}: {path} cannot be written.", "Choose another folder, or change who owns it.", id="dailies.E002")
        for name in ("DATA_DIR", "PROJECTS_ROOT")
        if not _can_be_written(path := Path(getattr(settings, name)))
    ]


def _can_be_written(path: Path) -> bool:
    """The folder itself, or where it would be made."""
    existing = next(folder for folder in (path, *path.parents) if folder.exists())
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
