"""The addresses of projects' pages."""

from django.contrib.auth.views import LogoutView
from django.urls import path, re_path

from projects.pages import account, assets, invitations, members, project, scenes, several_scenes, sign_in, trash, wall
from projects.web.stylesheets import stylesheet

SCENE = r"^projects/(?P<project_id>[a-z0-9-]+)/(?P<scene_id>scene-\d+)/"

urlpatterns = [
    path("styles/<slug:name>.css", stylesheet, name="stylesheet"),
    path("", wall.projects, name="projects"),
    path("projects/<slug:project_id>/", project.project, name="project"),
    path("projects/<slug:project_id>/storyboard/", project.project_storyboard, name="storyboard"),
    path("projects/<slug:project_id>/facts/", project.project_facts, name="facts"),
    path("projects/<slug:project_id>/files/", project.project_files, name="project-files"),
    path("projects/<slug:project_id>/rename/", project.rename_project, name="rename-project"),
    path("projects/<slug:project_id>/delete/", project.delete_project, name="delete-project"),
    path("projects/<slug:project_id>/restore/", trash.restore_project, name="restore-project"),
    path("projects/<slug:project_id>/members/", members.members, name="members"),
    path("projects/<slug:project_id>/invitations/", invitations.invite, name="invite"),
    path(
        "projects/<slug:project_id>/invitations/<int:invitation_id>/revoke/",
        invitations.revoke,
        name="revoke-invitation",
    ),
    path("projects/<slug:project_id>/members/<str:username>/", members.change_member, name="change-member"),
    path("projects/<slug:project_id>/members/<str:username>/remove/", members.remove_member, name="remove-member"),
    path("projects/<slug:project_id>/scenes/", scenes.add_scene, name="add-scene"),
    path("projects/<slug:project_id>/scenes/tag/", several_scenes.tag_scenes, name="tag-scenes"),
    path("projects/<slug:project_id>/scenes/move/", several_scenes.move_scenes, name="move-scenes"),
    path("projects/<slug:project_id>/scenes/download/", several_scenes.download_scenes, name="download-scenes"),
    path("projects/<slug:project_id>/scenes/delete/", several_scenes.delete_scenes, name="delete-scenes"),
    path("projects/<slug:project_id>/scenes/restore/", several_scenes.restore_scenes, name="restore-scenes"),
    re_path(SCENE + r"card/$", scenes.scene_card, name="scene-card"),
    re_path(SCENE + r"files/$", scenes.scene_files, name="scene-files"),
    re_path(SCENE + r"rename/$", scenes.rename_scene, name="rename-scene"),
    re_path(SCENE + r"move/$", scenes.move_scene, name="move-scene"),
    re_path(SCENE + r"delete/$", scenes.delete_scene, name="delete-scene"),
    re_path(SCENE + r"restore/$", trash.restore_scene, name="restore-scene"),
    re_path(SCENE + r"pictures/$", assets.upload, name="upload"),
    re_path(SCENE + r"files/(?P<asset_id>[0-9a-f-]{36})/frame/$", assets.frame, name="frame-picture"),
    re_path(SCENE + r"files/(?P<asset_id>[0-9a-f-]{36})/choose/$", assets.choose, name="choose"),
    re_path(SCENE + r"files/(?P<asset_id>[0-9a-f-]{36})/delete/$", assets.delete, name="delete-asset"),
    re_path(SCENE + r"files/(?P<asset_id>[0-9a-f-]{36})/restore/$", trash.restore_asset, name="restore-asset"),
    path("trash/", trash.trash, name="trash"),
    path("account/", account.account, name="account"),
    path("account/password/", account.change_password, name="change-password"),
    path("account/tokens/", account.make_token, name="make-token"),
    path("account/tokens/<int:token_id>/revoke/", account.revoke_token, name="revoke-token"),
    path("account/theme/", account.theme, name="theme"),
    path("accounts/login/", sign_in.SignIn.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("join/<str:token>/", invitations.join, name="join"),
    path("accounts/link/<str:uid>/<str:token>/", sign_in.sign_in_link, name="sign-in-link"),
]
