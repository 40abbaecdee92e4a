"""Signing in and out, the second factor, one's own password: the pages of allauth that staff
need. Signing up, e-mail addresses and resets by e-mail have no address here at all: accounts are
made, and passwords replaced, by an administrator (``administration``, ``huiyin account``).
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa import urls as mfa
from django.urls import include, path

from huiyin.people.views import change_password, sessions, sign_in

urlpatterns = [
    path("login/", sign_in, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", change_password, name="account_change_password"),
    path("sessions/", sessions, name="account_sessions"),
    path("2fa/", include(mfa)),
]
