"""See docs/map.md for what lives in this room."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "huiyin.plans"
    label = "plans"

    def ready(self) -> None:
        """Contact data behind a plan is no text of a case; events tell what a plan says."""
        from huiyin.register.checking.contents import keep
        from huiyin.register.checking.told import Kept, tell

        keep("contacts", "plans_card", "row")
        tell(Kept("plans_version", "plan_id", "plan-", "number", "version", "text"))
        tell(Kept("plans_alert", "plan_id", "plan-", "identifier", "alert", "text"))
