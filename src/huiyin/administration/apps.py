"""See docs/map.md for what lives in this room."""

from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "huiyin.administration"
    label = "administration"
