"""See docs/map.md for what lives in this room."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "huiyin.reports"
    label = "reports"
