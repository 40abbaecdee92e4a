"""The room that joins the others: settings, addresses, base pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "huiyin.web"
    label = "web"
