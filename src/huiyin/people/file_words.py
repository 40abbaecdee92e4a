"""Files in words, for both sides: what they are, what became of them, what nobody can clean.

Codes come from ``domain.sniffing``, ``domain.filing`` and ``cleaning.results``; a test holds this
table against them.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from huiyin.domain.sniffing import DOCUMENT, FILM, IMAGE, KINDS, PDF, SOUND, TEXT


def kind_name(media: str) -> str:
    """What kind of file it is, such as “Picture (JPG)”."""
    kind = KINDS.get(media)
    if kind is None:
        return _("File")
    names = {
        IMAGE: _("Picture"),
        PDF: _("Document"),
        TEXT: _("Plain text"),
        DOCUMENT: _("Office document"),
        SOUND: _("Sound"),
        FILM: _("Film"),
    }
    return f"{names[kind.family]} ({kind.ending.upper()})"


def size_words(size: int) -> str:
    """A size in bytes as people read it."""
    return filesizeformat(size)


def state_words(state: str) -> str:
    """The state of a file in one or two words."""
    return {
        "waiting": _("waiting for the program"),
        "file-cleaned": _("cleaned copy ready"),
        "file-kept": _("cannot be cleaned"),
        "file-refused": _("not accepted"),
        "as-it-is": _("given as it is"),
        "erased": _("erased on schedule"),
    }[state]


def shape_of(state: str) -> str:
    """The shape of the status tag for a state."""
    shapes = {"file-cleaned": "done", "as-it-is": "done", "file-refused": "late"}
    return shapes.get(state, "waiting")


def reason_words(reason: str) -> str:
    """Why a file could not be cleaned or was not accepted."""
    return {
        "": "",
        "no-cleaner": _("No program here can clean this kind of file."),
        "dynamic-form": _("This PDF is a form that only one program can draw."),
        "unknown-picture": _("This PDF holds pictures of a kind that cannot be rebuilt here."),
        "malformed": _("The file is damaged or is not what it says it is."),
        "locked": _("The file is locked by a password."),
        "too-demanding": _("The file is too complicated to be opened safely."),
        "too-many-pixels": _("The picture has more points than can be opened safely."),
        "too-many-pages": _("The document has too many pages."),
        "infected": _("The virus scanner found something, so nobody in the office gets it."),
    }[reason]


def advice_words(reason: str) -> str:
    """What the complainant can do about it."""
    anew = _("Print it to a new PDF or photograph it, and add that.")
    return {
        "": "",
        "no-cleaner": anew,
        "dynamic-form": anew,
        "unknown-picture": anew,
        "malformed": _("Open it on your device, save or photograph it anew, and add that."),
        "locked": _("Add it once more without the password."),
        "too-demanding": anew,
        "too-many-pixels": _("Add a smaller picture."),
        "too-many-pages": _("Add the pages that matter, in parts."),
        "infected": _("Photograph what it shows, and add that."),
    }[reason]


def removed_words(removed: Mapping[str, int]) -> list[str]:
    """What the copy does not have any more, in words."""
    words = {
        "camera": _("notes of the camera"),
        "place": _("the place where it was taken"),
        "description": _("author, title and other descriptions"),
        "frames": _("further pictures of the same file"),
        "unseen": _("text that nobody sees"),
        "layers": _("layers that were switched off"),
        "notes": _("notes, links and fields"),
        "attachments": _("files packed inside"),
        "scripts": _("programs packed inside"),
        "versions": _("earlier versions"),
        "signature": _("the electronic signature (the original still has it)"),
        "fields": _("the descriptions that this kind of file has fields for"),
    }
    return [words[name] for name in removed]


def uncleanable_words(media: str) -> str:
    """What no program can take out of such a file, so that nobody relies on it."""
    kind = KINDS.get(media)
    return {
        IMAGE: _(
            "What the picture shows is still there: faces, name plates, house numbers, writing."
        ),
        PDF: _(
            "What the pages show is still there: names, numbers, faces; and what lies under a "
            "black bar may still be readable. Fonts are carried over as they are."
        ),
        TEXT: _("The words are still there, with whatever names they hold."),
        DOCUMENT: _(
            "The words are still there, and what somebody hid inside on purpose may be as well."
        ),
        SOUND: _("Voices and what they say are still there."),
        FILM: _("Faces, voices, name plates and whatever else it shows are still there."),
    }[kind.family if kind else TEXT]


def scan_words(scan: str) -> str:
    """What the virus scanner said."""
    return {
        "clean": _("scanned for viruses, nothing found"),
        "found": _("the virus scanner found something"),
        "not-scanned": _("not scanned for viruses"),
        "": "",
    }[scan]
