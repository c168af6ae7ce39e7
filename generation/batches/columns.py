"""The columns that a shot list may have, by the names that people write in its first line."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache

from django.utils.translation import gettext as _

from generation.runway import catalog
from projects.disk.name_matching import column_key

# columns besides the fields of the models
OWN_COLUMNS = ("scene", "kind", "model", "takes", "reuse", "maxCredits")
# other names that people write
ALIASES = {"sceneId": "scene", "prompt": "promptText", "image": "promptImage", "picture": "promptImage"}
EXAMPLE = "scene,prompt,image,model,duration,seed"


def column_name(title: str) -> str | None:
    """Return the proper name of a column, however its title is spelt; None for an unknown one."""
    return _names_by_key().get(column_key(title))


def column_names() -> list[str]:
    """Return the proper name of every column, ours and the fields of every model."""
    fields = [name for kind in catalog.kinds() for model in catalog.models(kind) for name in model.fields]
    return list(dict.fromkeys([*OWN_COLUMNS, *fields]))


def allowed_columns(title: str) -> str:
    """Return the sentence that says which columns there are, or which one an unknown title may mean."""
    if close := get_close_matches(column_key(title), _names_by_key(), 1, 0.75):
        return _("Did you mean {column}?").format(column=_names_by_key()[close[0]])
    return _("The columns are {own_columns}, prompt, image, and any field of the model by Runway's name.").format(
        own_columns=", ".join(OWN_COLUMNS)
    )


@cache
def _names_by_key() -> dict[str, str]:
    return {column_key(title): name for title, name in [*ALIASES.items(), *((name, name) for name in column_names())]}
