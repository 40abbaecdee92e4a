"""See docs/map.md for what lives in this room."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "huiyin.history"
    label = "history"
