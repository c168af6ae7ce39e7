"""An observed price in words, for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from generation import labels
from generation.models import ObservedPrice
from generation.serializers import plain_number

PIXELS = " pixels"
PIXELS_PER_MEGAPIXEL = 1_000_000


def describe_class(price: ObservedPrice) -> str:
    """Return what was billed, such as "5 seconds, 2.1 MP, audio on"."""
    settings = json.loads(price.settings) if price.settings.startswith("{") else {}
    return ", ".join([_amount(price, str(settings.pop("per", "take"))), *_settings(settings)])


def _amount(price: ObservedPrice, per: str) -> str:
    unit = per.partition(" of ")[0]
    return f"{plain_number(price.amount)} {unit}{'' if price.amount == 1 else 's'}"


def _settings(settings: dict[str, Any]) -> Iterator[str]:
    for name, value in settings.items():
        label = labels.short_label(name.partition(" (")[0])
        if isinstance(value, bool):
            yield f"{label} {'on' if value else 'off'}"
        elif isinstance(value, str) and value.endswith(PIXELS):
            yield _("{megapixels:.1f} MP").format(megapixels=int(value.removesuffix(PIXELS)) / PIXELS_PER_MEGAPIXEL)
        else:
            yield f"{label} {', '.join(map(str, value)) if isinstance(value, list) else value}"
