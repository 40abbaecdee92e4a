"""See docs/map.md for what lives in this room."""

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "huiyin.register"
    label = "register"
