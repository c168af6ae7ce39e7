"""Every field of every model has its control, and a form makes the same request as the API accepts."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.template.loader import render_to_string

from generation.forms.builder import Look, build_controls
from generation.forms.composer_fields import (
    accepted_values,
    composer_fields,
    more_pictures_field,
    plain_fields,
    read_prompt_image,
    write_composer,
)
from generation.forms.controls import Control, place_problem
from generation.forms.form_data import change_rows
from generation.forms.reader import read_field, read_parameters
from generation.forms.writer import write_parameters
from generation.labels import field_label
from generation.runway import catalog
from generation.runway.catalog import CatalogModel
from projects.models import Asset, Project, Scene
from projects.problems import FieldProblem
from tests import catalog_requests

COMPOSER = catalog.DEFAULT_KIND
OTHERS = [model for kind in catalog.kinds() if kind != COMPOSER for model in catalog.models(kind)]
SCENE = Scene(project=Project(slug="film"), number=1)
KINDS = ("image", "video", "audio")
FILES = {
    f"asset:{pk}": Asset(pk=pk, kind=kind, scene=SCENE, file_name=f"{kind}-{number}")
    for place, kind in enumerate(KINDS)
    for number in range(3)
    for pk in [UUID(int=10 * place + number + 1)]
}


def file_of(kind: str, number: int) -> str:
    return f"asset:{UUID(int=10 * KINDS.index(kind) + number + 1)}"


def kind_of(value: str) -> str:
    return FILES[value].kind


def rendered(controls: list[Control], template: str = "_form_control.html") -> set[str]:
    """Return the names under which a browser would send what is in the form."""
    page = "".join(render_to_string(f"generation/{template}", {"control": control}) for control in controls)
    return set(re.findall(r'<(?:input|select|textarea)[^>]*\sname="([^"]+)"', page))


@pytest.mark.parametrize("model", OTHERS, ids=lambda model: f"{model.kind}-{model.name}")
def test_a_form_has_every_field_and_makes_the_same_request(model: CatalogModel) -> None:
    for option in (0, -1):
        body = catalog_requests.most(model, file_of, option)
        form = write_parameters(model.fields, body)
        assert read_parameters(model.fields, form, kind_of) == body
        assert set(form) <= rendered(build_controls(model.fields, form, list(FILES.values())))


@pytest.mark.parametrize("model", catalog.models(COMPOSER), ids=lambda model: model.name)
def test_the_composer_has_every_field_and_makes_the_same_request(model: CatalogModel) -> None:
    first, last = (FILES[file_of("image", number)] for number in range(2))
    fields = composer_fields(model)
    for option in (0, -1):
        body = catalog_requests.most(model, file_of, option)
        # the composer has other controls for these two
        del body["promptText"], body["promptImage"]
        form = write_composer(model, body)
        assert read_parameters(fields, form) == body
        controls = build_controls(fields, form, list(FILES.values()), Look.COMPOSER)
        plain = [control for control in controls if control.name in plain_fields(model)]
        structured = [control for control in controls if control not in plain]
        assert set(form) <= rendered(plain, "_composer_control.html") | rendered(structured)
    for end in (None, last) if "last" in model.frame_positions else (None,):
        problems = model.check(read_prompt_image(model, first, end))
        assert not [problem for problem in problems if "promptImage" in problem.field]


def test_the_composer_accepts_several_pictures_where_the_model_does() -> None:
    models = {model.name for model in catalog.models(COMPOSER) if more_pictures_field(model)}
    assert {"kling_4", "hailuo3", "seedance2", "wan3"} <= models
    assert not models & {"gen4_turbo", "veo3.1", "kling3.0_pro"}
    model = catalog.find(COMPOSER, "hailuo3")
    assert model
    first, second, third = (FILES[file_of("image", number)] for number in range(3))
    data = {f"promptImage.asset:{second.pk}": "on", f"promptImage.asset:{third.pk}": "on"}
    parameters = read_prompt_image(model, first, None, data)
    assert parameters == {"promptImage": [{"uri": f"asset:{each.pk}"} for each in (first, second, third)]}
    assert write_composer(model, parameters) == data


ALEPH = catalog.find("video_to_video", "aleph2")


def keyframes(form: dict[str, str]) -> Control:
    assert ALEPH
    (control,) = build_controls({"keyframes": ALEPH.fields["keyframes"]}, form, list(FILES.values()))
    return control


def test_rows_can_be_added_and_removed() -> None:
    form = change_rows({}, "add:keyframes")
    form = change_rows({**form, "keyframes.0.seconds": "2"}, "add:keyframes")
    assert [row.name for row in keyframes(form).parts] == ["keyframes.0", "keyframes.1"]
    assert ALEPH
    # empty rows are left out
    assert read_field(ALEPH.fields["keyframes"], "keyframes", form) == [{"seconds": 2}]
    form = change_rows({**form, "keyframes.1.at": "0.5"}, "remove:keyframes.0")
    assert read_field(ALEPH.fields["keyframes"], "keyframes", form) == [{"at": 0.5}]
    assert keyframes({}).can_add_row
    assert not keyframes({f"keyframes.{number}.at": "0" for number in range(5)}).can_add_row


def test_problems_are_placed_at_nested_controls() -> None:
    assert ALEPH
    picture = file_of("image", 0)
    form = {"keyframes.0.uri": picture, "keyframes.0.at": "7", "keyframes.1.seconds": "soon"}
    body = read_parameters(ALEPH.fields, form)
    control = keyframes(form)
    for problem in ALEPH.check({**body, "videoUri": file_of("video", 0), "promptText": "rain"}):
        assert place_problem([control], problem)
    said = {each.name: each.problem for each in control.walk() if each.problem}
    assert "keyframes.0.at must be a number from 0 to 1" in said["keyframes.0.at"]
    assert "keyframes.1.seconds must be a number" in said["keyframes.1.seconds"]
    assert "needs keyframes.1.uri: a picture" in said["keyframes.1.uri"]
    page = render_to_string("generation/_form_control.html", {"control": control})
    assert 'aria-describedby="make-keyframes.0.at-problem"' in page


def test_a_problem_with_a_tag_is_placed_at_its_picture() -> None:
    model = catalog.find("text_to_image", "gen4_image")
    assert model
    field = model.fields["referenceImages"]
    one, two = file_of("image", 0), file_of("image", 2)
    form = {f"referenceImages.{one}": "on", f"referenceImages.{two}": "on", f"referenceImages.{two}.tag": "a!"}
    (control,) = build_controls({"referenceImages": field}, form, list(FILES.values()))
    (problem,) = [
        each
        for each in model.check({"referenceImages": read_field(field, "referenceImages", form)})
        if "tag" in each.field
    ]
    assert place_problem([control], problem)
    assert [each.name for each in control.walk() if each.problem] == [f"referenceImages.{two}.tag"]
    assert not place_problem([control], FieldProblem("ratio", "Another field's."))


@pytest.mark.parametrize("kind", catalog.kinds())
def test_every_field_has_a_label(kind: str) -> None:
    for model in catalog.models(kind):
        for name in model.fields:
            assert field_label(name)[0].isupper()


def test_numbers_that_are_equally_far_apart_have_a_slider() -> None:
    def duration(name: str) -> Control:
        model = catalog.find(COMPOSER, name)
        assert model
        (control,) = build_controls({"duration": model.fields["duration"]}, {}, [], Look.COMPOSER)
        return control

    slider = duration("gen4_turbo")
    assert (slider.kind, slider.options[0].value, slider.options[-1].value, slider.step) == ("slider", "2", "10", 1)
    assert duration("veo3.1").kind == "chips"


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("veo3.1", {"duration": "5", "ratio": "1584:672"}, {"duration": "4", "ratio": "1280:720"}),
        ("gen4_turbo", {"duration": "30", "ratio": "1080:1920"}, {"duration": "10", "ratio": "720:1280"}),
        ("gen4_turbo", {"duration": "auto", "ratio": "adaptive"}, {}),
    ],
)
def test_another_model_keeps_the_nearest_duration_and_shape(
    name: str, before: dict[str, str], after: dict[str, str]
) -> None:
    model = catalog.find(COMPOSER, name)
    assert model
    assert accepted_values(model, before) == after
