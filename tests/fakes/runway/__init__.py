"""The one stand-in for Runway: it answers as a test tells it to, faults among it, and keeps what it was sent.

It is not the simulator, which is a part of the product and behaves as Runway does: this one behaves as badly as a test
wants. `FakeRunway` has the state and the answers. They travel by `http_server` (real HTTP, for the engine's steps, for
whole studios and for chaos) or by `transport` (in memory, for the model of a job's life).
"""

from tests.fakes.runway.fake import FakeRunway
from tests.fakes.runway.faults import Fault
from tests.fakes.runway.messages import Answer, Request
from tests.fakes.runway.tasks import Task

__all__ = ["Answer", "FakeRunway", "Fault", "Request", "Task"]
