"""Addresses of letters; below /cases/, so that no browser or proxy keeps them."""

from __future__ import annotations

from django.urls import path

from huiyin.reports import views

app_name = "reports"
urlpatterns = [
    path("cases/<str:number>/letter/<int:seq>.pdf", views.letter, name="letter"),
]
