"""The check in the browser: the program's own verdicts, without a network, from a saved file.

Every receipt that the tests of ``domain.verification`` know, good or bad, is judged by both.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from huiyin.domain import notes
from huiyin.domain.errors import Refusal
from huiyin.domain.policies import parse_policy
from huiyin.domain.verification import MAX_BYTES, verify_receipt
from huiyin.portal import checking_here
from huiyin.register.verdicts import LANGUAGES, closing, say, say_refusal
from tests.browser.conftest import check_page
from tests.domain.receipt_world import (
    AT,
    CASE,
    GOOD,
    LOG,
    VKEY,
    Log,
    after_erasure,
    bent,
    dump,
    signer,
)
from tests.domain.test_policies import MISTAKES
from tests.domain.test_verification import NOT_RECEIPTS
from tests.domain.test_verification_lies import LIES
from tests.domain.test_words import LIES as LIES_ABOUT_WORDS
from tests.domain.test_words import PHOTO, REMEDY, TEXT, UNREADABLE, WORDS, without_words

pytestmark = pytest.mark.browser
WITNESS = signer("witness.example", 5, notes.COSIGNATURE)
Case = tuple[bytes, dict[str, Any]]


def swapped() -> bytes:
    return dump(bent(events=[GOOD["events"][at] for at in (1, 0, 2)]))


def foreign() -> bytes:
    stranger = Log(signer(seed=9), list(LOG.leaves), dict(LOG.openings))
    return dump(
        stranger.receipt(CASE, [i for i in LOG.openings if CASE.encode() in LOG.openings[i][0]])
    )


def cosigned(by: notes.Signer = WITNESS, lie: bool = False) -> bytes:
    line = notes.cosign(notes.parse_note(LOG.checkpoint()).text, by, 1_790_000_000)
    if lie:
        line = notes.Signature(line.name, line.key_id, line.signature[:-1] + b"\x00")
    receipt = bent()
    for event in receipt["events"]:
        event["proof"] = event["proof"].replace(LOG.checkpoint(), f"{LOG.checkpoint()}{line}")
    return dump(receipt)


def policies() -> list[str]:
    other = signer("press.example", 6, notes.COSIGNATURE).key
    two = f"witness w {WITNESS.key}\nwitness p {other} http://press.example/\n"
    stranger = signer("other.example/ledger", 2).key
    return [
        f"log {VKEY}\n{two}group g 2 w p\nquorum g\n",
        f"{two}group g any w p\nquorum g\n",
        f"# one\n\twitness w {WITNESS.key}\nquorum w",
        f"log {stranger}\nlog {VKEY}\nquorum none",
        f"log {stranger}\nquorum none",
        f"{two}group g 1 w\ngroup h all g p\nquorum h",
    ]


def told_by_the_clock() -> Iterator[Case]:
    """Events and a cosignature of tomorrow; and what is left of a case that was erased."""
    first = int(AT.timestamp() * 1000)
    for hours in (-48, -22, -20, 0, 24 * 400):
        yield dump(GOOD), {"now": first + hours * 3_600_000}
        yield cosigned(), {"now": first + hours * 3_600_000, "witnesses": [str(WITNESS.key)]}
    yield after_erasure(), {}
    yield after_erasure(), {"now": first + 86_400_000}


def about_words() -> Iterator[Case]:
    """Openings of texts, true and false, and files held beside them."""
    photo = hashlib.sha256(PHOTO).hexdigest()
    yield dump(WORDS), {}
    yield dump(without_words()), {}
    for files in ([["a.jpg", photo]], [["b", "00" * 32]], [["c", "00" * 32], ["a", photo]]):
        yield dump(WORDS), {"files": files}
        yield dump(without_words()), {"files": files}
    for receipt in (*(lie for lie, _ in LIES_ABOUT_WORDS.values()), *UNREADABLE):
        yield dump(receipt), {}


def every_case() -> Iterator[Case]:
    good = dump(GOOD)
    yield good, {}
    yield good, {"vkey": VKEY}
    yield good, {"page": VKEY}
    yield foreign(), {}
    yield foreign(), {"vkey": VKEY}
    yield foreign(), {"page": VKEY}
    yield good, {"page": str(signer("other.example/ledger", 2).key)}
    yield swapped(), {}
    for other in (LOG, Log(leaves=[*LOG.leaves, b"x"]), Log(leaves=LOG.leaves[:-1]),
                  Log(leaves=[*LOG.leaves[:-1], b"other"]),
                  Log(signer("other.example/ledger", 2), list(LOG.leaves))):  # fmt: skip
        yield good, {"checkpoint": other.checkpoint()}
    yield good, {"checkpoint": "nonsense"}
    yield cosigned(), {"witnesses": [str(WITNESS.key)]}
    yield cosigned(), {}
    yield cosigned(lie=True), {"witnesses": [str(WITNESS.key)]}
    for policy in policies():
        yield good, {"policy": policy}
        yield cosigned(), {"policy": policy}
    for data, options in told_by_the_clock():
        yield data, options
    yield from about_words()
    for data, _ in NOT_RECEIPTS.values():
        if len(data) <= MAX_BYTES:  # what is larger is made in the page
            yield data, {}
    for receipt, _ in LIES.values():
        yield dump(receipt), {}
        yield dump(receipt), {"vkey": VKEY}
    for at in range(0, len(good), 97):
        yield good[:at], {}
        yield good[:at] + bytes([good[at] ^ 1 << at % 8]) + good[at + 1 :], {}
    yield from ((text.encode(), {}) for text in JSONS)


# Where readers of JSON differ.
JSONS = [
    '\ufeff{"format":"x"}', '{"a":1,}', '{"a" 1}', '{"a":"\\x"}', '{"a":"\\u12"}',
    '{"a":"\\ud83d"}',
    '{"a":"\\ud83d\\ude00","format":"😀"}', '{"😀":"\n"}', '{"a":01}', '{"a":-}', '{"a":1e3}',
    '{"a":Infinity}', '{"a":-Infinity}', '{"a":1.}', '{"__proto__":1,"__proto__":2}',
    '{"constructor":1}', '{"format":["huiyin-receipt/1"]}', '{"format":1}', '{} x', '"text"', "-0",
    '{"a":[1,2,]}', '{"a":[1 2]}', '{"a":tru}', '{"a":"\t"}', '{"a":"', '{"a":"\\', "{", '{"a":',
    '{"a":1' + "0" * 5000 + "}", '{"format":"' + "😀" * 80 + '"}',
]  # fmt: skip


@pytest.fixture
def saved(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page saved to disk, opened from there, with the network off; it asks for nothing."""
    path = tmp_path / "huiyin-verify.html"
    path.write_text(checking_here.offline_page("en", VKEY), "utf-8")
    context = chromium.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    page.goto(path.as_uri())
    yield page
    assert asked == [path.as_uri()]
    assert wrong == []
    context.close()


JUDGE = """async ([cases, languages]) => {
  const words = JSON.parse(document.getElementById("hy-verify-words").textContent);
  const answers = [];
  for (const [data, options] of cases) {
    const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
    const verdict = await huiyinVerify.verifyReceipt(bytes, options);
    answers.push([
      verdict.status, verdict.number, verdict.origin,
      verdict.size === null ? null : String(verdict.size),
      verdict.findings.map((f) => [
        f.code, f.kind, languages.map((l) => huiyinVerify.say(f, words[l])),
      ]),
      languages.map((l) => words[l].verdicts[verdict.status]),
      verdict.texts,
    ]);
  }
  return answers;
}"""


def judged_here(case: Case) -> list[Any]:
    options = dict(case[1])
    if "policy" in options:
        options["policy"] = parse_policy(options["policy"])
    if "now" in options:
        options["now"] = datetime.fromtimestamp(options["now"] / 1000, UTC)
    verdict = verify_receipt(case[0], **options)
    return [
        verdict.status, verdict.number, verdict.origin,
        None if verdict.size is None else str(verdict.size),
        [[f.code, f.kind, [say(f, language) for language in LANGUAGES]] for f in verdict.findings],
        [closing(verdict, language) for language in LANGUAGES],
        [list(text) for text in verdict.texts],
    ]  # fmt: skip


def compare(page: Page, cases: list[Case]) -> None:
    sent = [[base64.b64encode(data).decode(), options] for data, options in cases]
    answers = page.evaluate(JUDGE, [sent, list(LANGUAGES)])
    for case, answer in zip(cases, answers, strict=True):
        assert answer == judged_here(case), case[0][:300]


def test_browser_and_program_say_the_same(saved: Page) -> None:
    cases = [*every_case()]
    assert len(cases) > 240
    compare(saved, cases)


def test_a_file_larger_than_any_receipt(saved: Page) -> None:
    answer = saved.evaluate(
        """async (size) => {
          const { status, findings } = await huiyinVerify.verifyReceipt(new Uint8Array(size));
          return [status, findings.map(({ code, data }) => [code, data])];
        }""",
        MAX_BYTES + 1,
    )
    data = {"size": MAX_BYTES + 1, "most": MAX_BYTES}
    assert answer == ["unreadable", [["receipt-too-large", data]]]


def test_and_without_webcrypto(saved: Page) -> None:
    """Plain http:// pages of an office's own network have no crypto.subtle."""
    saved.evaluate("Object.defineProperty(crypto, 'subtle', {value: undefined})")
    assert saved.evaluate("crypto.subtle === undefined")
    cases = [*every_case()]
    compare(saved, [case for case in cases[::9] if len(case[0]) < 100_000] + cases[:17])


def test_own_hashes_and_signatures_agree_with_the_browsers(saved: Page) -> None:
    """Lengths around the block borders; signatures good, changed, and with a scalar too large."""
    key = signer(seed=3).private
    texts = [
        bytes([n % 251] * n) for n in (0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 1000)
    ]
    order = 2**252 + 27742317777372353535851937790883648493
    rows = []
    for text in texts:
        good = key.sign(text)
        larger = (int.from_bytes(good[32:], "little") + order).to_bytes(32, "little")
        for signature in (
            good,
            good[:5] + bytes([good[5] ^ 1]) + good[6:],
            good[:32] + larger,
            bytes(64),
        ):
            rows.append([text.hex(), signature.hex()])
    verdicts = saved.evaluate(
        """async ([rows, key]) => {
          const pairs = (hex) => hex.match(/../g) ?? [];
          const bytes = (hex) => Uint8Array.from(pairs(hex), (pair) => parseInt(pair, 16));
          const v = huiyinVerify, same = v.equal;
          const results = [];
          for (const [text, signature] of rows) {
            for (const kind of [256, 512]) {
              const theirs = new Uint8Array(await crypto.subtle.digest(`SHA-${kind}`, bytes(text)));
              const own = v.ownSha2(bytes(text), kind);
              if (!same(theirs, own)) throw new Error(`SHA-${kind} of ${text.length / 2} bytes`);
            }
            results.push([
              await v.ed25519(bytes(key), bytes(signature), bytes(text)),
              await v.ownEd25519(bytes(key), bytes(signature), bytes(text)),
            ]);
          }
          return results;
        }""",
        [rows, signer(seed=3).key.public.hex()],
    )
    assert verdicts == [[n % 4 == 0] * 2 for n in range(len(rows))]


def test_policies_that_are_none(saved: Page) -> None:
    answers = saved.evaluate(
        """async ([texts, languages]) => {
          const words = JSON.parse(document.getElementById("hy-verify-words").textContent);
          const refused = (text) => huiyinVerify.parsePolicy(text).then(
            () => null, (error) => languages.map((l) => huiyinVerify.sayRefusal(error, words[l])));
          return Promise.all(texts.map(refused));
        }""",
        [list(MISTAKES), list(LANGUAGES)],
    )
    for text, answer in zip(MISTAKES, answers, strict=True):
        with pytest.raises(Refusal) as found:
            parse_policy(text)
        refusal = found.value
        assert answer == [say_refusal(refusal.code, refusal.data, one) for one in LANGUAGES], text


def drop(page: Page, data: bytes) -> None:
    """What a hand does that drops a file on the page."""
    page.evaluate(
        """(data) => {
          const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], "x.receipt.json"));
          document.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer }));
        }""",
        base64.b64encode(data).decode(),
    )


def choose(page: Page, data: bytes) -> None:
    page.locator("[data-verify-file]").set_input_files(
        {"name": f"{CASE}.receipt.json", "mimeType": "application/json", "buffer": data}
    )


def flipped() -> bytes:
    text = dump(GOOD)
    at = text.index(b"owner")
    return text[:at] + b"0" + text[at + 1 :]


@pytest.mark.parametrize(
    ("data", "status", "text"),
    [
        (dump(GOOD), "valid", "VALID."),
        (flipped(), "invalid", "is not the one that was registered"),
        (swapped(), "invalid", "the first of the case is missing"),
        (foreign(), "invalid", "but with another key than the one"),
        (dump(GOOD)[:-100], "unreadable", "breaks off or is not JSON"),
    ],
)
def test_a_dropped_receipt(saved: Page, data: bytes, status: str, text: str) -> None:
    drop(saved, data)
    expect(saved.locator(f"[data-verify-status={status}]")).to_be_visible()
    expect(saved.locator("[data-verify-result]")).to_contain_text(text)
    saved.locator("[data-verify-language]").select_option("zh-Hant")
    closing_text = closing(verify_receipt(data, page=VKEY), "zh-Hant")
    expect(saved.locator(f"[data-verify-status={status}]")).to_have_text(closing_text)


def test_keys_from_elsewhere_are_typed_in(saved: Page) -> None:
    choose(saved, cosigned())
    expect(saved.locator("[data-verify-code=open-key-page]")).to_be_visible()
    saved.locator("summary").click()
    saved.locator("[name=vkey]").fill(VKEY)
    saved.locator("[name=witnesses]").fill(f"{WITNESS.key}\n")
    saved.locator("[name=checkpoint]").fill(LOG.checkpoint())
    saved.get_by_role("button", name="Check with these").click()
    for code in ("proved-key", "proved-witness", "proved-other"):
        expect(saved.locator(f"[data-verify-code={code}]")).to_be_visible()
    saved.locator("[name=vkey]").fill(VKEY[:-3])
    saved.get_by_role("button", name="Check with these").click()
    expect(saved.locator("[data-verify-status=mistake]")).to_contain_text("Copy the whole line")


def test_the_page_of_the_server_checks_without_it(
    open_page: Any, demo: Any, tmp_path: Path
) -> None:
    page: Page = open_page("en")
    page.goto("/verify/")
    page.wait_for_load_state("networkidle")
    assert not page.locator("[data-verify-server]").is_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    choose(page, dump(GOOD))
    expect(page.locator("[data-verify-status=valid]")).to_be_visible()
    assert asked == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the checking page").click()
    text = Path(download.value.path()).read_text("utf-8")
    assert re.search(r"<[^>]+(?:src|href|action)=", text) is None
    assert text.count("<script") == 2


def test_the_strict_policy_lets_the_script_run(chromium: Browser, demo: Any) -> None:
    context = chromium.new_context(base_url=demo.url, locale="zh-CN")
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text) if line.type == "error" else None)
    page.goto("/verify/")
    choose(page, dump(GOOD))
    expect(page.locator("[data-verify-status=valid]")).to_contain_text("有效。")
    assert refused == []
    context.close()


def test_without_javascript_the_form_sends_the_file(open_page: Any) -> None:
    page: Page = open_page("en", javascript=False)
    page.goto("/verify/")
    assert not page.locator("[data-verify]").is_visible()
    page.locator("[data-verify-server] input[type=file]").set_input_files(
        {"name": "x.receipt.json", "mimeType": "application/json", "buffer": dump(GOOD)}
    )
    page.get_by_role("button", name="Check this receipt").click()
    assert "VALID." in page.locator("main").inner_text()


def choose_beside(page: Page, data: bytes) -> None:
    """A file of one's own, to be compared with those of the receipt."""
    page.locator("[data-verify-fields] summary").click()
    page.locator("[data-verify-others]").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": data}
    )
    page.locator("[data-verify-fields] button").click()


def test_words_and_files_are_proved_on_the_page(saved: Page) -> None:
    choose(saved, dump(WORDS))
    expect(saved.locator("[data-verify-code=proved-words-yours]")).to_contain_text(
        "These are the words that you handed in, unchanged"
    )
    said = saved.locator(".hyv-said")
    assert not said.first.is_visible(), "whoever looks over a shoulder reads nothing"
    saved.get_by_text("Read the words that were proved").click()
    assert [*said.all_inner_texts()][:2] == [TEXT, REMEDY]
    choose_beside(saved, PHOTO)
    expect(saved.locator("[data-verify-code=proved-file-same]")).to_contain_text("photo.jpg")
    saved.locator("[data-verify-others]").set_input_files(
        {"name": "other.jpg", "mimeType": "image/jpeg", "buffer": PHOTO + b"x"}
    )
    saved.locator("[data-verify-fields] button").click()
    expect(saved.locator("[data-verify-status=invalid]")).to_be_visible()
    expect(saved.locator("[data-verify-code=file-not-here]")).to_contain_text("other.jpg")
    assert saved.locator(".hyv-said").count() == 0


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["zh-hans", "en", "ar"])
def test_how_to_check_with_its_picture(open_page: Any, language: str, width: int) -> None:
    """Receipt with words, folded out, and the picture of a proof below: readable for all."""
    page: Page = open_page(language, width)
    page.goto("/verify/")
    picture = page.locator(".hy-proof__tree")
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width
    choose(page, dump(WORDS))
    page.locator("[data-verify-status=valid]").wait_for()
    page.locator(".hyv-words summary").click()
    choose_beside(page, PHOTO)
    page.locator("[data-verify-code=proved-file-same]").wait_for()
    check_page(page)
    page.goto("/manual/verify/")
    check_page(page)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", ["/verify/", "/register/", "/register/today/"])
def test_pages_of_the_register_are_accessible(open_page: Any, path: str, width: int) -> None:
    page: Page = open_page("zh-hans", width)
    page.goto(path)
    if path == "/verify/":
        choose(page, foreign())
        page.locator("[data-verify-status]").wait_for()
    check_page(page)


def test_the_saved_file_is_accessible(saved: Page) -> None:
    saved.locator("summary").click()
    choose(saved, foreign())
    saved.locator("[data-verify-status]").wait_for()
    check_page(saved)
