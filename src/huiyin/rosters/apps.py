"""See docs/map.md for what lives in this room."""

from django.apps import AppConfig


class RostersConfig(AppConfig):
    name = "huiyin.rosters"
    label = "rosters"

    def ready(self) -> None:
        """Notes of a handover are no texts of a case; events tell what stands in the tables."""
        from huiyin.register.checking.contents import keep
        from huiyin.register.checking.told import tell_state
        from huiyin.rosters.state import digests

        keep("handover", "rosters_handover", "note")
        tell_state("roster-", digests)
