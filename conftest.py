"""Starts Django for the tests, after tests/conftest.py has named their throw-away installation.

pytest-django would read the settings before any conftest.py is loaded, and so find a real data
folder; therefore pyproject.toml names no settings module, and this file does.
"""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "huiyin.web.settings"
    import django
    from django.conf import settings

    django.setup()
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "huiyin.web.db.sqlite":
        # pytest-xdist appends the worker's name to the file of a back end that is not Django's
        # own; in memory each worker has its database without one.
        database.setdefault("TEST", {})["NAME"] = ":memory:"
