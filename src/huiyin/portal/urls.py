"""The public's addresses. None of them can hold a number, a code or a text of a case."""

from __future__ import annotations

from django.urls import path

from huiyin.portal.views import (
    acting,
    consenting,
    draft_files,
    following,
    handing_in,
    home,
    joining,
    openly,
    own_files,
    reaching,
    receipt,
    verifying,
)

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("about/", home.about, name="about"),
    path("hand-in/", handing_in.start, name="hand-in"),
    path("hand-in/check/", handing_in.check, name="check"),
    path("hand-in/receipt/", receipt.show, name="receipt"),
    path("hand-in/receipt/file/", receipt.download, name="receipt-file"),
    path("hand-in/receipt/receipt.pdf", receipt.paper, name="receipt-paper"),
    path("hand-in/files/", draft_files.files, name="files"),
    path("hand-in/<slug:step>/", handing_in.question, name="question"),
    path("follow/", following.follow, name="follow"),
    path("follow/message/", acting.message, name="message"),
    path("follow/act/<slug:act>/", acting.act, name="act"),
    path("follow/receipt/", following.receipt, name="follow-receipt"),
    path("follow/receipt.pdf", following.paper, name="follow-paper"),
    path("follow/letter/<int:seq>.pdf", following.letter, name="letter"),
    path("follow/identity/", following.identity, name="identity"),
    path("follow/contact/", reaching.contact, name="contact"),
    path("follow/consent/", consenting.consent, name="consent"),
    path("follow/consent/take-back/", consenting.take_back, name="consent-take-back"),
    path("follow/files/", own_files.files, name="own-files"),
    path("follow/files/<slug:file>/", own_files.original, name="own-file"),
    path("follow/files/<slug:file>/give/", own_files.give, name="give-file"),
    path("follow/forget/", following.forget, name="forget"),
    path("exit/", following.leave, name="exit"),
    path("join/<str:token>/", joining.join, name="join"),
    path("join/<str:token>/<slug:mark>/", joining.receipt, name="join-receipt"),
    path("verify/", verifying.verify, name="verify"),
    path("verify/offline.html", verifying.offline, name="verify-offline"),
    path("register/", verifying.register, name="register"),
    path("register/counts.json", verifying.counts, name="register-counts"),
    path("register/today/", verifying.today, name="register-today"),
    path("law/", openly.law, name="law"),
    path("law/<slug:pack>/", openly.pack, name="pack"),
    path("law/<slug:pack>/diagram.svg", openly.diagram, name="diagram"),
    path("statistics/", openly.statistics, name="statistics"),
    path("refuse/", openly.refuse, name="refuse"),
    path("privacy/", openly.privacy, name="privacy"),
    path("accessibility/", openly.accessibility, name="accessibility"),
    path("manual/", openly.manual, name="manual"),
    path("manual/<slug:name>/", openly.manual_page, name="manual-page"),
]
