"""Who keeps the server's key at rest: the file itself, or a key service behind a program.

Both are small: ``wrap`` and ``unwrap`` 32 bytes. With a service the key file holds only what the
service wrapped, so that the folder alone opens nothing; each process asks the service once and
holds the key in memory from then on, as it does with a plain file. The program stands for any
service there is (cloud KMS, HSM, TPM, smart card): it is called as ``PROGRAM wrap`` or
``PROGRAM unwrap``, reads one line of base64 and writes one line of base64.
"""

from __future__ import annotations

import base64
import binascii
import shlex
import subprocess
from typing import Protocol

from django.conf import settings

from huiyin.domain.errors import Refusal

# A service that does not answer within this time, in seconds, is told to the operator.
PATIENCE = 30
_MOST = 16 * 1024  # characters; no service answers with more


class Keeper(Protocol):
    """One way to keep the server's key. ``form``: the first word of the key file."""

    form: str

    def wrap(self, key: bytes) -> bytes:
        """Return what may lie in the file."""

    def unwrap(self, kept: bytes) -> bytes:
        """Return the key."""


class PlainKeeper:
    """The file holds the key; the rights of the folder protect it."""

    form = "huiyin-vault-key-1"

    def wrap(self, key: bytes) -> bytes:
        """The key as it is."""
        return key

    def unwrap(self, kept: bytes) -> bytes:
        """The key as it is."""
        return kept


class CommandKeeper:
    """The file holds what an external program made of the key."""

    form = "huiyin-vault-key-2-command"

    def __init__(self, command: str) -> None:
        self.command = shlex.split(command)

    def wrap(self, key: bytes) -> bytes:
        """Return what the program made of the key, after trying that it gives the key back: a key
        that does not come back would be lost with everything under it. Raises ``kms-failed``."""
        kept = self._run("wrap", key)
        if kept == key or self._run("unwrap", kept) != key:
            raise Refusal("kms-failed", program=self.command[0], why="wrap and unwrap do not fit")
        return kept

    def unwrap(self, kept: bytes) -> bytes:
        """Return the key; raises ``kms-failed`` (program, why), ``kms-not-set``."""
        if not self.command:
            raise Refusal("kms-not-set")
        return self._run("unwrap", kept)

    def _run(self, verb: str, data: bytes) -> bytes:
        try:
            done = subprocess.run(
                [*self.command, verb],
                input=base64.b64encode(data) + b"\n",
                capture_output=True,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise self._failed(f"no answer within {PATIENCE} seconds") from error
        except OSError as error:
            raise self._failed(error.strerror or "cannot be started") from error
        if done.returncode:
            # Its own words may hold anything; the operator finds them where the program logs.
            raise self._failed(f"exit status {done.returncode}")
        try:
            answer = base64.b64decode(done.stdout[:_MOST].strip(), validate=True)
        except (binascii.Error, ValueError) as error:
            raise self._failed("its answer is not one line of base64") from error
        if not answer:
            raise self._failed("its answer is empty")
        return answer

    def _failed(self, why: str) -> Refusal:
        return Refusal("kms-failed", program=self.command[0], why=why)


def chosen_keeper() -> Keeper:
    """As the operator set it: a program (``HUIYIN_KMS``), else the file itself."""
    return CommandKeeper(settings.HUIYIN_KMS) if settings.HUIYIN_KMS else PlainKeeper()


def keeper_of(form: str) -> Keeper | None:
    """Who can read a key file that begins with ``form``; None for nobody."""
    if form == PlainKeeper.form:
        return PlainKeeper()
    if form == CommandKeeper.form:
        return CommandKeeper(settings.HUIYIN_KMS)
    return None
