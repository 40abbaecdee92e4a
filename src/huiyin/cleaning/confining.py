"""Walls around a process that opens a stranger's file, each taken before the first byte is read.

Limits of memory and time stop a file that is too much; these stop one that takes the reader over:
no new privileges; Landlock (kernel 5.13 and later: no file but the programs' own, none written,
none run; from 6.7 no TCP, from 6.12 no signal and no abstract socket outside); a filter of system
calls (no socket, no program, no look into other processes); a network of its own with nothing in
it, where the kernel lets an ordinary user have one. None needs root. What the kernel does not give
is left out and told (``applied``): a file is cleaned behind the walls there are.

Numbers are those of the kernel's headers (linux/landlock.h, linux/prctl.h, linux/seccomp.h).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

NO_NEW_PRIVILEGES, LANDLOCK, CALLS, NETWORK = "no-new-privileges", "landlock", "calls", "network"
ALL = (NO_NEW_PRIVILEGES, LANDLOCK, CALLS, NETWORK)

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER = 38, 22, 2
_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every architecture
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_READING = _READ_FILE | _READ_DIR
_RUNNING = _READING | _EXECUTE
# Rights of files that each version of Landlock knows; TCP since the fourth, scopes since the sixth.
_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_FILES_NOW = (1 << 16) - 1
_TCP, _SCOPES = 0b11, 0b11
_NEWUSER, _NEWNET = 0x10000000, 0x40000000
# What both a reader and mat2 need of the machine. Not /usr or /etc as a whole: somebody may keep
# the data or the key folder below them.
_MACHINE = (
    *("/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/share", "/usr/bin"),
    *("/usr/local/lib", "/usr/local/bin", "/lib", "/lib64", "/bin", "/dev/urandom"),
    *("/etc/ld.so.cache", "/etc/mime.types", "/etc/alternatives", "/etc/fonts", "/etc/localtime"),
)


def confine_reader() -> tuple[str, ...]:
    """For the child of ours: it reads programs, and writes and runs nothing. Returns what holds."""
    programs = [str(Path(__file__).resolve().parents[1])]
    prefixes = (sys.prefix, sys.base_prefix)
    programs += [f"{prefix}/{lib}" for prefix in prefixes for lib in ("lib", "lib64")]
    found = [_no_new_privileges(), _no_network()]
    found.append(_landlock(dict.fromkeys((*_MACHINE, *programs), _READING)))
    found.append(_no_calls(run=False))
    return tuple(name for name in ALL if name in found)


def confine_program(folder: Path) -> None:
    """For mat2 and what it starts: programs of the machine, and its own folder in memory."""
    _no_new_privileges()
    _no_network()
    own = {str(folder): _FILES_NOW & ~_EXECUTE, "/dev/null": _READ_FILE | _WRITE_FILE}
    _landlock(dict.fromkeys(_MACHINE, _RUNNING) | own)
    _no_calls(run=True)


def _no_new_privileges() -> str:
    return NO_NEW_PRIVILEGES if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 else ""


def _no_network() -> str:
    """A network namespace of its own; an ordinary user needs a user namespace around it."""
    for flags in (_NEWNET, _NEWUSER | _NEWNET):
        if _libc.unshare(flags) == 0:
            return NETWORK
    return ""


# -- Landlock ------------------------------------------------------------------------------------


def landlock_version() -> int:
    """Which version the kernel has; 0 for none."""
    return max(0, _libc.syscall(_CREATE, None, ctypes.c_size_t(0), 1))


def _landlock(allowed: dict[str, int]) -> str:
    """From now on these paths with these rights, and no other file."""
    version = landlock_version()
    if version == 0:
        return ""
    files = _FILES.get(version, _FILES_NOW)
    wanted = [files, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0]
    size = 8 if version < 4 else 16 if version < 6 else 24
    rules = struct.pack("=QQQ", *wanted)[:size]
    ruleset = _libc.syscall(_CREATE, rules, ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return ""
    try:
        for path, rights in allowed.items():
            _allow(ruleset, path, rights & files)
        return LANDLOCK if _libc.syscall(_RESTRICT, ruleset, 0) == 0 else ""
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    with contextlib.suppress(OSError):  # not every machine has all of them
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not os.path.isdir(path):
                rights &= _EXECUTE | _WRITE_FILE | _READ_FILE
            rule = struct.pack("=Qi", rights, opened)
            _libc.syscall(_ADD, ruleset, 1, rule, 0)
        finally:
            os.close(opened)


# -- system calls --------------------------------------------------------------------------------

# By architecture: its number in linux/audit.h, then the refused calls and their numbers there.
_X86 = """socket 41 connect 42 bind 49 listen 50 sendto 44 sendmsg 46 execve 59 execveat 322
ptrace 101 process_vm_readv 310 process_vm_writev 311 pidfd_getfd 438 bpf 321 mount 165 umount2 166
setns 308 unshare 272 keyctl 250 add_key 248 request_key 249 kexec_load 246 perf_event_open 298
userfaultfd 323 io_uring_setup 425"""
_ARM = """socket 198 connect 203 bind 200 listen 201 sendto 206 sendmsg 211 execve 221 execveat 281
ptrace 117 process_vm_readv 270 process_vm_writev 271 pidfd_getfd 438 bpf 280 mount 40 umount2 39
setns 268 unshare 97 keyctl 219 add_key 217 request_key 218 kexec_load 104 perf_event_open 241
userfaultfd 282 io_uring_setup 425"""
_ARCHITECTURES = {"x86_64": (0xC000003E, _X86), "aarch64": (0xC00000B7, _ARM)}
_PROGRAMS = {"execve", "execveat"}
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_LET, _REFUSE, _KILL = 0x7FFF0000, 0x00050001, 0x80000000  # the second with EPERM
_OTHER_NUMBERS = 0x40000000  # the x32 numbers of an x86_64 kernel


def _no_calls(*, run: bool) -> str:
    """Refuse the calls above; ``run``: but let programs be started."""
    known = _ARCHITECTURES.get(platform.machine())
    if known is None:
        return ""
    number, words = known[0], known[1].split()
    calls = zip(words[::2], map(int, words[1::2]), strict=True)
    refused = sorted(each for name, each in calls if not (run and name in _PROGRAMS))
    program = _program(number, refused)
    code = ctypes.create_string_buffer(b"".join(program))
    whole = struct.pack("@HP", len(program), ctypes.addressof(code))
    return CALLS if _libc.prctl(_PR_SET_SECCOMP, _FILTER, whole, 0, 0) == 0 else ""


def _program(architecture: int, refused: Iterable[int]) -> list[bytes]:
    """The filter (classic BPF over struct seccomp_data: the call at 0, the architecture at 4)."""
    steps = [_step(_LOAD, 4), _step(_EQUAL, architecture, 1, 0), _step(_RETURN, _KILL)]
    steps += [_step(_LOAD, 0), _step(_AT_LEAST, _OTHER_NUMBERS, 0, 1), _step(_RETURN, _REFUSE)]
    for call in refused:
        steps += [_step(_EQUAL, call, 0, 1), _step(_RETURN, _REFUSE)]
    return [*steps, _step(_RETURN, _LET)]


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)
