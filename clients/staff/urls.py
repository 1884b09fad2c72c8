"""The addresses of members and teams, within those of the clients."""

from django.urls import path

from clients.staff import team_views, views

urlpatterns = [
    path("settings/members/", views.member_list, name="member-list"),
    path("settings/members/invite/", views.member_invite, name="member-invite"),
    path("settings/members/<int:member_id>/", views.member_detail, name="member-detail"),
    path("settings/members/<int:member_id>/change/", views.member_change, name="member-change"),
    path("settings/members/<int:member_id>/end/", views.member_end, name="member-end"),
    path("settings/members/<int:member_id>/return/", views.member_return, name="member-return"),
    path("settings/members/<int:member_id>/remind/", views.member_remind, name="member-remind"),
    path("settings/members/<int:member_id>/sign-out/", views.member_sign_out, name="member-sign-out"),
    path("settings/members/<int:member_id>/team/", views.member_place, name="member-place"),
    path("settings/teams/", team_views.team_list, name="team-list"),
    path("settings/teams/new/", team_views.team_create, name="team-create"),
    path("settings/teams/<int:team_id>/", team_views.team_rename, name="team-rename"),
]
