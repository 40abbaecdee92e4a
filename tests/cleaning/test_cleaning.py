"""What is hidden in a file is not in its copy; what can be seen is."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from huiyin.cleaning import run
from huiyin.cleaning.child import result_of
from huiyin.cleaning.results import (
    CLEANED,
    DYNAMIC_FORM,
    KEPT,
    LOCKED,
    MALFORMED,
    NO_CLEANER,
    REASONS,
    REFUSED,
    TOO_DEMANDING,
    TOO_MANY_PAGES,
    TOO_MANY_PIXELS,
)
from huiyin.cleaning.running import environment
from huiyin.domain.sniffing import KINDS, sniff
from tests import planted_files as planted

PICTURES: dict[str, Callable[[], bytes]] = {
    "image/jpeg": planted.jpeg,
    "image/png": planted.png,
    "image/webp": planted.webp,
    "image/gif": planted.gif,
    "image/tiff": planted.tiff,
    "image/bmp": planted.bmp,
    "image/heic": planted.heic,
}


@pytest.mark.parametrize("media", sorted(PICTURES))
def test_nothing_hidden_in_a_picture_is_in_its_copy(media: str) -> None:
    data = PICTURES[media]()
    assert planted.holds(data) and sniff(data).media == media
    done = run(data, media)
    assert (done.result, done.reason) == (CLEANED, "")
    assert not planted.holds(done.copy)
    copy = Image.open(io.BytesIO(done.copy))
    assert copy.size == (120, 80) and copy.format in ("JPEG", "PNG")
    assert not copy.getexif() and set(copy.info) <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
    }
    red, white = copy.convert("RGB").getpixel((5, 5)), copy.convert("RGB").getpixel((110, 70))
    assert red[0] > 200 and red[1] < 60 and min(white) > 240


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_as_the_camera_was_held(orientation: int) -> None:
    data = planted.jpeg(orientation)
    copy = Image.open(io.BytesIO(result_of(data, "image/jpeg").copy))
    turned = orientation >= 5
    assert copy.size == ((80, 120) if turned else (120, 80))
    width, height = copy.size
    right, below = orientation in (2, 3, 6, 7), orientation in (3, 4, 7, 8)
    corner = copy.getpixel((width - 5 if right else 5, height - 5 if below else 5))
    assert corner[0] > 200 and corner[1] < 60


def test_what_was_left_out_is_told() -> None:
    told = result_of(planted.jpeg(), "image/jpeg").removed
    assert told == {"camera": 1, "place": 1, "description": 1}
    assert result_of(planted.gif(), "image/gif").removed == {"frames": 2, "description": 1}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_way_to_keep_points_is_read(mode: str) -> None:
    picture = Image.new("L", (9, 7), 200).convert("RGBA" if mode == "P" else "L")
    made = picture.convert("I").point(lambda v: v * 256).convert("I;16") if mode == "I;16" else (
        picture.convert(mode)
    )  # fmt: skip
    out = io.BytesIO()
    made.save(out, "JPEG" if mode == "CMYK" else "PNG")
    done = result_of(out.getvalue(), "image/jpeg" if mode == "CMYK" else "image/png")
    assert done.result == CLEANED
    shade = Image.open(io.BytesIO(done.copy)).convert("L").getpixel((3, 3))
    assert abs(shade - (255 if mode == "1" else 200)) < 8 or mode == "1"


def test_what_was_erased_in_a_picture_is_not_under_the_hole() -> None:
    """Programs that erase make points clear and leave their colour."""
    picture = Image.new("RGBA", (8, 4), (10, 20, 30, 255))
    for x in range(4):
        picture.putpixel((x, 0), (200, 100, 50, 0))
        picture.putpixel((x, 1), (200, 100, 50, 1))
    out = io.BytesIO()
    picture.save(out, "PNG")
    copy = Image.open(io.BytesIO(result_of(out.getvalue(), "image/png").copy)).convert("RGBA")
    assert copy.getpixel((0, 0)) == (0, 0, 0, 0) and copy.getpixel((0, 1)) == (200, 100, 50, 1)
    assert copy.getpixel((7, 3)) == (10, 20, 30, 255)


def test_nothing_hidden_in_a_pdf_is_in_its_copy() -> None:
    data = planted.pdf()
    assert planted.holds(data) and sniff(data).media == "application/pdf"
    done = run(data, "application/pdf")
    assert (done.result, done.reason) == (CLEANED, "")
    assert not planted.holds(done.copy)
    with pikepdf.Pdf.open(io.BytesIO(done.copy)) as copy:
        assert set(copy.Root.keys()) == {"/Type", "/Pages"}
        assert "/Info" not in copy.trailer and not copy.attachments
        (page,) = copy.pages
        assert set(page.keys()) == {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents"}
        drawn = page.Contents.read_bytes()
    assert planted.VISIBLE.encode() in drawn and b"layer seen" in drawn
    assert done.removed.keys() >= {
        *("attachments", "description", "layers", "notes", "scripts", "unseen", "versions"),
    }


def test_a_second_cleaning_finds_nothing_to_leave_out() -> None:
    once = result_of(planted.pdf(), "application/pdf")
    again = result_of(once.copy, "application/pdf")
    assert again.result == CLEANED and again.removed == {}


def _rendered(data: bytes) -> Image.Image:
    program = shutil.which("pdftoppm")
    if program is None:
        pytest.skip("needs pdftoppm (poppler-utils)")
    done = subprocess.run([program, "-r", "50", "-png", "-"], input=data, capture_output=True)
    return Image.open(io.BytesIO(done.stdout)).convert("RGB")


def test_what_can_be_seen_of_a_pdf_stays() -> None:
    """A letter of Huiyin itself: real fonts, Chinese, tags. The copy looks the same."""
    import typst

    letter = typst.compile(
        b"#set page(width: 9cm, height: 7cm)\n= Letter\n"
        b"#rect(fill: blue, width: 2cm) #text(fill: red)[Seen text] $ x^2 $\n"
        b"#rect(fill: gradient.linear(red, blue), width: 3cm)",
        format="pdf",
    )
    done = result_of(letter, "application/pdf")
    assert done.result == CLEANED, done
    before, after = _rendered(letter), _rendered(done.copy)
    assert before.size == after.size and before.getextrema() != ((255, 255),) * 3
    assert before.tobytes() == after.tobytes()


def test_filled_in_fields_stay_readable_and_notes_do_not() -> None:
    made = pikepdf.Pdf.new()
    made.add_blank_page(page_size=(200, 200))
    look = pikepdf.Stream(made, b"BT /F1 12 Tf 2 5 Td (Filled in) Tj ET")
    look.stream_dict.update(
        pikepdf.Dictionary(
            Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form,
            BBox=pikepdf.Array([0, 0, 100, 20]),
        )
    )  # fmt: skip
    field = made.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="who",
            V="Filled in", TU=planted.PLANT, Rect=pikepdf.Array([10, 10, 110, 30]), F=4,
            AP=pikepdf.Dictionary(N=made.make_indirect(look)),
        )
    )  # fmt: skip
    made.pages[0].obj.Annots = pikepdf.Array([field])
    made.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
    out = io.BytesIO()
    made.save(out)
    done = result_of(out.getvalue(), "application/pdf")
    assert done.result == CLEANED and not planted.holds(done.copy)
    with pikepdf.Pdf.open(io.BytesIO(done.copy)) as copy:
        drawn = b"".join(
            one.read_bytes() for one in copy.objects if isinstance(one, pikepdf.Stream)
        )
        assert b"Filled in" in drawn and "/Annots" not in copy.pages[0]


def _saved(made: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    made.save(out, **options)
    return out.getvalue()


def test_a_locked_pdf_is_refused_and_one_without_password_is_not() -> None:
    with pikepdf.Pdf.open(io.BytesIO(planted.pdf())) as made:
        locked = _saved(made, encryption=pikepdf.Encryption(owner="one", user="two"))
        readable = _saved(made, encryption=pikepdf.Encryption(owner="one", user=""))
    assert result_of(locked, "application/pdf").reason == LOCKED
    done = result_of(readable, "application/pdf")
    assert done.result == CLEANED and not planted.holds(done.copy)


def test_a_form_that_a_program_draws_is_kept_as_it_came() -> None:
    with pikepdf.Pdf.open(io.BytesIO(planted.pdf())) as made:
        made.Root.AcroForm = pikepdf.Dictionary(XFA=pikepdf.Stream(made, b"<xdp/>"))
        done = result_of(_saved(made), "application/pdf")
    assert (done.result, done.reason) == (KEPT, DYNAMIC_FORM)


def test_a_text_keeps_its_letters_and_loses_what_nobody_sees() -> None:
    data = "工资没发\r\nWages \u200bnot\u202e paid".encode("gb18030")
    assert sniff(data).media == "text/plain"
    done = run(data, "text/plain")
    assert done.copy.decode() == "工资没发\nWages not paid" and done.removed == {"unseen": 2}


# -- what must not come through ------------------------------------------------------------------

BAD = {
    "pixels": (planted.pixel_bomb, "image/png", TOO_MANY_PIXELS),
    "pages": (lambda: planted.pdf_of(501), "application/pdf", TOO_MANY_PAGES),
    "cut picture": (lambda: planted.jpeg()[:400], "image/jpeg", MALFORMED),
    "cut pdf": (lambda: planted.pdf()[:200], "application/pdf", MALFORMED),
    "lie": (planted.png, "image/jpeg", MALFORMED),
    "noise": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "image/png", MALFORMED),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_file_is_refused_with_its_reason(name: str) -> None:
    make, media, reason = BAD[name]
    done = run(make(), media)
    assert (done.result, done.reason, done.copy) == (REFUSED, reason, b"")
    assert reason in REASONS


@pytest.mark.slow
def test_bombs_end_with_their_process() -> None:
    for data in (planted.unpacking_bomb(), planted.pdf_of(10_000)):
        done = run(data, "application/pdf")
        # Out of memory in the midst of unpacking looks like damage to the library.
        assert done.result == REFUSED, done
        assert done.reason in (TOO_DEMANDING, TOO_MANY_PAGES, MALFORMED), done


def test_a_file_with_two_heads_is_read_as_the_first_alone() -> None:
    both = planted.png() + planted.pdf()
    assert sniff(both).media == "image/png"
    done = run(both, "image/png")
    assert done.result == CLEANED and b"%PDF" not in done.copy and not planted.holds(done.copy)


CHILD = """
import json, os, sys
from huiyin.cleaning import child
child._limit()
tried = {}
for name, act in {
    "file": lambda: os.write(os.open(sys.argv[1] + "/written", os.O_CREAT | os.O_RDWR), b"x"),
    "memory": lambda: bytearray(3_000_000_000),
}.items():
    try:
        act()
        tried[name] = "done"
    except (OSError, MemoryError) as error:
        tried[name] = type(error).__name__
print(json.dumps(tried))
"""


def test_the_child_writes_no_file_and_takes_no_more_memory(tmp_path: object) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == {"file": "OSError", "memory": "MemoryError"}
    assert all(os.path.getsize(os.path.join(str(tmp_path), f)) == 0 for f in os.listdir(tmp_path))


def test_the_child_is_told_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYIN_KEYS", "/secret")
    assert not [name for name in environment() if name.startswith("HUIYIN")]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([*sorted(PICTURES), "application/pdf"]), st.data())
def test_damage_never_gets_further_than_a_refusal(media: str, data: st.DataObject) -> None:
    """Any byte of a file changed, any part cut out: refused, kept, or a copy without the name.
    (In a PDF, damage can switch a layer on; then everybody sees it, and the copy has it.)"""
    whole = bytearray((PICTURES | {"application/pdf": planted.pdf})[media]())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        if data.draw(st.booleans()):
            whole[at] = data.draw(st.integers(0, 255))
        else:
            del whole[at : at + data.draw(st.integers(1, 200))]
    done = result_of(bytes(whole), media)
    assert done.result in (CLEANED, REFUSED, KEPT)
    if done.result == CLEANED and media != "application/pdf":
        assert not planted.holds(done.copy)


# -- other formats -------------------------------------------------------------------------------


def test_an_office_document_without_a_cleaner_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huiyin.cleaning.others.installed", lambda: None)
    data = planted.docx()
    done = run(data, sniff(data).media)
    assert (done.result, done.reason) == (KEPT, NO_CLEANER)


@pytest.mark.skipif(shutil.which("mat2") is None, reason="needs mat2")
def test_an_office_document_is_cleaned_by_mat2() -> None:
    data = planted.docx()
    assert planted.holds(data)
    done = run(data, sniff(data).media)
    assert done.result == CLEANED and not planted.holds(done.copy)
    assert not [name for name in os.listdir("/dev/shm") if name.startswith("huiyin-")]


def test_every_kind_has_an_ending_and_a_family() -> None:
    assert all(kind.ending.isalnum() and kind.family for kind in KINDS.values())
