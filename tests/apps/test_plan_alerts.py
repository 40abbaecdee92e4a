# ruff: noqa: F811 - fixtures of test_plans.py are asked for by name
"""Alerts by pages: checked, previewed, kept, signed; never of people with a demand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.core.files.uploadedfile import SimpleUploadedFile

from huiyin.alerts import signing
from huiyin.domain.cap import reading, rules
from huiyin.history.models import Event
from huiyin.plans.models import Alert, Plan, Version
from tests.apps.test_plan_duties import in_force  # noqa: F401 - a fixture
from tests.apps.test_plans import Signed, _day, path, plan, signed  # noqa: F401 - fixtures
from tests.people import NOW

FORM = {
    "kind": "exercise", "to": "all staff of the works", "sender": "safety@works.example",
    "onset": "2031-05-06T09:00", "expires": "2031-05-06T11:00", "severity": "Severe",
    "urgency": "Immediate", "certainty": "Observed", "response": ["Evacuate", "Avoid"],
}  # fmt: skip
NEW = "alerts/new/inside/"


def test_check_previews_and_make_keeps(plan: Plan, signed: Signed) -> None:
    bob = signed("bob")
    page = bob.post(path(plan, NEW), FORM | {"step": "check"})
    assert page.status_code == 200 and not Alert.objects.exists(), "a check writes nothing"
    shown = page.context["preview"]
    assert {"zh-CN", "en-GB"} == {one["language"] for one in shown}
    assert all("演练" in o["headline"] or "EXERCISE" in o["headline"] for o in shown)
    made = bob.post(path(plan, NEW), FORM | {"step": "make"})
    assert made.status_code == 302
    alert = Alert.objects.get()
    read = reading.read(alert.text.encode())
    assert not [f for f in rules.judge(read) if f.is_error]
    assert (read.alert.status, read.alert.scope) == ("Exercise", "Restricted")
    assert read.alert.info[0].onset == "2031-05-06T09:00:00+08:00", "the plan's place"
    event = Event.objects.filter(stream=plan.pk).order_by("seq").last()
    assert event is not None and event.type == "alert-made" and "Ammonia" not in event.body
    listed = signed("bella").get(path(plan, "alerts/"))
    assert (
        alert.identifier in listed.content.decode() and "multipart" not in listed.content.decode()
    )
    file = signed("bella").get(path(plan, f"alerts/{alert.identifier}/file/"))
    assert file.content.decode() == alert.text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"sender": "two words"}, "sender"),
        ({"to": ""}, "required"),
        ({"onset": "soon"}, "onset"),
        ({"expires": "2031-05-06T08:00"}, "not after"),
        ({"severity": "Terrible"}, "severity"),
        ({"response": []}, "response"),
    ],
)
def test_what_is_wrong_comes_back_with_a_remedy(
    plan: Plan, signed: Signed, wrong: dict[str, object], says: str
) -> None:
    page = signed("bob").post(path(plan, NEW), FORM | wrong | {"step": "make"})
    assert page.status_code == 422 and not Alert.objects.exists()
    assert says in page.content.decode()


@pytest.mark.parametrize("field", ["to", "sender"])
@pytest.mark.parametrize("word", ["petitioners", "上访人员", "PROTEST"])
def test_a_gathering_with_a_demand_is_never_an_alert(
    plan: Plan, signed: Signed, field: str, word: str
) -> None:
    """Hard limit 8."""
    form = FORM | {field: word, "step": "make"}
    page = signed("bob").post(path(plan, NEW), form)
    assert page.status_code == 422 and not Alert.objects.exists()
    assert page.context["refusal"].code == "alert-gathering"


def test_an_actual_alert_needs_a_plan_in_force(plan: Plan, signed: Signed) -> None:
    page = signed("bob").post(path(plan, NEW), FORM | {"kind": "actual", "step": "make"})
    assert page.status_code == 409 and page.context["refusal"].code == "alert-not-in-force"


def test_an_actual_alert_of_a_plan_in_force_stays_in_the_house(
    in_force: Plan, signed: Signed
) -> None:
    form = FORM | {"kind": "actual", "step": "make", "scope": "Public"}
    assert signed("bob").post(path(in_force, NEW), form).status_code == 302
    read = reading.read(Alert.objects.get().text.encode()).alert
    assert (read.status, read.scope) == ("Actual", "Restricted")
    assert Version.objects.get().label == Alert.objects.get().version


def _pair() -> tuple[bytes, bytes]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Works alerts")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=9999)).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private, made.public_bytes(pem)


def test_a_signature_holds_against_the_pinned_certificate_and_the_key_is_gone(
    plan: Plan, signed: Signed
) -> None:
    bob = signed("bob")
    bob.post(path(plan, NEW), FORM | {"step": "make"})
    way = path(plan, f"alerts/{Alert.objects.get().identifier}/sign/")
    key, certificate = _pair()

    def files(one: bytes, two: bytes) -> dict[str, SimpleUploadedFile]:
        return {
            "key": SimpleUploadedFile("k.pem", one),
            "certificate": SimpleUploadedFile("c.pem", two),
        }

    assert bob.post(way, {}).status_code == 422
    assert bob.post(way, files(b"no key", certificate)).context["refusal"].code == "alert-key"
    other = _pair()[0]
    assert bob.post(way, files(other, certificate)).context["refusal"].code == "alert-key"
    assert bob.post(way, files(key, certificate)).status_code == 302
    alert = Alert.objects.get()
    assert signing.verify(alert.text.encode(), [certificate], NOW).state == "valid"
    assert "Works alerts" in alert.signer and "PRIVATE" not in alert.text
    assert bob.post(way, files(key, certificate)).context["refusal"].code == "alert-signed"
    assert Event.objects.filter(stream=plan.pk, type="alert-signed").count() == 1
    assert bob.post(path(plan, "alerts/nothing/sign/"), files(key, certificate)).status_code == 404


def _follow(identifier: str, way: str) -> str:
    return f"alerts/{identifier}/{way}/"


def test_an_update_takes_the_place_of_the_alert_and_names_it(plan: Plan, signed: Signed) -> None:
    bob = signed("bob")
    bob.post(path(plan, NEW), FORM | {"step": "make"})
    first = Alert.objects.get()
    way = path(plan, _follow(first.identifier, "update"))
    begin = bob.get(way).context["form"]
    assert begin["to"].value() == FORM["to"] and begin["response"].value() == FORM["response"]
    page = bob.post(way, FORM | {"kind": "actual", "severity": "Extreme", "step": "check"})
    assert page.status_code == 200 and Alert.objects.count() == 1, "a check writes nothing"
    assert bob.post(way, FORM | {"severity": "Extreme", "step": "make"}).status_code == 302
    second = Alert.objects.get(follows=first)
    read = reading.read(second.text.encode())
    assert not [f for f in rules.judge(read) if f.is_error]
    told, old = read.alert, reading.read(first.text.encode()).alert
    assert (told.msg_type, told.status) == ("Update", "Exercise"), "an exercise stays one"
    assert told.references == f"{old.sender},{old.identifier},{old.sent}"
    assert told.info[0].severity == "Extreme"
    again = bob.post(way, FORM | {"step": "make"})
    assert again.status_code == 409, "only the newest message is followed"
    listed = bob.get(path(plan, "alerts/")).content.decode()
    assert _follow(second.identifier, "update") in listed
    assert _follow(first.identifier, "update") not in listed


def test_a_cancellation_gives_its_reason_and_ends_it(plan: Plan, signed: Signed) -> None:
    bob = signed("bob")
    bob.post(path(plan, NEW), FORM | {"step": "make"})
    first = Alert.objects.get()
    way = path(plan, _follow(first.identifier, "cancel"))
    assert bob.get(way).status_code == 200
    assert bob.post(way, {"reason": ""}).status_code == 422
    refused = bob.post(way, {"reason": "The petitioners have left."})
    assert refused.context["refusal"].code == "alert-gathering", "hard limit 8"
    assert Alert.objects.count() == 1
    assert bob.post(way, {"reason": "The valve is shut."}).status_code == 302
    ended = Alert.objects.get(follows=first)
    read = reading.read(ended.text.encode())
    assert not [f for f in rules.judge(read) if f.is_error]
    assert read.alert.msg_type == ended.kind == "Cancel"
    assert first.identifier in read.alert.references
    assert read.alert.note.endswith(": The valve is shut."), "the exercise is named before it"
    event = Event.objects.filter(stream=plan.pk).order_by("seq").last()
    assert event is not None and first.identifier in event.body and "valve" not in event.body
    for identifier in (first.identifier, ended.identifier):
        for step in ("update", "cancel"):
            assert bob.get(path(plan, _follow(identifier, step))).status_code == 409
    assert signed("bella").get(way).status_code in (403, 404), "a reader calls nothing off"
    assert bob.get(path(plan, _follow("nothing", "cancel"))).status_code == 404
