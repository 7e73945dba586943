"""Sessions in the database (docs/decisions/0016), read by a compiled query: every request reads one."""

import datetime as dt

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from core.kernel.compiled import compiled


class SessionStore(DatabaseSessions):
    """Django's own but for how a row is found."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The same table."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        for found in _living(self.session_key or "", timezone.now()):
            return found
        self._session_key = None
        return None


@compiled
def _living(key: str, now: dt.datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)
