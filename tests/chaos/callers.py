"""Those who ask for takes: through the JSON API, with keys, some of them twice, and again until there is an answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

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
    over_budget: int = 0
    successors: set[str] = field(default_factory=set)  # by retries
    cancelled: bool = False  # the API has taken the wish
    batch: str = ""  # its key, where it was asked for with others


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

    def ask_together(self, orders: list[Order], key: str) -> None:
        """As a batch, twice with the same key."""
        with self._lock:
            self.orders.extend(orders)
        for order in orders:
            order.batch = key
        for _ in range(2):
            self._threads.submit(self._insist, orders[0], lambda: self._batch_answered(orders, key))

    def retry(self, order: Order, job: str) -> None:
        """Twice with the same key: one more take."""
        for _ in range(2):
            self._threads.submit(self._insist, order, lambda: self._retry_answered(order, job))

    def ask(self, order: Order, after: float) -> None:
        with self._lock:
            self.orders.append(order)
        for more in (0.0, *order.plan.repeats):
            self._threads.submit(self._call, order, time.monotonic() + after + more)

    def jobs(self) -> list[str]:
        with self._lock:
            return [job for order in self.orders for job in order.jobs | order.successors]

    def _call(self, order: Order, at: float) -> None:
        time.sleep(max(at - time.monotonic(), 0))
        self._insist(order, lambda: self._answered(order))
        if order.plan.cancel_after is not None and order.jobs:
            time.sleep(order.plan.cancel_after)
            self._insist(order, lambda: self._cancel_answered(order))

    def _insist(self, order: Order, is_answered: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not is_answered():
            if time.monotonic() > end:
                order.refusals.append(f"no answer within {PATIENCE_SECONDS:.0f} s")
                return
            time.sleep(AGAIN_SECONDS)

    def _post(self, order: Order, path: str, body: dict[str, Any], key: str = "") -> requests.Response | None:
        """None where there is no answer yet."""
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        try:
            answer = requests.post(f"{self._url}{path}", json=body, headers=headers, timeout=60)
        except requests.RequestException:
            return None
        order.calls += 1
        return None if answer.status_code in (502, 503, 504) else answer

    def _cancel_answered(self, order: Order) -> bool:
        answer = self._post(order, f"/api/jobs/{next(iter(order.jobs))}/cancel", {})
        if answer is None or (answer.status_code == 409 and answer.json()["code"] == "busy"):
            return False
        # 409: it has ended
        if answer.status_code in (200, 202):
            order.cancelled = True
        elif answer.status_code != 409:
            order.refusals.append(f"cancel: {answer.status_code} {answer.text[:300]}")
        return True

    def _retry_answered(self, order: Order, job: str) -> bool:
        answer = self._post(order, f"/api/jobs/{job}/retry", {}, f"retry {job}")
        if answer is None:
            return False
        if answer.status_code in (200, 202):
            with self._lock:
                order.successors.add(answer.json()["data"]["jobId"])
        else:
            order.refusals.append(f"retry: {answer.status_code} {answer.text[:300]}")
        return True

    def _batch_answered(self, orders: list[Order], key: str) -> bool:
        fields = ("scene", "promptText", "promptImage")
        items = [dict(zip(fields, (order.scene, order.plan.prompt, self._picture), strict=True)) for order in orders]
        body = {"projectId": orders[0].project, "items": items}
        answer = self._post(orders[0], "/api/batches", body, key)
        if answer is None:
            return False
        if answer.status_code in (200, 202):
            return self._note_jobs(orders, answer.json()["data"]["batchId"])
        orders[0].refusals.append(f"batch: {answer.status_code} {answer.text[:300]}")
        return True

    def _note_jobs(self, orders: list[Order], batch: str) -> bool:
        try:
            answer = requests.get(f"{self._url}/api/jobs?batch={batch}&limit=200", headers=self._headers, timeout=60)
        except requests.RequestException:
            return False
        if answer.status_code != 200:
            return False
        by_prompt = {order.plan.prompt: order for order in orders}
        with self._lock:
            for job in answer.json()["data"]["jobs"]:
                by_prompt[job["promptText"]].jobs.add(job["jobId"])
        return True

    def _answered(self, order: Order) -> bool:
        body = {
            "projectId": order.project,
            "sceneId": order.scene,
            "promptText": order.plan.prompt,
            "promptImage": self._picture,
        }
        answer = self._post(order, "/api/videos/generate", body, order.plan.prompt)
        if answer is None:
            return False
        if answer.status_code in (200, 202):
            with self._lock:
                order.jobs.add(answer.json()["data"]["jobId"])
        elif order.plan.is_tight and answer.status_code == 409 and answer.json()["code"] == "budget_exceeded":
            order.over_budget += 1
        else:
            order.refusals.append(f"{answer.status_code} {answer.text[:300]}")
        return True
