"""The stylesheets of a page: the files of static/css, joined when the first page asks for them.

`studio` is what every page needs, `admin` what Django's admin needs; any other name is a page's own. A page so loads
one or two stylesheets, compressed, however many files they are written in. The address has a hash of what is in it, so
that a browser keeps each for good and asks for it again after an update only.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from projects.web.static_files import FOREVER

FOLDER = settings.BASE_DIR / "static" / "css"
# in the order in which they are sent; a pattern stands for its files by name
SHARED = {
    "studio": ("tokens.css", "base.css", "components/*.css"),
    "admin": ("tokens.css", "admin/*.css"),
}


class Stylesheet(NamedTuple):
    """One joined stylesheet: its bytes, the same compressed, and a hash of them for the address."""

    content: bytes
    compressed: bytes
    version: str


@require_safe
def stylesheet(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with the stylesheet `name`; without its current version in the query it is not to be kept."""
    sheet = load(name)
    accepts_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(sheet.compressed if accepts_gzip else sheet.content, content_type="text/css; charset=utf-8")
    if accepts_gzip:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    response["Cache-Control"] = FOREVER if request.GET.get("v") == sheet.version else "no-cache"
    return response


def stylesheet_url(name: str) -> str:
    """Return the address of a stylesheet, with its version. Raise Http404 for a name that no files have."""
    return f"{reverse('stylesheet', args=[name])}?v={load(name).version}"


def load(name: str) -> Stylesheet:
    """Return the stylesheet `name`, read once; in DEBUG anew each time, so that an edit is seen."""
    return _join(name) if settings.DEBUG else _join_once(name)


def _join(name: str) -> Stylesheet:
    content = b"\n".join(path.read_bytes() for path in files(name))
    # mtime: the same bytes in each process, whenever it has started
    return Stylesheet(content, gzip.compress(content, mtime=0), hashlib.sha256(content).hexdigest()[:12])


_join_once = cache(_join)


def files(name: str) -> list[Path]:
    """Return the files of a stylesheet in their order. Raise Http404 when there are none."""
    patterns = SHARED.get(name) or (f"pages/{name}.css", f"pages/{name}/*.css")
    paths = [path for pattern in patterns for path in sorted(FOLDER.glob(pattern))]
    if not paths:
        raise Http404(f"There is no stylesheet named {name}.")
    return paths
