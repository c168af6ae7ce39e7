"""System checks of the settings themselves."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register()
def settings_are_spelt_right(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn of each name in the environment or in `.env` that is ignored, and looks like a setting."""
    hint = "manage.py settings shows every setting, and where its value comes from."
    return [Warning(sentence, hint, id="dailies.W001") for sentence in settings.ENVIRONMENT.warnings()]
