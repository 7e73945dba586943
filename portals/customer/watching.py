"""Who looks at which showtime in this process, and what they are told.

A showtime has one subscription here, however many look at it: a message is read once and sent to all. Its heartbeat
carries the newest number, so that a page notices when the last message was lost. With Valkey away sockets stay open;
the heartbeat says so by an empty epoch, and the subscription is tried again until it is there.
"""

import asyncio
import contextlib
import json
import logging
import secrets
from collections import Counter
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import redis
from channels.layers import get_channel_layer

from core.kernel import broadcast, watchers

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 10.0
RETRY_SECONDS = 2.0
FIRST_ANSWER_SECONDS = 1.5
TELL_SECONDS = 0.25
MOST_PER_NETWORK = 100  # many phones share one address, so a cinema's foyer fits in; for each process of sockets


class Watcher(Protocol):
    """A socket."""

    async def tell(self, text: str) -> None:
        """Send it."""


class Hall:
    """The watchers of one showtime, with its subscription and its heartbeat."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.watchers: set[Watcher] = set()
        self.subscribed = asyncio.Event()
        self._tasks = [asyncio.ensure_future(self._listen()), asyncio.ensure_future(self._beat())]

    async def position(self) -> tuple[str, int]:
        """(epoch, newest number); ("", 0) while nothing that happens elsewhere would be heard of."""
        epoch, number = await asyncio.to_thread(broadcast.position, self.topic)
        return (epoch, number) if self.subscribed.is_set() else ("", 0)

    def close(self) -> None:
        """Nobody is left."""
        for task in self._tasks:
            task.cancel()

    async def _listen(self) -> None:
        while True:
            try:
                await self._subscribe()
            except (redis.RedisError, OSError, TimeoutError):
                logger.warning("no subscription, trying again", extra={"topic": self.topic})
            self.subscribed.clear()
            await asyncio.sleep(RETRY_SECONDS)

    async def _subscribe(self) -> None:
        layer = get_channel_layer()
        channel = await layer.new_channel()
        try:
            await layer.group_add(self.topic, channel)
            self.subscribed.set()
            while True:
                message = await layer.receive(channel)
                await self._tell_all(message["content"])
        finally:
            with contextlib.suppress(redis.RedisError, OSError):
                await layer.group_discard(self.topic, channel)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            epoch, number = await self.position()
            await self._tell_all({"type": "heartbeat", "epoch": epoch, "sequence": number})

    async def _tell_all(self, content: dict[str, Any]) -> None:
        text = json.dumps(content, separators=(",", ":"))
        for watcher in list(self.watchers):
            # One whose line has just broken must not keep the others waiting.
            with contextlib.suppress(Exception):
                await watcher.tell(text)


class House:
    """All halls that are watched in this process and event loop."""

    def __init__(self) -> None:
        self.halls: dict[int, Hall] = {}
        self._sockets: Counter[str] = Counter()
        self._process = secrets.token_hex(8)
        self._changed = asyncio.Event()
        self._teller = asyncio.ensure_future(self._tell_counts())

    async def enter(self, showtime_id: int, watcher: Watcher, topic: str) -> Hall:
        """Let `watcher` hear what happens in a showtime."""
        hall = self.halls.get(showtime_id)
        if hall is None:
            hall = self.halls[showtime_id] = Hall(topic)
        hall.watchers.add(watcher)
        self._changed.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(hall.subscribed.wait(), FIRST_ANSWER_SECONDS)
        return hall

    def leave(self, showtime_id: int, watcher: Watcher) -> None:
        """The socket is closed."""
        hall = self.halls.get(showtime_id)
        if hall is None:
            return
        hall.watchers.discard(watcher)
        if not hall.watchers:
            hall.close()
            del self.halls[showtime_id]
        self._changed.set()

    def let_in(self, network: str) -> bool:
        """One more socket from there, or False: enough of them are open. Where it comes from nowhere it always may."""
        if network and self._sockets[network] >= MOST_PER_NETWORK:
            return False
        self._sockets[network] += 1
        return True

    def let_out(self, network: str) -> None:
        """A socket that was let in is closed."""
        self._sockets[network] -= 1
        if not self._sockets[network]:
            del self._sockets[network]

    async def close(self) -> None:
        """Stop everything."""
        for hall in self.halls.values():
            hall.close()
        self.halls.clear()
        self._teller.cancel()
        _houses.pop(asyncio.get_running_loop(), None)

    async def _tell_counts(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), HEARTBEAT_SECONDS)
            await asyncio.sleep(TELL_SECONDS)
            self._changed.clear()
            counts = {showtime_id: len(hall.watchers) for showtime_id, hall in self.halls.items()}
            with contextlib.suppress(redis.RedisError):
                await asyncio.to_thread(watchers.tell, self._process, counts)


_houses: WeakKeyDictionary[asyncio.AbstractEventLoop, House] = WeakKeyDictionary()


def house() -> House:
    """The house of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _houses:
        _houses[loop] = House()
    return _houses[loop]
