"""The proxies of clips in DATA_DIR/proxies/: made when a clip arrives in a film, or when somebody asks for it.

They are a cache: one that is missing, or whose nudge was lost, is asked for again by the next page that wants it.
"""

from __future__ import annotations

import logging
from pathlib import Path

from django.conf import settings

from film.document.timeline import Medium, Timeline
from film.render.cache import SegmentCache
from film.render.process import Control, RenderFailed
from film.render.proxy import make_proxy, proxy_name
from generation.engine import queues
from projects.disk.atomic import IncomingFile
from projects.models import Asset
from projects.problems import Problem

logger = logging.getLogger("dailies.exports")

MAX_BYTES = 20 * 1024**3
# of one film at a time: the page of a long one asks for the others
MOST_AT_ONCE = 100


def proxy_path(sha256: str) -> Path:
    """Return where the proxy of a file with this hash is, or will be."""
    return proxy_folder() / sha256[:2] / proxy_name(sha256)


def proxy_folder() -> Path:
    """Return where all proxies are."""
    return Path(settings.DATA_DIR) / "proxies"


def is_missing(sha256: str) -> bool:
    """Return whether a proxy may still be made: it is not there, and did not fail."""
    path = proxy_path(sha256)
    return not path.is_file() and not _failed(path).exists()


def request_proxy(asset_id: str) -> None:
    """Let a worker make the proxy of a clip."""
    queues.nudge("proxy", asset_id)


def request_missing(timeline: Timeline) -> None:
    """Let a worker make what is missing of the clips of a film, and of the other takes of its scenes."""
    media = [medium for clip in timeline.clips for medium in (clip.medium, *clip.alternates) if medium]
    for medium in _clips_without_proxy(media)[:MOST_AT_ONCE]:
        request_proxy(medium.asset)


def _clips_without_proxy(media: list[Medium]) -> list[Medium]:
    by_hash = {medium.sha256: medium for medium in media if medium.kind == "video"}
    return [medium for sha256, medium in by_hash.items() if is_missing(sha256)]


def make(asset_id: str) -> None:
    """Make the proxy of a clip, unless it is there. One that cannot be made is not tried again."""
    asset = Asset.objects.select_related("scene__project").filter(pk=asset_id, kind=Asset.Kind.VIDEO).first()
    if asset is None or not is_missing(asset.sha256):
        return
    path = proxy_path(asset.sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with IncomingFile(path.parent) as incoming:
            make_proxy(asset.path, incoming.path, Control())
            incoming.replace(path.name)
    except FileNotFoundError:
        # it may be put back, so this is no failure of the clip
        return
    except (RenderFailed, Problem) as error:
        logger.warning("proxy of %s not made: %s", asset.relative_path, error)
        _failed(path).touch()
        return
    SegmentCache(proxy_folder(), MAX_BYTES).prune()


def _failed(path: Path) -> Path:
    return path.with_suffix(".failed")
