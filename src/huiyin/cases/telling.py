"""A story as plain values for the API; the same for both sides."""

from __future__ import annotations

from typing import Any

from huiyin.cases.story import ActView, DueView, Entry, Story


def due_out(due: DueView) -> dict[str, Any]:
    """A limit as JSON values."""
    return {
        "limit": due.limit,
        "title": due.title,
        "due": due.due.isoformat() if due.due else None,
        "article": due.article,
        "source": due.source,
        "owed_by": due.owed_by,
        "late": due.late,
        "provisional": due.provisional,
        "steps": list(due.steps),
    }


def entry_out(entry: Entry) -> dict[str, Any]:
    """An event as JSON values; ``by`` is the role, never a person."""
    return {
        "seq": entry.seq,
        "act": entry.act,
        "title": entry.title,
        "at": entry.at.isoformat(),
        "by": entry.role,
        "texts": [
            {"field": t.field, "label": t.label, "text": t.text, "state": t.state}
            for t in entry.texts
        ],
        "facts": dict(entry.facts),
    }


def act_out(act: ActView) -> dict[str, Any]:
    """An open act as JSON values."""
    return {
        "id": act.id,
        "title": act.title,
        "fields": [
            {
                "id": f.id,
                "kind": f.kind,
                "label": f.label,
                "required": f.required,
                "choices": [choice for choice, _ in f.choices],
            }
            for f in act.fields
        ],
        "closes": act.closes.isoformat() if act.closes else None,
        "article": act.article,
    }


def story_out(story: Story) -> dict[str, Any]:
    """The whole story as JSON values."""
    return {
        "number": story.number,
        "stage": story.stage,
        "stage_title": story.stage_title,
        "level": story.level,
        "open": story.open,
        "outcome": story.outcome,
        "sentence": story.sentence,
        "timeline": [entry_out(entry) for entry in story.entries],
        "messages": [entry_out(entry) for entry in story.dialogue],
        "due": [due_out(due) for due in story.dues],
        "acts": [act_out(act) for act in story.acts],
        "seq": story.seq,
    }
