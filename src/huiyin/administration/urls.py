"""Addresses of the administration."""

from __future__ import annotations

from django.urls import path

from huiyin.administration.views import accounts, calendars, categories, home, units

app_name = "administration"
urlpatterns = [
    path("", home.show, name="home"),
    path("units/", units.units, name="units"),
    path("units/add/", units.add_unit, name="add-unit"),
    path("units/<slug:unit>/", units.unit, name="unit"),
    path("units/<slug:unit>/close/", units.close_unit, name="close-unit"),
    path("units/<slug:unit>/law/", units.law, name="law"),
    path("places/add/", units.add_place, name="add-place"),
    path("places/<slug:place>/", units.place, name="place"),
    path("categories/", categories.categories, name="categories"),
    path("categories/add/", categories.add, name="add-category"),
    path("categories/<slug:category>/", categories.category, name="category"),
    path("categories/<slug:category>/leads/", categories.leads, name="leads"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/add/", accounts.add, name="add-account"),
    path("accounts/<str:login>/", accounts.account, name="account"),
    path("calendars/", calendars.calendars, name="calendars"),
    path("calendars/import/", calendars.import_notice, name="import-notice"),
]
