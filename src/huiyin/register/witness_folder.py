"""What a witness keeps: its key, the logs that it follows, the last checkpoint of each.

``witness.key`` (0600) is one line in the form of Go's note package; ``logs`` holds lines
``log VKEY`` as in C2SP tlog-policy; ``seen/HASH`` holds the note cosigned last, where HASH is
the SHA-256 of the origin in hex. A note is replaced in one step, and synced, before anybody
hears of it: a witness that forgets what it cosigned could be led to cosign a fork.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huiyin.domain.errors import Refusal
from huiyin.domain.notes import COSIGNATURE, Checkpoint, Note, Signer, VerifierKey, open_note
from huiyin.domain.notes import parse_checkpoint as read_checkpoint
from huiyin.domain.policies import parse_policy

KEY, LOGS, SEEN, LOCK = "witness.key", "logs", "seen", "lock"


class WitnessFolder:
    """One witness's folder."""

    def __init__(self, folder: Path) -> None:
        """Raises Refusal: witness-key-missing, signing-key-malformed."""
        self.folder = folder
        try:
            self.signer = Signer.parse(_text(folder / KEY))
        except FileNotFoundError:
            raise Refusal("witness-key-missing", folder=str(folder)) from None
        if self.signer.key.algorithm != COSIGNATURE:
            raise Refusal("signing-key-malformed")

    @classmethod
    def create(cls, folder: Path, signer: Signer) -> WitnessFolder:
        """Make the folder with this key. Raises Refusal("witness-key-exists")."""
        (folder / SEEN).mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            file = os.open(folder / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise Refusal("witness-key-exists", folder=str(folder)) from None
        with os.fdopen(file, "w") as out:
            out.write(signer.to_text() + "\n")
            out.flush()
            os.fsync(out.fileno())
        (folder / LOGS).write_text("", "utf-8")
        return cls(folder)

    def follow(self, vkey: str) -> None:
        """Follow one more log. Raises Refusal: those of ``parse_policy``."""
        text = f"{_text(self.folder / LOGS)}log {vkey}\n"
        parse_policy(f"{text}quorum none\n")
        _replace(self.folder / LOGS, text)

    def logs(self) -> list[VerifierKey]:
        """The keys of the logs that are followed, read anew each time."""
        text = _text(self.folder / LOGS)
        return [log.key for log in parse_policy(f"{text}quorum none\n").logs]

    def path_of(self, origin: str) -> Path:
        """Where the last note of a log is kept."""
        return self.folder / SEEN / hashlib.sha256(origin.encode()).hexdigest()

    def latest(self) -> dict[str, Checkpoint]:
        """By origin, the checkpoint cosigned last.

        Raises Refusal("witness-memory-damaged") if a note does not bear our own cosignature:
        going on from zero would let anybody lead this witness into a fork.
        """
        found = {}
        for origin in {log.name for log in self.logs()}:
            try:
                text = self.path_of(origin).read_bytes().decode()
                note, _ = open_note(text, [self.signer.key])
                found[origin] = read_checkpoint(note.text)
            except FileNotFoundError:
                continue
            except (Refusal, UnicodeDecodeError):
                raise Refusal("witness-memory-damaged", path=str(self.path_of(origin))) from None
        return found

    def remember(self, origin: str, note: Note) -> None:
        """Keep the note cosigned last: on the disk when this returns."""
        _replace(self.path_of(origin), str(note))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else writes in this folder inside the block.

        Raises Refusal("witness-runs-already").
        """
        with (self.folder / LOCK).open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Refusal("witness-runs-already", folder=str(self.folder)) from None
            yield


def _text(path: Path) -> str:
    """A file as text; what is no UTF-8 becomes a mark that no key and no policy may contain."""
    return path.read_bytes().decode("utf-8", "replace")


def _replace(path: Path, text: str) -> None:
    """Write in one step that survives a power cut: file synced, renamed, folder synced."""
    temporary = path.with_name(path.name + ".new")
    with temporary.open("w", encoding="utf-8", newline="\n") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
