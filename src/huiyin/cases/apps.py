"""See docs/map.md for what lives in this room."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "huiyin.cases"
    label = "cases"

    def ready(self) -> None:
        """Let calendars of this installation go before the shipped ones."""
        from django.conf import settings

        from huiyin import calendars

        calendars.use(settings.HUIYIN_DATA_DIR / "calendars")
