"""See docs/map.md for what lives in this room."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "huiyin.plans"
    label = "plans"

    def ready(self) -> None:
        """Contact data behind a plan is no text of a case."""
        from huiyin.register.checking.contents import keep

        keep("contacts", "plans_card", "row")
