"""A picture that Runway would refuse for its shape is cropped to that of the take: what is sent is what was shown.

static/js/pages/scene/frames.js draws the same crop before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generation.forms.ratios import sides
from generation.runway.catalog import CatalogModel
from projects.actions.framing import Frame, keep_frame
from projects.models import Asset

# of the bounds that Runway has for width by height: a crop has whole pixels, and must not be outside by one
MARGIN = 0.005


def crop_shape(model: CatalogModel, ratio: object, picture: Asset) -> tuple[int, int] | None:
    """Return the sides of the part of a picture that is sent; None where Runway takes the picture as it is."""
    width, height, bounds = picture.width, picture.height, model.aspect_range
    if not width or not height or not bounds or bounds[0] <= width / height <= bounds[1]:
        return None
    wanted = sides(str(ratio)) or (width, height)
    least, most = bounds[0] * (1 + MARGIN), bounds[1] * (1 - MARGIN)
    aspect = min(max(wanted[0] / wanted[1], least), most)
    return wanted if aspect == wanted[0] / wanted[1] else (round(1000 * aspect), 1000)


def fit_picture(model: CatalogModel, ratio: object, picture: Asset) -> Asset:
    """Return the picture, or the middle of it in a shape that Runway takes, stored beside it.

    Raise Problem where the file is missing or no picture.
    """
    shape = crop_shape(model, ratio, picture)
    if shape is None or not picture.width or not picture.height:
        return picture
    # in shares of the picture's sides
    width = min(1.0, shape[0] / shape[1] * picture.height / picture.width)
    height = width * picture.width / picture.height * shape[1] / shape[0]
    return keep_frame(picture, Frame((1 - width) / 2, (1 - height) / 2, width, shape))


def chosen_ratio(model: CatalogModel, parameters: Mapping[str, Any]) -> object:
    """Return the ratio of a request, by default the model's."""
    return parameters.get("ratio") or model.default_ratio
