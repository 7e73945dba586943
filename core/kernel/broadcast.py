"""The one door from core to the sockets.

A change is announced after its commit and never fails a request: with Valkey away it is kept and told when Valkey is
there again, since a change without a number leaves no gap that a page could notice. A thread of its own gathers what
changes: the first change of a topic goes out at once, what follows within 100 ms goes out together. Another long-lived
thread runs the one event loop through which everything is sent, because `async_to_sync(group_send)` would open a new
connection for each call.

Each message carries (epoch, sequence). The number is taken *before* the state is read: whoever holds the higher
number has read later than the lower one's change was committed, so the highest number always tells the truth.
Taken after the read, a slow process could send old state under a new number. No lock per topic is needed.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import redis
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection, transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

GATHERING_SECONDS = 0.1
SEND_TIMEOUT_SECONDS = 2.0
AGAIN_SECONDS = 1.0
AWAY = (redis.RedisError, OSError)
EPOCH_KEY = "foyer:live:epoch"

# Reads the present state of the keys that changed; None if there is nothing to say.
Render = Callable[[set[int]], dict[str, Any] | None]


def announce(topic: str, keys: Iterable[int], render: Render) -> None:
    """After this transaction's commit, tell all who watch `topic` what `render(keys)` says then."""
    changed = set(keys)
    if changed:
        # Robust: what is committed is done, even if no thread can be started to tell of it.
        transaction.on_commit(lambda: _gatherer().add(topic, changed, render), robust=True)


def position(topic: str) -> tuple[str, int]:
    """(epoch, newest number) of a topic; ("", 0) when Valkey is away, which no message ever carries."""
    try:
        epoch, number = _numbers(topic, step=0)
    except redis.RedisError:
        return "", 0
    return epoch, number


def _numbers(topic: str, *, step: int) -> tuple[str, int]:
    # An emptied Valkey counts from 1 again; the new epoch tells the pages not to compare across it.
    pipe = valkey().pipeline(transaction=False)
    pipe.set(EPOCH_KEY, secrets.token_hex(6), nx=True)
    pipe.get(EPOCH_KEY)
    pipe.incrby(f"foyer:live:{topic}", step)
    _, epoch, number = pipe.execute()
    return str(epoch), int(number)


@cache
def valkey() -> "redis.Redis":
    """The connection to Valkey for what is live; gives up within a second."""
    # One new try at once: the connection may be from before Valkey went and came back.
    return redis.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_timeout=1,
        socket_connect_timeout=1,
        health_check_interval=30,
        retry=Retry(NoBackoff(), 1),
    )


class Gatherer:
    """Collects changes per topic and sends them from its own thread."""

    def __init__(self) -> None:
        self._wakeup = threading.Condition()
        self._waiting: dict[str, tuple[set[int], Render]] = {}
        self._sent_at: dict[str, float] = {}
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="broadcast-loop", daemon=True).start()
        threading.Thread(target=self._run, name="broadcast-gather", daemon=True).start()

    def add(self, topic: str, keys: set[int], render: Render) -> None:
        """Note that `keys` of `topic` changed."""
        with self._wakeup:
            waiting, _ = self._waiting.setdefault(topic, (set(), render))
            waiting |= keys
            self._wakeup.notify()

    def _run(self) -> None:
        while True:
            for topic, keys, render in self._take_due():
                try:
                    with contextlib.closing(connection):
                        self._send(topic, keys, render)
                except AWAY as error:
                    logger.warning("broadcast put off: %s", type(error).__name__, extra={"topic": topic})
                    self.add(topic, keys, render)
                    time.sleep(AGAIN_SECONDS)
                except Exception:
                    logger.exception("broadcast failed", extra={"topic": topic})

    def _take_due(self) -> list[tuple[str, set[int], Render]]:
        with self._wakeup:
            while True:
                current = time.monotonic()
                due = {t: self._sent_at.get(t, 0.0) + GATHERING_SECONDS for t in self._waiting}
                ready = [topic for topic, at in due.items() if at <= current]
                if ready:
                    break
                self._wakeup.wait(min(due.values()) - current if due else None)
            taken = [(topic, *self._waiting.pop(topic)) for topic in ready]
            self._sent_at = {t: at for t, at in self._sent_at.items() if at > current - GATHERING_SECONDS}
            self._sent_at.update(dict.fromkeys(ready, current))
            return taken

    def _send(self, topic: str, keys: set[int], render: Render) -> None:
        epoch, number = _numbers(topic, step=1)
        message = render(keys)
        if message is None:
            return
        content = {**message, "epoch": epoch, "sequence": number}
        try:
            self._publish(topic, content)
        except AWAY:
            # The connection was kept from before Valkey went and came back; a second one is new.
            self._publish(topic, content)

    def _publish(self, topic: str, content: dict[str, Any]) -> None:
        sending = get_channel_layer().group_send(topic, {"type": "live.message", "content": content})
        sent = asyncio.run_coroutine_threadsafe(sending, self._loop)
        try:
            sent.result(SEND_TIMEOUT_SECONDS)
        finally:
            sent.cancel()


_gatherers: dict[int, Gatherer] = {}
_starting = threading.Lock()


def _gatherer() -> Gatherer:
    # Keyed by process: threads do not survive a fork.
    pid = os.getpid()
    if pid not in _gatherers:
        with _starting:
            if pid not in _gatherers:
                _gatherers[pid] = Gatherer()
    return _gatherers[pid]
