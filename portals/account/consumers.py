"""The socket of a person: it tells their open pages that something of theirs has changed, and ends with the session."""

import json
from importlib import import_module
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from core.accounts.models import User
from core.notifications import live, queries
from portals.listening import Listener

NOBODY = 4401
# Most people have one or two pages open, and each has a heartbeat of its own: a slow one is enough.
RESTS = 3.0


class PersonConsumer(Listener):
    """Says "changed", never what. Each heartbeat looks whether the session is still there."""

    user_id: int | None = None

    async def connect(self) -> None:
        """Confirm, with the count that a page that was drawn a moment ago may have missed."""
        if not await self.come_in():
            return
        self.user_id = await _whose(self._key())
        if self.user_id is None:
            await self.close(NOBODY)
            return
        hall = await self.listen(live.topic(self.user_id), rests=RESTS)
        epoch, number = await hall.position()
        unread = await _unread(self.user_id)
        await self.confirm(json.dumps({"type": "connected", "unread": unread, "epoch": epoch, "sequence": number}))

    async def tell(self, text: str) -> None:
        """Pass on that something changed; with the session gone, close."""
        told = json.loads(text)
        asks = told["type"] == "heartbeat" or told.get("sessions")
        if asks and await _whose(self._key()) != self.user_id:
            await self.close(NOBODY)
        elif told["type"] == "heartbeat" or told.get("notices"):
            said = {"type": told["type"], "epoch": told["epoch"], "sequence": told["sequence"]}
            await super().tell(json.dumps(said))

    def _key(self) -> str:
        return self.scope.get("cookies", {}).get(settings.SESSION_COOKIE_NAME, "")


@database_sync_to_async
def _whose(session_key: str) -> int | None:
    """Who is logged in by a session, as the table says now and not as the socket was opened."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    session: dict[str, Any] = store(session_key).load() if session_key else {}
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = User.objects.filter(pk=session.get(SESSION_KEY), is_active=True).first()
    if user is None:
        return None
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    known = session.get(HASH_SESSION_KEY, "")
    return user.pk if any(constant_time_compare(known, one) for one in hashes) else None


@database_sync_to_async
def _unread(user_id: int) -> int:
    return queries.unread_count(User(pk=user_id))
