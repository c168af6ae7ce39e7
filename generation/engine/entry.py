"""An entry of RQ, as the studio's workers read it: one of our functions with ids, whatever else stands in Redis.

RQ imports and runs any function that an entry names, so without this, who may write to Redis could run any program.
"""

from __future__ import annotations

import re

from rq.exceptions import DeserializationError
from rq.job import UNEVALUATED, Job

from generation.engine import steps

_ID = re.compile(r"[0-9a-f-]{36}")


class Entry(Job):
    """RQ's job, restricted to a function of a step (`steps.py`) with ids of rows. Callbacks are not run."""

    # RQ reads the name and the arguments of an entry nowhere else
    def _deserialize_data(self) -> None:
        """Read function and arguments. Raise DeserializationError, which fails the entry, for any others than ours."""
        super()._deserialize_data()  # type: ignore[no-untyped-call]
        arguments = self._args if isinstance(self._args, list | tuple) else [None]
        allowed = self._func_name in steps.functions() and not self._instance and not self._kwargs
        if not allowed or not all(isinstance(argument, str) and _ID.fullmatch(argument) for argument in arguments):
            self._func_name = self._instance = UNEVALUATED
            raise DeserializationError("The entry names a function or arguments that are not the studio's.")

    @property
    def success_callback(self) -> None:
        """Return None: RQ would import what an entry names."""

    @property
    def failure_callback(self) -> None:
        """Return None, as above."""

    @property
    def stopped_callback(self) -> None:
        """Return None, as above."""
