"""Stars of models: each person has their own."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from generation.models import FavoriteModel
from generation.runway import catalog
from projects.problems import not_found


def favorite_models(user: User) -> set[str]:
    """Return the names of the models that a person has starred."""
    return set(FavoriteModel.objects.filter(user=user).values_list("model", flat=True))


def star_model(user: User, model: str, *, is_starred: bool) -> None:
    """Star a model, or take its star away. Raise Problem 404 for one that the catalog does not have."""
    if not is_starred:
        FavoriteModel.objects.filter(user=user, model=model).delete()
        return
    if not any(catalog.find(kind, model) for kind in catalog.kinds()):
        raise not_found(_("model"))
    FavoriteModel.objects.get_or_create(user=user, model=model)
