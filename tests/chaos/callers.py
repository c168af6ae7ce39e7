"""Those who ask for takes: through the JSON API, with keys, some of them twice, and again until there is an answer."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import requests

from tests.api_client import data_uri
from tests.chaos.fault_plan import TakePlan

PATIENCE_SECONDS = 90.0
AGAIN_SECONDS = 0.3
PEOPLE = 12


@dataclass
class Order:
    """One take as it was asked for. More than one job for it would be a broken promise."""

    plan: TakePlan
    project: str
    scene: str
    calls: int = 0
    jobs: set[str] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)


class People:
    """`with People(…) as people: people.ask(order, after)`; at the end all have got their answers."""

    def __init__(self, url: str, token: str, picture: bytes) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._picture = data_uri(picture, "image/jpeg")
        self._threads = ThreadPoolExecutor(PEOPLE, thread_name_prefix="person")
        self._lock = threading.Lock()
        self.orders: list[Order] = []

    def __enter__(self) -> People:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()

    def ask(self, order: Order, after: float) -> None:
        with self._lock:
            self.orders.append(order)
        for more in (0.0, *order.plan.repeats):
            self._threads.submit(self._call, order, time.monotonic() + after + more)

    def jobs(self) -> list[str]:
        with self._lock:
            return [job for order in self.orders for job in order.jobs]

    def _call(self, order: Order, at: float) -> None:
        time.sleep(max(at - time.monotonic(), 0))
        end = time.monotonic() + PATIENCE_SECONDS
        while not self._answered(order):
            if time.monotonic() > end:
                order.refusals.append(f"no answer within {PATIENCE_SECONDS:.0f} s")
                return
            time.sleep(AGAIN_SECONDS)

    def _answered(self, order: Order) -> bool:
        body = {
            "projectId": order.project,
            "sceneId": order.scene,
            "promptText": order.plan.prompt,
            "promptImage": self._picture,
        }
        headers = self._headers | {"Idempotency-Key": order.plan.prompt}
        try:
            answer = requests.post(f"{self._url}/api/videos/generate", json=body, headers=headers, timeout=60)
        except requests.RequestException:
            return False
        order.calls += 1
        if answer.status_code in (502, 503, 504):
            return False
        if answer.status_code in (200, 202):
            with self._lock:
                order.jobs.add(answer.json()["data"]["jobId"])
        else:
            order.refusals.append(f"{answer.status_code} {answer.text[:300]}")
        return True
