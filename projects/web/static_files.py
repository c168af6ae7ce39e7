"""Static files: texts compressed, when each is first asked for, and scripts under the version that pages name.

Whitenoise sends compressed files only where a build has put them beside the others, and the studio has no build.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path
from typing import cast

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from projects.web.scripts import split_version

FOREVER = "public, max-age=31536000, immutable"
_TEXTS = ("text/", "application/json", "image/svg+xml")


class CompressedStaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Answer requests for static files, with gzip where the browser accepts it and the file is a text."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer for a static file, and leave every other request to the next."""
        path, is_current = split_version(request.path_info)
        static_file = self.find_file(path) if self.autorefresh else self.files.get(path)
        if static_file is None:
            return cast(HttpResponseBase, self.get_response(request))
        response = self.serve(static_file, request)
        if is_current:
            response["Cache-Control"] = FOREVER
        return response

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponseBase:
        """Return the file, a part of it, or that it was not modified."""
        response: HttpResponseBase = WhiteNoiseMiddleware.serve(static_file, request)
        _, headers = static_file.get_path_and_headers({})
        if not dict(headers)["Content-Type"].startswith(_TEXTS):
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        accepts_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
        return _compress(response, static_file) if accepts_gzip and response.status_code == 200 else response


def _compress(response: HttpResponseBase, static_file: StaticFile) -> HttpResponse:
    """Return the same answer with the compressed file. Django's server drops the body of an answer to HEAD."""
    # the file alone: to close the answer would end the request for whoever waits for its end, such as the database
    if file := cast(FileResponse, response).file_to_stream:
        file.close()
    path, _ = static_file.get_path_and_headers({})
    content = _compressed(path, static_file.etag)
    headers = {**response.headers, "Content-Encoding": "gzip", "Content-Length": str(len(content))}
    return HttpResponse(content, headers=headers)


@lru_cache(maxsize=512)
def _compressed(path: str, version: str) -> bytes:
    """Return a compressed file; `version` changes with it, which only DEBUG notices while the studio runs."""
    # mtime: the same bytes from each process
    return gzip.compress(Path(path).read_bytes(), mtime=0)
