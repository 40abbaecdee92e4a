"""Paths of the register below ``/ledger/`` (C2SP tlog-tiles)."""

from django.urls import path, re_path

from huiyin.register import views

app_name = "register"
urlpatterns = [
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("timestamp/<int:size>/text", views.stamped_text, name="stamped-text"),
    path("timestamp/<int:size>/token", views.stamp_token, name="stamp-token"),
    re_path(r"^tile/(?P<path>[0-9a-z/.]{1,60})$", views.tile, name="tile"),
]
