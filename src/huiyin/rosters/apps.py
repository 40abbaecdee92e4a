"""See docs/map.md for what lives in this room."""

from django.apps import AppConfig


class RostersConfig(AppConfig):
    name = "huiyin.rosters"
    label = "rosters"
