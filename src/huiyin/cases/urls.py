"""Addresses of the office's pages."""

from __future__ import annotations

from django.urls import path

from huiyin.cases.views import (
    access_log,
    act,
    case,
    comments,
    desk,
    file,
    identity,
    officers,
    released,
)

app_name = "cases"
urlpatterns = [
    path("desk/", desk.show, name="desk"),
    path("desk/find/", desk.search, name="find"),
    path("desk/recusal/", desk.recusal, name="recusal"),
    path("desk/released/", released.show, name="released"),
    path("desk/comments/", comments.show, name="comments"),
    path("desk/comments/<slug:mark>/", comments.one, name="comment"),
    path("desk/openings/", access_log.show, name="openings"),
    path("officers/", officers.desk, name="officers"),
    path("officers/ask/", officers.ask, name="officers-ask"),
    path("officers/cases/<str:number>/", officers.case, name="officers-case"),
    path("cases/<str:number>/", case.show, name="case"),
    path("cases/<str:number>/take/", case.take, name="take"),
    path("cases/<str:number>/identity/", identity.show, name="identity"),
    path("cases/<str:number>/files/<slug:file>/", file.read, name="file"),
    path("cases/<str:number>/act/<slug:act>/", act.act, name="act"),
]
