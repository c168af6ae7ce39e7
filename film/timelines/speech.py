"""What generated speech says."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from generation.models import GenerationJob


def speech_lines(files: Iterable[UUID | str]) -> dict[str, str]:
    """Return the text of each of these sounds that was made from one, by the id of its file."""
    keys = [UUID(str(file)) for file in files]
    # by the files, of which a film has few sounds: the jobs of its scenes are the whole history
    jobs = GenerationJob.objects.filter(kind="text_to_speech", asset__in=keys)
    columns = jobs.order_by().values_list("asset_id", "parameters")
    return {str(asset): str(parameters.get("promptText") or "") for asset, parameters in columns}
