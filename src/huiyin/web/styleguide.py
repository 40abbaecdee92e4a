"""The living style guide: every component once, with invented material.

Idea: who writes a page looks here for the part and copies its line. The samples carry text in
several languages, because a look that was only seen in one is not known. No case is read.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

_SAMPLES: dict[str, dict[str, str]] = {
    "en": {
        "subject": "Wages of four months not paid at the brick works in Lower Mill",
        "long": "The street lamp at the school gate has been dark since September. Children walk"
        " home along the main road after five o'clock, and lorries pass there.",
        "answer": "The lamp was repaired on Tuesday. The road office now checks this street every"
        " two weeks. You can ask for a review until the date below.",
        "note": "Called the road office again; the part is ordered. Do not promise a day yet.",
        "place": "Lower Mill",
        "unit": "Road office",
        "owner": "Lin Ping",
        "step1": "The complaint was received on Monday, 2 November 2026.",
        "step2": "15 working days are counted from the day after.",
        "step3": "The day on which they end is a holiday; the next working day counts.",
        "article": "Regulation on Petitions, article 22",
    },
    "zh": {
        "subject": "下河村砖厂拖欠四个月工资，至今没有说法",
        "long": "学校门口的路灯从九月起就不亮了。孩子们放学以后沿着大路走回家，"
        "下午五点以后天已经黑了，路上还有货车来往，家长都很担心。",
        "answer": "路灯已于星期二修好，道路管理所今后每两周巡查一次。"
        "您如果不服本答复，可以在下列日期之前申请复查。",
        "note": "再次致电道路管理所，配件已订，暂时不要承诺具体日期。",
        "place": "下河村",
        "unit": "道路管理所",
        "owner": "林平",
        "step1": "2026年11月2日（星期一）收到信访事项。",
        "step2": "自次日起计算15个工作日。",
        "step3": "期限届满之日为法定休假日，顺延至下一个工作日。",
        "article": "《信访工作条例》第二十二条",
    },
    "ar": {
        "subject": "أجور أربعة أشهر لم تُدفع في معمل الطوب في القرية السفلى",
        "long": "مصباح الشارع عند باب المدرسة مطفأ منذ أيلول، والأطفال يعودون إلى بيوتهم على الطريق"
        " العام بعد الساعة الخامسة.",
        "answer": "أُصلح المصباح يوم الثلاثاء. يمكنكم طلب المراجعة حتى التاريخ المذكور أدناه.",
        "note": "اتصلنا مرة أخرى بمكتب الطرق، والقطعة مطلوبة.",
        "place": "القرية السفلى",
        "unit": "مكتب الطرق",
        "owner": "ليلى حسن",
        "step1": "وردت الشكوى يوم الاثنين 2 نوفمبر 2026.",
        "step2": "تُحسب 15 يوم عمل ابتداءً من اليوم التالي.",
        "step3": "اليوم الأخير عطلة، فيُحسب يوم العمل التالي.",
        "article": "نظام الشكاوى، المادة 22",
    },
}


class SampleForm(forms.Form):
    """One field of each kind."""

    where = forms.CharField(label="Where did it happen?", help_text="A street, a school, a plant.")
    post = forms.CharField(label="Which post does it concern?", required=False)
    what = forms.CharField(
        label="What happened?",
        widget=forms.Textarea,
        max_length=200,
        help_text="In your own words. Do not name yourself if you want to stay unknown.",
    )
    about = forms.ChoiceField(
        label="What is it about?",
        widget=forms.RadioSelect,
        choices=[("road", "Roads and lamps"), ("wage", "Wages"), ("none", "Nothing of these")],
    )
    reach = forms.MultipleChoiceField(
        label="How may we reach you?",
        widget=forms.CheckboxSelectMultiple,
        choices=[("notice", "A notice that there is news"), ("officers", "Through the officers")],
    )
    unit = forms.ChoiceField(label="Unit", choices=[("", "Choose"), ("r", "Road office")])
    since = forms.DateField(
        label="Since when?", widget=forms.SelectDateWidget, help_text="For example 27 9 2026."
    )
    day = forms.DateField(
        label="Day of the visit", widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    paper = forms.FileField(label="Add a file", required=False)
    agree = forms.BooleanField(label="I have read what happens next")


SampleForm.base_fields["about"].widget.choice_hints = {"wage": "Not paid, paid late, paid short."}
SampleForm.base_fields["about"].widget.divider_before = "none"


def _sample() -> dict[str, str]:
    return _SAMPLES.get((get_language() or "en")[:2], _SAMPLES["en"])


def _clocks() -> list[dict[str, Any]]:
    now = timezone.now()
    day = timezone.localdate()
    ago = now - timedelta(days=20)
    return [
        {"started": ago, "due": day + timedelta(days=23)},
        {"started": ago, "due": day + timedelta(days=3)},
        {"started": ago, "due": day - timedelta(days=4)},
        {"started": ago, "due": day + timedelta(days=9), "suspended": True},
        {"started": ago, "due": day + timedelta(days=9), "stopped": now - timedelta(days=2)},
        {"started": ago, "due": day - timedelta(days=9), "stopped": now - timedelta(days=2)},
        {"started": ago, "due": None},
    ]


def _timeline(words: dict[str, str]) -> list[dict[str, Any]]:
    now = timezone.now()
    kinds = ["event", "message", "identity", "decision", "deadline", "file", "correction"]
    shown: list[dict[str, Any]] = [
        {
            "at": now - timedelta(days=30 - 3 * n),
            "kind": kind,
            "title": words["subject"],
            "text": words["long"] if n == 1 else "",
            "by": words["unit"],
            "late": kind == "deadline",
        }
        for n, kind in enumerate(kinds)
    ]
    shown.insert(3, {"at": now - timedelta(days=22), "kind": "message", "state": "erased"})
    shown.insert(5, {"at": now - timedelta(days=19), "kind": "message", "state": "hidden"})
    return shown


def _cases(words: dict[str, str]) -> list[dict[str, Any]]:
    day = timezone.localdate()
    common = {"subject": words["subject"], "place": words["place"], "unit": words["unit"]}
    return [
        common
        | {
            "number": "2026-000317-K",
            "href": "#",
            "owner": words["owner"],
            "stage": words["step2"][:9],
            "stage_kind": "open",
            "due": day + timedelta(days=2),
        },
        common
        | {
            "number": "2026-000298-3",
            "href": "#",
            "owner": "",
            "stage": words["step1"][:9],
            "stage_kind": "new",
            "due": day - timedelta(days=1),
            "flags": [],
        },
        common
        | {
            "number": "2026-000201-X",
            "href": "#",
            "owner": words["owner"],
            "stage": words["answer"][:9],
            "stage_kind": "waiting",
            "due": day + timedelta(days=40),
        },
    ]


def _tables() -> dict[str, Any]:
    return {
        "columns": [
            {"label": "Stage"},
            {"label": "Received", "numeric": True},
            {"label": "On time", "numeric": True},
        ],
        "rows_of_numbers": [
            ["Accept", "1,205", "98 %"],
            ["Answer", "985", "91 %"],
            ["Review", "40", "85 %"],
        ],
        "bars": [
            {"label": "Accept", "value": 98, "shown": "98 %"},
            {"label": "Answer", "value": 91, "shown": "91 %"},
            {"label": "Review", "value": 85, "shown": "85 %"},
        ],
    }


def material(base_template: str = "base_public.html") -> dict[str, Any]:
    """Everything that styleguide.html shows, in the reader's language."""
    words = _sample()
    return {
        "base_template": base_template,
        "words": words,
        "form": SampleForm(),
        "wrong": SampleForm({"where": ""}, prefix="wrong"),
        "clocks": _clocks(),
        "entries": _timeline(words),
        "cases": _cases(words),
        "steps": [words["step1"], words["step2"], words["step3"]],
        "now": timezone.now(),
        "kinds": [
            "new",
            "open",
            "waiting",
            "paused",
            "soon",
            "late",
            "done",
            "late-done",
            "refused",
            "note",
        ],
        "rows": [
            {"key": words["unit"], "value": words["subject"], "href": "#"},
            {"key": words["place"], "value": words["long"]},
            {"key": words["owner"], "value": ""},
        ],
        "tabs": [
            {"text": words["unit"], "href": "#", "count": 3, "current": True},
            {"text": words["place"], "href": "#", "count": 12},
        ],
        "files": [{"name": "lamp.jpg", "href": "#", "size": "214 KB"}],
        "section": "follow",
    } | _tables()


def show(request: HttpRequest) -> HttpResponse:
    """The page; `?office` draws it in the staff's frame."""
    base = "base_office.html" if "office" in request.GET else "base_public.html"
    return render(request, "styleguide.html", material(base))
