"""The resources of a returned FCPXML file."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from xml.etree.ElementTree import Element

from film.handover.fcpxml import facts
from film.handover.fcpxml.facts import seconds_of
from film.handover.returned import Reference


@dataclass(frozen=True)
class FoundMedia:
    """The asset of a clip, and from which second of it the clip plays."""

    reference: Reference
    source_in: Fraction
    has_picture: bool


class Media:
    """Finds what `ref` and `format` mean."""

    def __init__(self, root: Element) -> None:
        resources = [each for each in root.find("resources") or () if each.get("id")]
        self._by_id = {f"{each.tag} {each.get('id')}": each for each in resources}

    def of(self, clip: Element) -> FoundMedia | None:
        """Return the asset that a clip plays. An old kind of clip has its picture as an element within it."""
        inner = clip
        if clip.tag == "clip":
            parts = [each for each in clip if each.tag in ("video", "audio", "asset-clip") and not each.get("lane")]
            if not parts:
                return None
            inner = parts[0]
        asset = self._by_id.get(f"asset {inner.get('ref')}")
        if asset is None:
            return None
        source_in = seconds_of(inner.get("start")) - seconds_of(asset.get("start"))
        if inner is not clip:
            source_in += seconds_of(clip.get("start")) - seconds_of(inner.get("offset"))
        return FoundMedia(_reference(asset), source_in, asset.get("hasVideo") == "1")

    def duration_of(self, clip: Element) -> Fraction:
        """Return the length of a clip's asset in seconds."""
        asset = self._by_id.get(f"asset {clip.get('ref')}")
        return Fraction(0) if asset is None else seconds_of(asset.get("duration"))

    def effect_name(self, element: Element | None) -> str | None:
        """Return the name of the effect that an element refers to."""
        effect = self._effect(element)
        return None if effect is None else effect.get("name") or "unnamed"

    def effect_uid(self, element: Element | None) -> str:
        """Return what an effect is, in any language."""
        effect = self._effect(element)
        return "" if effect is None else effect.get("uid") or ""

    def _effect(self, element: Element | None) -> Element | None:
        return None if element is None else self._by_id.get(f"effect {element.get('ref')}")

    def rate_of(self, format_id: str | None) -> Fraction | None:
        """Return the frames per second of a format, None where it does not say."""
        found = self._by_id.get(f"format {format_id}")
        duration = Fraction(0) if found is None else seconds_of(found.get("frameDuration"))
        return 1 / duration if duration else None


def _reference(asset: Element) -> Reference:
    own = {md.get("key"): md.get("value") or "" for md in asset.iterfind("metadata/md")}
    representation = asset.find("media-rep")
    # before version 1.9 the asset had it itself
    path = asset.get("src") if representation is None else representation.get("src")
    name = asset.get("name") or ""
    return Reference(own.get(facts.ASSET_KEY, ""), own.get(facts.SHA256_KEY, ""), path or "", name)
