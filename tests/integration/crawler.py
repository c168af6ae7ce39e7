"""All that a signed-in person can reach by following links, some of each kind."""

from __future__ import annotations

import re
from collections import Counter, deque

import requests

LINK = re.compile(r"""(?:href|src|hx-get)="(/[^"#]*)""")
# what stands for one of many: a project, a scene, a job, a number
ONE_OF_MANY = re.compile(r"(?<=/projects/)[^/]+|scene-\d+|[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)")
OF_EACH_KIND = 3
BEGIN = (
    "/",
    "/admin/",
    "/admin/generation/generationjob/",
    "/django-rq/",
    "/api/docs",
    "/api/openapi.json",
    "/healthz",
)


def kind_of(path: str) -> str:
    return ONE_OF_MANY.sub("*", path.partition("?")[0])


def crawled(url: str, password: str, user: str = "owner") -> dict[str, bytes]:
    """Path → body; an assertion where a page is an error of the server's."""
    session = _signed_in(url, user, password)
    found: dict[str, bytes] = {}
    seen: Counter[str] = Counter()
    waiting = deque(BEGIN)
    while waiting:
        path = waiting.popleft()
        if path in found or seen[kind_of(path)] >= OF_EACH_KIND:
            continue
        seen[kind_of(path)] += 1
        answer = session.get(url + path, timeout=30)
        assert answer.status_code < 500, f"{path}: {answer.status_code}"
        found[path] = answer.content
        if answer.headers["Content-Type"].startswith("text/html"):
            waiting.extend(link.replace("&amp;", "&") for link in LINK.findall(answer.text))
    return found


def _signed_in(url: str, user: str, password: str) -> requests.Session:
    session = requests.Session()
    session.get(f"{url}/accounts/login/", timeout=30)
    form = {"username": user, "password": password, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    answer = session.post(f"{url}/accounts/login/", form, headers={"Referer": url}, timeout=30)
    assert answer.status_code == 200
    assert "sessionid" in session.cookies
    return session
