"""Accounts, units, roles."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "huiyin.people"
    label = "people"
