"""Addresses of the roster pages."""

from __future__ import annotations

from django.urls import path

from huiyin.rosters.views import changing, looking, own, proposing, scheduling, serving, setting_up

app_name = "rosters"
urlpatterns = [
    path("rosters/", looking.overview, name="list"),
    path("rosters/new/", setting_up.new, name="new"),
    path("rosters/mine/", own.mine, name="mine"),
    path("rosters/feed/<str:token>.ics", own.feed, name="feed"),
    path("rosters/<slug:roster>/", looking.month, name="month"),
    path("rosters/<slug:roster>/check/", looking.check, name="check"),
    path("rosters/<slug:roster>/setup/", setting_up.setup, name="setup"),
    path("rosters/<slug:roster>/changes/", changing.show, name="changes"),
    path("rosters/<slug:roster>/schedule/", scheduling.schedule, name="schedule"),
    path("rosters/<slug:roster>/schedule/<int:temporary>/", scheduling.duties, name="duties"),
    path("rosters/<slug:roster>/propose/", proposing.propose, name="propose"),
    path("rosters/<slug:roster>/duties/<slug:duty>/", setting_up.role, name="role"),
    path("rosters/<slug:roster>/swap/", serving.swap, name="swap"),
    path("rosters/<slug:roster>/handover/", serving.handover, name="handover"),
    path("rosters/<slug:roster>/reach/", serving.reach, name="reach"),
]
