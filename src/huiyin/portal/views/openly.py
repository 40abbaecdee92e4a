"""What the office says openly: the law, its totals, its limits, privacy, accessibility."""

from __future__ import annotations

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huiyin import packs
from huiyin.domain.diagram import draw
from huiyin.domain.languages import pick
from huiyin.domain.packs import LANGUAGES, Pack
from huiyin.people.refusing import tag
from huiyin.portal import packs_here
from huiyin.portal.class_names import class_name, in_order
from huiyin.portal.manual import chapter, chapters
from huiyin.portal.queries import Totals, register_totals


@require_safe
def law(request: HttpRequest) -> HttpResponse:
    """The packs in use here, then the others that Huiyin knows."""
    used = packs_here.in_use()
    names = {pack.id for pack in used}
    others = [packs.load(name) for name in packs.ids() if name not in names]
    context = {
        "section": "law",
        "used": [_pack_link(pack) for pack in used],
        "others": [_pack_link(pack) for pack in others],
    }
    return render(request, "portal/law.html", context)


def _pack_link(pack: Pack) -> dict[str, str]:
    return {"id": pack.id, "title": pick(pack.title, tag()), "text": pick(pack.summary, tag())}


@require_safe
def pack(request: HttpRequest, pack: str) -> HttpResponse:
    """One procedure: stages, limits with their articles, what a complainant may do."""
    if pack not in packs.ids():
        raise Http404(pack)
    found = packs.load(pack)
    context = {
        "section": "law",
        "pack": found,
        "title": pick(found.title, tag()),
        "summary": pick(found.summary, tag()),
        "limits": packs_here.limit_rows(found),
        "acts": packs_here.act_rows(found),
        "late": packs_here.late_rows(found),
        "remarks": packs_here.remarks(found),
        "stages": packs_here.stage_rows(found),
        "gaps": [pick(text, tag()) for text in found.gaps],
        "sources": [
            {"title": pick(s.title, tag()), "url": s.url, "verified": s.verified}
            for s in found.sources.values()
        ],
    }
    return render(request, "portal/pack.html", context)


@csp_update({"style-src": [UNSAFE_INLINE]})
@require_safe
def diagram(request: HttpRequest, pack: str) -> HttpResponse:
    """The stages of a procedure as a drawing, described inside for screen readers. The drawing
    carries its own style, which this answer alone may do; nothing else is in it."""
    if pack not in packs.ids():
        raise Http404(pack)
    language = tag() if tag() in LANGUAGES else "en"
    drawing = draw(packs.load(pack), language)
    return HttpResponse(drawing, content_type="image/svg+xml; charset=utf-8")


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """The register's exact totals per class and month, and nothing smaller."""
    totals = register_totals()
    of_cases, beside = in_order(totals.classes)
    context = {
        "section": "statistics",
        "totals": totals,
        "tables": [
            _by_month(totals, names, caption)
            for names, caption in (
                (of_cases, _("Steps of cases registered, by month")),
                (beside, _("Other entries of the register, by month")),
            )
            if names
        ],
    }
    return render(request, "portal/statistics.html", context)


def _by_month(totals: Totals, names: list[str], caption: str) -> dict[str, object]:
    return {
        "caption": caption,
        "columns": [{"label": ""}, *({"label": class_name(n), "numeric": True} for n in names)],
        "rows": [
            # A hyphen that does not break: the column is narrow on a phone.
            [f"{month:%Y}\u2011{month:%m}", *(totals.counts.get((n, month), 0) for n in names)]
            for month in totals.months
            if any((name, month) in totals.counts for name in names)
        ],
        "foot": ["", *(totals.of(name) for name in names)],
    }


@require_safe
def refuse(request: HttpRequest) -> HttpResponse:
    """What Huiyin refuses to do."""
    return render(request, "portal/refuse.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is stopped and what is not, as it is built today."""
    return render(request, "portal/privacy.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How the pages can be used, and what is known not to work."""
    return render(request, "portal/accessibility.html")


@require_safe
def manual(request: HttpRequest) -> HttpResponse:
    """The chapters for residents."""
    return render(request, "portal/manual.html", {"chapters": chapters()})


@require_safe
def manual_page(request: HttpRequest, name: str) -> HttpResponse:
    """One chapter."""
    found = chapter(name)
    if found is None:
        raise Http404(name)
    return render(request, "portal/manual_page.html", {"chapter": found})
