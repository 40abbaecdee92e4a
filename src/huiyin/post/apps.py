"""See docs/map.md for what lives in this room."""

from django.apps import AppConfig


class PostConfig(AppConfig):
    name = "huiyin.post"
    label = "post"
