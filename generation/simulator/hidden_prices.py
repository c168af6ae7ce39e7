"""Prices that the catalog does not know (`--hidden-prices`), for tests of a studio that has to learn them.

They are made up from a number and the names of kind and model, and depend on what Runway's own prices depend on:
seconds, size, sound, pictures that go in, how many files come out, characters.
"""

from __future__ import annotations

import hashlib
import math
from decimal import Decimal

from generation.runway import catalog
from generation.simulator.inputs import Input
from generation.simulator.output_size import Size, output_size
from generation.simulator.validation import CreateRequest

LEAST_RATE, RATES = 4, 40
CHARACTERS = (20, 25, 40, 50)
COUNT_FIELDS = ("outputCount", "numVariants")
# above each of these numbers of pixels the rate doubles
PIXELS = (1_200_000, 3_000_000)
PER_PICTURE = 2


def hidden_credits(number: int, request: CreateRequest, inputs: list[Input]) -> Decimal:
    """Return the price of a task in whole credits; another `number` gives other prices."""
    secret = _secret(number, request)
    if request.model.kind == "text_to_speech":
        return Decimal(max(1, math.ceil(catalog.utf16_length(request.prompt) / CHARACTERS[secret % len(CHARACTERS)])))
    rate = Decimal(LEAST_RATE + secret % RATES) * _size_factor(_priced_size(request, inputs))
    if request.value("audio") is False:
        rate /= 2
    count = next((int(value) for name in COUNT_FIELDS if (value := request.value(name))), 1)
    pictures = sum(loaded.reference.field.kind == "image" for loaded in inputs)
    return Decimal(math.ceil(rate * _seconds(request, inputs) * count + PER_PICTURE * pictures))


def _secret(number: int, request: CreateRequest) -> int:
    name = f"{number} {request.model.kind} {request.model.name}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")


def _priced_size(request: CreateRequest, inputs: list[Input]) -> Size:
    """Return the size of the output; that of the input counts only where a request cannot choose another one."""
    fields = request.model.fields
    is_chosen = request.model.kind == "image_to_video" or "ratio" in fields or "resolution" in fields
    info = next((loaded.info for loaded in inputs if loaded.info.width), None)
    size = output_size(request, None if is_chosen or not info else (info.width or 0, info.height or 0))
    # with a resolution such as 768p the shape costs nothing
    return (min(size) * 16 // 9, min(size)) if "resolution" in fields else size


def _size_factor(size: Size) -> int:
    return int(2 ** sum(size[0] * size[1] > pixels for pixels in PIXELS))


def _seconds(request: CreateRequest, inputs: list[Input]) -> Decimal:
    """Return the seconds that are requested, else those of the longest recording, else 1."""
    seconds = request.model.output_seconds(request.parameters)
    lengths = [round(loaded.info.seconds, 2) for loaded in inputs if loaded.info.seconds]
    return Decimal(str(seconds or max(lengths, default=1)))
