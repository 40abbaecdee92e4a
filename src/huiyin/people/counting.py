"""What sign-in counts, for all processes and machines: a small cache in the database.

allauth counts failed sign-ins and remembers used one-time codes in Django's cache. A cache in the
memory of each process would give a guesser as many tries as there are processes. Names of rows
are digests under the web key, so that no row says who failed or from where, and rows go when
their time is over. Values are JSON: a pickle from a database would run whatever somebody put
there.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction
from django.utils import timezone

_EVER = timedelta(days=1)  # nothing here is worth more
_Timeout = float | None


class CountingCache(BaseCache):
    """Django's cache interface over ``people_counted``."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(
        self, key: str, value: object, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Keep a value unless there is one; True if it was kept."""
        id, now = self._id(key, version), timezone.now()
        with transaction.atomic():
            _rows().filter(id=id, expires__lte=now).delete()
            return _created(id, value, self._until(timeout, now))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value, or ``default``."""
        found = _rows().filter(id=self._id(key, version), expires__gt=timezone.now())
        value = found.values_list("value", flat=True).first()
        return default if value is None else json.loads(value)

    def set(
        self, key: str, value: object, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Keep a value; the moment to sweep what is over."""
        id, now = self._id(key, version), timezone.now()
        until = self._until(timeout, now)
        with transaction.atomic():
            _rows().filter(expires__lte=now).delete()
            kept = {"value": json.dumps(value), "expires": until}
            if not _rows().filter(id=id).update(**kept) and not _created(id, value, until):
                _rows().filter(id=id).update(**kept)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Prolong a value; False if there is none."""
        now = timezone.now()
        found = _rows().filter(id=self._id(key, version), expires__gt=now)
        return bool(found.update(expires=self._until(timeout, now)))

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget a value; False if there was none."""
        return bool(_rows().filter(id=self._id(key, version)).delete()[0])

    def clear(self) -> None:
        """Forget everything."""
        _rows().all().delete()

    def _id(self, key: str, version: int | None) -> bytes:
        text = f"huiyin/1/counted/{self.make_key(key, version)}"
        return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).digest()

    def _until(self, timeout: Any, now: datetime) -> datetime:
        seconds: _Timeout = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return now + (_EVER if seconds is None else min(_EVER, timedelta(seconds=seconds)))


def _created(id: bytes, value: object, until: datetime) -> bool:
    try:
        with transaction.atomic():
            _rows().create(id=id, value=json.dumps(value), expires=until)
    except IntegrityError:  # another process was first
        return False
    return True


def _rows() -> Any:
    # Here: settings name this module before there are models.
    from huiyin.people.models import Counted

    return Counted.objects
