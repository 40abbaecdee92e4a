"""What to do when the office is late: told for every pack, in every language, and complete."""

from __future__ import annotations

import pytest

from huiyin import packs
from huiyin.domain.lateness import when_late
from huiyin.domain.packs import LANGUAGES, Pack

PACKS = [pack for name in packs.ids() for pack in packs.versions(name)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: f"{pack.id}-{pack.version}")
def test_every_silence_and_every_way_is_told(pack: Pack, language: str) -> None:
    told = [way.text for way in when_late(pack, language)]
    for limit in pack.limits.values():
        if limit.owed_by == "office" and limit.silence is not None:
            assert any(limit.silence.text[language] in text for text in told), limit.id
    waiting = [r for r in pack.acts.values() if r.when_late and "complainant" in r.by]
    # ISO 10002 has no number of days: there urging can be asked for at any time.
    assert waiting or pack.id == "iso-10002"
    for rule in waiting:
        assert any(text.endswith(rule.title[language]) for text in told), rule.id


def test_time_that_lateness_opens_is_told() -> None:
    (found,) = (w for w in when_late(packs.load("cn-fuyi-2023"), "en") if w.id == "sue-silence")
    assert "Decide" in found.text and found.basis is not None
