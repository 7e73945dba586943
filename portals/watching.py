"""Who looks at what in this process, and what they are told: at a showtime, or at what is told to one person.

A topic has one subscription here, however many listen to it: a message is read once and sent to all. Its heartbeat
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
    """The watchers of one topic, with its subscription and its heartbeat."""

    def __init__(self, topic: str, *, rests: float = 1.0) -> None:
        self.topic = topic
        self._rests = rests
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
            await asyncio.sleep(HEARTBEAT_SECONDS * self._rests)
            epoch, number = await self.position()
            await self._tell_all({"type": "heartbeat", "epoch": epoch, "sequence": number})

    async def _tell_all(self, content: dict[str, Any]) -> None:
        text = json.dumps(content, separators=(",", ":"))
        for watcher in list(self.watchers):
            # One whose line has just broken must not keep the others waiting.
            with contextlib.suppress(Exception):
                await watcher.tell(text)


class House:
    """All topics that are watched in this process and event loop."""

    def __init__(self) -> None:
        self.halls: dict[str, Hall] = {}
        self.showtimes: dict[int, str] = {}
        self._sockets: Counter[str] = Counter()
        self._process = secrets.token_hex(8)
        self._changed = asyncio.Event()
        self._teller = asyncio.ensure_future(self._tell_counts())

    async def enter(self, topic: str, watcher: Watcher, *, showtime_id: int | None = None, rests: float = 1.0) -> Hall:
        """Let `watcher` hear what is told of a topic; who watches a showtime is counted.

        `rests` makes the heartbeat so many times slower, for topics that each have but one or two watchers.
        """
        hall = self.halls.get(topic)
        if hall is None:
            hall = self.halls[topic] = Hall(topic, rests=rests)
        if showtime_id is not None:
            self.showtimes[showtime_id] = topic
        hall.watchers.add(watcher)
        self._changed.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(hall.subscribed.wait(), FIRST_ANSWER_SECONDS)
        return hall

    def leave(self, topic: str, watcher: Watcher) -> None:
        """The socket is closed."""
        hall = self.halls.get(topic)
        if hall is None:
            return
        hall.watchers.discard(watcher)
        if not hall.watchers:
            hall.close()
            del self.halls[topic]
            self.showtimes = {number: name for number, name in self.showtimes.items() if name != topic}
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
        self.showtimes.clear()
        self._teller.cancel()
        _houses.pop(asyncio.get_running_loop(), None)

    async def _tell_counts(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), HEARTBEAT_SECONDS)
            await asyncio.sleep(TELL_SECONDS)
            self._changed.clear()
            counts = {number: len(self.halls[topic].watchers) for number, topic in self.showtimes.items()}
            with contextlib.suppress(redis.RedisError):
                await asyncio.to_thread(watchers.tell, self._process, counts)


_houses: WeakKeyDictionary[asyncio.AbstractEventLoop, House] = WeakKeyDictionary()


def house() -> House:
    """The house of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _houses:
        _houses[loop] = House()
    return _houses[loop]
