"""See docs/map.md for what lives in this room."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "huiyin.plans"
    label = "plans"
