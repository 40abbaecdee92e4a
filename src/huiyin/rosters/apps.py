"""See docs/map.md for what lives in this room."""

from django.apps import AppConfig


class RostersConfig(AppConfig):
    name = "huiyin.rosters"
    label = "rosters"

    def ready(self) -> None:
        """Notes of a handover are no texts of a case."""
        from huiyin.register.checking.contents import keep

        keep("handover", "rosters_handover", "note")
