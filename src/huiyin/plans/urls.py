"""Addresses of the pages of plans."""

from __future__ import annotations

from django.urls import path

from huiyin.plans.views import (
    acting,
    alerts,
    duties,
    editing,
    figures,
    organisation,
    people_behind,
    reading,
)

app_name = "plans"
urlpatterns = [
    path("", reading.listing, name="list"),
    path("new/", acting.new, name="new"),
    path("duties/", duties.overview, name="duties-of-all"),
    path("<slug:plan>/", reading.show, name="plan"),
    path("<slug:plan>/versions/", reading.versions, name="versions"),
    path("<slug:plan>/print/", reading.printed, name="print"),
    path("<slug:plan>/file/", reading.file, name="file"),
    path("<slug:plan>/duties/", duties.show, name="duties"),
    path("<slug:plan>/alerts/", alerts.listing, name="alerts"),
    path("<slug:plan>/alerts/new/<slug:warning>/", alerts.compose, name="alert"),
    path("<slug:plan>/alerts/<slug:alert>/file/", alerts.download, name="alert-file"),
    path("<slug:plan>/alerts/<slug:alert>/update/", alerts.update, name="alert-update"),
    path("<slug:plan>/alerts/<slug:alert>/cancel/", alerts.cancel, name="alert-cancel"),
    path("<slug:plan>/alerts/<slug:alert>/sign/", alerts.sign, name="alert-sign"),
    path("<slug:plan>/document.pdf", duties.document, {"form": "pdf"}, name="pdf"),
    path("<slug:plan>/document.docx", duties.document, {"form": "docx"}, name="docx"),
    path("<slug:plan>/simulate/", figures.simulate, name="simulate"),
    path("<slug:plan>/import/", acting.bring, name="import"),
    path("<slug:plan>/act/<slug:act>/", acting.act, name="act"),
    path("<slug:plan>/organisation/", organisation.show, name="organisation"),
    path("<slug:plan>/organisation/file/", organisation.file, name="organisation-file"),
    path("<slug:plan>/organisation/edit/", people_behind.edit, name="organisation-edit"),
    path(
        "<slug:plan>/organisation/edit/<path:place>/",
        people_behind.edit,
        name="organisation-block",
    ),
    path("<slug:plan>/edit/", editing.edit, name="edit"),
    path("<slug:plan>/edit/<path:pointer>/", editing.edit, name="block"),
]
