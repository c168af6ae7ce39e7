"""Parts of the scene's page that are rendered once for each state in which they are shown.

A page has fifty tiles of takes and thirty models. To render them anew was half of what the page costs. Each part has a
key with all that it shows.
"""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString

from generation.forms.ratios import Drawing
from generation.models import GenerationJob
from generation.pages.model_picker import ModelChoice, ModelGroup
from generation.pages.scene_page import ScenePage
from generation.templatetags.takes import clip, is_unfinished, quality_report, still
from projects.models import Asset
from projects.web.kept_fragments import KeptFragments

register = template.Library()

_tiles = KeptFragments("generation/_tile.html")
_model_lines = KeptFragments("generation/_model_line.html")
# each has 60 kB, and a person looks at a few
_model_lists = KeptFragments("generation/_model_list.html", 64)
_pictures = KeptFragments("projects/_picture.html")
_ratio_shapes = KeptFragments("generation/_ratio_shape.html")
_transports = KeptFragments("generation/_transport.html")


@register.simple_tag
def tile(job: GenerationJob, current: GenerationJob | None) -> SafeString:
    """Return the tile of a job in the strip; `current` is the job in the player."""
    is_current = current is not None and job.pk == current.pk
    return _tiles.render(_shown(job, is_current), lambda: {"job": job, "current": current})


@register.simple_tag
def model_list(groups: Sequence[ModelGroup], type: str = "", name: str = "", star_form: str = "") -> SafeString:
    """Return the list of models with its search; the other arguments are those of its lines."""
    context = {"groups": tuple(groups), "type": type, "name": name, "star_form": star_form}
    return _model_lists.render(tuple(context.values()), lambda: context)


@register.simple_tag
def model_line(model: ModelChoice, maker: str, type: str, name: str, star_form: str) -> SafeString:
    """Return the line of a model in a list of them, with its input, and its star, which may belong to another form."""
    context = {"model": model, "maker": maker, "type": type, "name": name, "star_form": star_form}
    return _model_lines.render(tuple(context.values()), lambda: context)


@register.simple_tag
def picture_choice(picture: Asset, chosen: Asset | None, may_change: bool) -> SafeString:
    """Return the tile of a picture in the composer; `chosen` is the first frame."""
    is_chosen = chosen is not None and picture.pk == chosen.pk
    place = (picture.scene.project.slug, picture.scene.folder_name)
    look = (picture.file_name, picture.width, picture.height, picture.missing_since is None)
    context = {"picture": picture, "chosen_pk": picture.pk if is_chosen else None, "may_change": may_change}
    return _pictures.render((picture.pk, is_chosen, may_change, *place, *look), lambda: context)


@register.simple_tag
def ratio_shape(box: Drawing) -> SafeString:
    """Return the drawing of a ratio."""
    return _ratio_shapes.render(box, lambda: {"box": box})


@register.simple_tag
def transport(page: ScenePage) -> SafeString:
    """Return the buttons below the player."""
    takes = [job.take if job else None for job in (page.current, page.compared)]
    return _transports.render((*page.comparable_takes, None, *takes), lambda: {"scene_page": page})


def _shown(job: GenerationJob, is_current: bool) -> tuple[object, ...]:
    """Return all that the tile of a job shows: two with the same have the same tile."""
    report = quality_report(job)
    return (
        # `progress` is only shown, and changes, while a job is unfinished
        (job.pk, job.version, job.status, job.take, job.mark, job.note, is_current),
        job.progress if is_unfinished(job) else None,
        (job.scene.project.slug, job.scene.folder_name),
        _shown_file(clip(job)),
        _shown_file(still(job)),
        report and (report.verdict, len(report.reasons)),
    )


def _shown_file(asset: Asset | None) -> tuple[object, ...] | None:
    if asset is None:
        return None
    place = (asset.scene.project.slug, asset.scene.folder_name)
    return (asset.pk, asset.selected, asset.selected_automatically, *place)
