from django.urls import path, re_path

from generation.views import budgets, first_steps, making, missing, queue, reports, scene, takes, unconfirmed, usage

SCENE = r"^projects/(?P<project_id>[a-z0-9-]+)/(?P<scene_id>scene-\d+)/"

urlpatterns = [
    re_path(SCENE + r"$", scene.scene, name="scene"),
    re_path(SCENE + r"stage/$", scene.stage, name="stage"),
    re_path(SCENE + r"make/$", making.make, name="make"),
    re_path(SCENE + r"make/price/$", making.price, name="make-price"),
    path("made/<uuid:job_id>/", making.made, name="made"),
    path("projects/<slug:project_id>/missing/", missing.missing, name="missing-takes"),
    path("first-steps/dismiss/", first_steps.dismiss, name="dismiss-steps"),
    re_path(SCENE + r"composer/$", scene.composer, name="composer"),
    path("takes/<uuid:job_id>/", takes.take, name="take"),
    path("takes/<uuid:job_id>/tile/", takes.tile, name="take-tile"),
    path("takes/<uuid:job_id>/mark/", takes.mark, name="mark-take"),
    path("takes/<uuid:job_id>/note/", takes.note, name="note-take"),
    path("takes/<uuid:job_id>/last-frame/", takes.last_frame, name="last-frame"),
    path("takes/<uuid:job_id>/move/", queue.move, name="move-take"),
    path("takes/<uuid:job_id>/cancel/", takes.cancel, name="cancel-take"),
    path("takes/<uuid:job_id>/retry/", takes.retry, name="retry-take"),
    path("takes/<uuid:job_id>/resolve/", takes.resolve, name="resolve-take"),
    path("takes/<uuid:job_id>/unconfirmed/", unconfirmed.unconfirmed, name="unconfirmed"),
    path("takes/<uuid:job_id>/send-again/", unconfirmed.send_again, name="send-again"),
    path("queue/", queue.queue, name="queue"),
    path("queue/plan/", queue.plan, name="plan"),
    path("queue/pauses/", queue.standing_pauses, name="pauses"),
    path("queue/pause/", queue.pause, name="pause"),
    path("queue/resume/", queue.resume, name="resume"),
    path("queue/several/", queue.several_jobs, name="several-takes"),
    path("queue/retry/", queue.retry, name="retry-failed"),
    path("connection/", reports.connection, name="connection"),
    path("usage/", usage.usage, name="usage"),
    path("usage/reconcile/", usage.reconcile, name="reconcile"),
    path("usage/budgets/", budgets.budgets, name="budgets"),
    path("usage/budgets/<int:budget_id>/remove/", budgets.remove, name="remove-budget"),
    path("usage/ledger.csv", usage.ledger_csv, name="ledger-csv"),
]
