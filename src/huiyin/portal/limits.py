"""Slowing down guesses and floods, without a log and without locking anybody out.

Counts live in small rows per minute, so that they hold for every process. A network is kept
as a keyed hash for two minutes; a code is never kept. After a minute everything is as before:
nobody can lock a complainant out of their case for longer.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from huiyin.portal.models import Tally

MINUTE = timedelta(minutes=1)
EVERYWHERE = "all"
# How many networks' worth of failures a minute may bring before failures are answered late.
NETWORKS = 20


def network_of(address: str) -> str:
    """The network an address belongs to: /24 of IPv4, /56 of IPv6 (one household or office)."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return str(ip_network(f"{ip}/{24 if ip.version == 4 else 56}", strict=False))


def is_this_machine(address: str) -> bool:
    """True for loopback: requests from the machine itself are not slowed down at hand-in."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _row(kind: str, network: str, now: datetime) -> bytes:
    minute = int(now.timestamp()) // 60
    text = f"huiyin/1/tally/{kind}/{network}/{minute}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).digest()


def count(kind: str, network: str, now: datetime) -> int:
    """How often ``kind`` happened in this network in the present minute."""
    row = Tally.objects.filter(id=_row(kind, network, now)).values_list("count", flat=True)
    return row.first() or 0


def add(kind: str, networks: Iterable[str], now: datetime) -> None:
    """One more in each of these networks in the present minute: one small transaction."""
    with transaction.atomic():
        for network in networks:
            _add(_row(kind, network, now), now)


def _add(key: bytes, now: datetime) -> None:
    if Tally.objects.filter(id=key).update(count=F("count") + 1):
        return
    # A new minute or network: the moment to sweep, not every time.
    Tally.objects.filter(expires__lte=now).delete()
    try:
        with transaction.atomic():
            Tally.objects.create(id=key, count=1, expires=now + 2 * MINUTE)
    except IntegrityError:  # another process was first
        Tally.objects.filter(id=key).update(count=F("count") + 1)


def seconds_left(now: datetime) -> int:
    """Seconds until the present minute ends."""
    return 60 - int(now.timestamp()) % 60


HAND_IN = "hand-in"


def hand_in_wait(address: str, now: datetime) -> int:
    """Seconds that a hand-in from this network should wait; 0 for none. Counts this one."""
    if is_this_machine(address):
        return 0
    network = network_of(address)
    if count(HAND_IN, network, now) >= settings.HUIYIN_HAND_IN_LIMIT:
        return seconds_left(now)
    add(HAND_IN, [network], now)
    return 0
