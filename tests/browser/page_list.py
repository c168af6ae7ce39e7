"""Every page that a person can open, by a name: what is looked at in each theme and width, and asked by axe.

`{…}` are parts of the film that `tests.browser.sample_film` makes. Whatever else answers a GET with 200 stands in
`NO_PAGES` or in `AS_ANOTHER`; tests/unit/test_page_list.py holds them all against the table of addresses, so that none
is forgotten.
"""

from __future__ import annotations

PROJECT = "/projects/{project}/"
EMPTY = "/projects/an-empty-film/"
JOBS = "/admin/generation/generationjob/"
# before anybody has signed in
OUTSIDE = {
    "sign-in": "/accounts/login/",
    "link-used": "/accounts/link/Mg/none/",
    "invitation-used": "/join/none/",
    "share-ended": "/shared/none/",
    "admin-sign-in": "/admin/login/",
}
PAGES = {
    "projects": "/",
    "project": PROJECT,
    "scene": PROJECT + "scene-1/?take=2",
    "scene-compare": PROJECT + "scene-1/?take=2&compare=1",
    "rename-scene": PROJECT + "scene-5/rename/",
    "make": PROJECT + "scene-4/make/",
    "missing": PROJECT + "missing/",
    "members": PROJECT + "members/",
    "auto-retry": PROJECT + "auto-retry/",
    "disclosure": PROJECT + "disclosure/",
    "files": PROJECT + "files/",
    "check-folder": PROJECT + "files/check/",
    "trash": "/trash/",
    "takes": PROJECT + "takes/",
    "cut": PROJECT + "cut/",
    "batches": PROJECT + "batches/",
    "batch-new": PROJECT + "batches/new/",
    "batch": PROJECT + "batches/{batch}/",
    "unconfirmed": "/takes/{unconfirmed}/unconfirmed/",
    "queue": "/queue/",
    "retry": "/queue/retry/",
    "usage": "/usage/",
    "budgets": "/usage/budgets/",
    "connection": "/connection/",
    "status": "/status/",
    "audit": "/audit/",
    "people": "/people/",
    "webhooks": "/webhooks/",
    "webhook": "/webhooks/{webhook}/",
    "clean-up": "/clean-up/",
    "clean-up-project": PROJECT + "clean-up/",
    "account": "/account/",
    "second-factor-setup": "/account/second-factor/",
    "not-found": "/nothing/",
}
# the same pages otherwise: with nothing on them, under way, gone wrong, another kind
OTHERWISE = {
    "projects-none-found": "/?q=nothing+of+that+name",
    "project-empty": EMPTY,
    "scene-running": PROJECT + "scene-1/?take=4",
    "scene-failed": PROJECT + "scene-1/?take=3",
    "scene-unconfirmed": PROJECT + "scene-2/?take=2",
    "scene-empty": PROJECT + "scene-6/",
    "cut-empty": EMPTY + "cut/",
    "takes-none": EMPTY + "takes/",
    "batches-none": EMPTY + "batches/",
    "queue-none": "/queue/?state=cancelled",
}
ADMIN = {
    "admin": "/admin/",
    "admin-jobs": JOBS,
    "admin-job": JOBS + "{job}/change/",
    "admin-project": "/admin/projects/project/{project_key}/change/",
    "admin-assets": "/admin/projects/asset/",
    "admin-asset": "/admin/projects/asset/{image}/change/",
    "admin-users": "/admin/auth/user/",
    "admin-user": "/admin/auth/user/{user}/change/",
    "admin-delete": "/admin/auth/user/{user}/delete/",
    "admin-password": "/admin/password_change/",
}
# those that are also gone through by the keyboard: each has controls that no other has
WALKED = ("projects", "project", "scene", "make", "batch-new", "queue", "usage", "account", "cut")
# in the table's own words, `*` for any part: of the same template as a page above
AS_ANOTHER = {
    "/admin/*/*/": "admin-assets",
    "/admin/*/*/*/change/": "admin-asset",
    "/admin/*/*/*/history/": "admin-project",
    "/admin/*/*/*/delete/": "admin-delete",
    "/admin/auth/*/add/": "admin-user",
    "/admin/auth/user/1/password/": "admin-password",
    "/admin/password_change/done/": "admin-password",
    "/admin/projects/": "admin",
}
NO_PAGES = {
    "/projects/film/storyboard/": "a part of the project's page",
    "/projects/film/facts/": "a part of the project's page",
    "/projects/film/scene-1/stage/": "a part of the scene's page",
    "/projects/film/scene-1/composer/": "a part of the scene's page",
    "/projects/film/scene-1/card/": "a part of the project's page",
    "/projects/film/scene-1/files/": "a part of the scene's page",
    "/projects/film/scene-1/pictures/*": "a part of the scene's page",
    "/projects/film/cut/data/": "JSON for the cut's page",
    "/shared/{link_token}/file": "the file of a shared film",
    "/projects/film/cut/files/": "JSON for the cut's page",
    "/projects/film/prompts/": "a part of the scene's page",
    "/projects/film/scene-list/": "a part of the scene's page",
    "/takes/{job}/": "a part of the scene's page",
    "/takes/{job}/tile/": "a part of the scene's page",
    "/takes/{job}/news/": "a part of the queue's page",
    "/made/{job}/": "a part of the page to make more",
    "/palette/": "a part of every page",
    "/balance/": "a part of every page",
    "/queue/plan/": "a part of the queue's page",
    "/queue/pauses/": "a part of every page",
    "/projects/film/disclosure.csv": "a file",
    "/projects/film/disclosure.json": "a file",
    "/usage/ledger.csv": "a file",
    "/admin/projects/asset/{image}/poster/": "a picture",
    "/admin/jsi18n/": "a script",
    "/api/openapi.json": "JSON",
    "/api/docs": "Swagger's page, as django-ninja brings it",
    "/healthz": "JSON",
    "/metrics": "counters for Prometheus",
    "/styles/*": "a stylesheet",
    # django-rq's own pages, as they come
    "/django-rq/*": "of another project",
    "/admin/django_rq/*": "of another project",
}
