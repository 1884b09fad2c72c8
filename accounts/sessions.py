"""Sessions that end: after 12 hours without use, and 14 days after their beginning however much they are used.

The row's `expire_date` is when it ends if nobody comes any more. Use puts it off by an UPDATE of that column alone, so
it overwrites nothing that another HTTP request keeps in the session, and brings no ended session back to life.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.utils import timezone

BEGAN = "_began"
# Use is noted once in so long: a click is no write.
NOTED_EVERY = timedelta(minutes=5)


class SessionStore(DatabaseStore):
    """Django's sessions in the database, with both ends. A session of unknown beginning has ended."""

    def load(self) -> dict[str, Any]:
        now = timezone.now()
        living = Session.objects.filter(pk=self.session_key, expire_date__gt=now)
        row = living.first()
        data = self.decode(row.session_data) if row else {}
        ends_at = _ends_at(data, now)
        if row is None or ends_at <= now:
            self._session_key = None
            return {}
        if ends_at - row.expire_date >= NOTED_EVERY:
            living.update(expire_date=ends_at)
        return data

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(pk=session_key, expire_date__gt=timezone.now()).exists()

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        now = timezone.now()
        data.setdefault(BEGAN, int(now.timestamp()))
        row = super().create_model_instance(data)
        row.expire_date = _ends_at(data, now)
        return row


def _ends_at(data: dict[str, Any], now: datetime) -> datetime:
    began = datetime.fromtimestamp(data.get(BEGAN, 0), UTC)
    idle, whole = timedelta(seconds=settings.SESSION_IDLE_AGE), timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return min(now + idle, began + whole)
