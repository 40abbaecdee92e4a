"""Every address of Huiyin; the permission matrix of the tests is generated from here."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from huiyin.web import styleguide
from huiyin.web.api import api

urlpatterns = [
    # First: patterns are tried in order, and this is the door under load.
    path("api/v1/", api.urls),
    path("", include("huiyin.portal.urls")),
    path("", include("huiyin.cases.urls")),
    path("", include("huiyin.rosters.urls")),
    path("", include("huiyin.reports.urls")),
    path("plans/", include("huiyin.plans.urls")),
    path("ledger/", include("huiyin.register.urls")),
    path("accounts/", include("huiyin.people.urls")),
    path("administration/", include("huiyin.administration.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
if settings.DEBUG or settings.HUIYIN_DEMO:
    urlpatterns.append(path("styleguide/", styleguide.show, name="styleguide"))
