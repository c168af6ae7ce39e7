"""Our templates without their indentation: a page repeats the same lines for each of a hundred scenes or takes."""

from __future__ import annotations

import re

from django.template.base import Origin
from django.template.loaders import filesystem

INDENTATION = re.compile(r"\n[ \t]+")


class Loader(filesystem.Loader):
    """Load the templates of settings.TEMPLATES as Django does, with every line at the left margin.

    Values that are put into a template keep their white space, and the lines keep their numbers.
    """

    def get_contents(self, origin: Origin) -> str:
        """Return the source of a template. Raise TemplateDoesNotExist when it has none."""
        return INDENTATION.sub("\n", super().get_contents(origin))
