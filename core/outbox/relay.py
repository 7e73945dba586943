"""Handing messages from the outbox to the workers, as soon as they are committed.

The relay listens for the NOTIFY that `post` sends with its commit, so nobody waits for a poll; it looks by itself
every few seconds all the same, for what was put off or must be handed over again. It outlives restarts of PostgreSQL
and of the broker, and notices when the broker has come back empty.
"""

import contextlib
import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator

import psycopg
import redis
from celery import current_app
from django.db import DatabaseError, InterfaceError, connection
from kombu.exceptions import OperationalError as BrokerAway

from core.kernel.broadcast import valkey
from core.outbox.actions import CHANNEL, return_unhanded, start_over, take_waiting

log = logging.getLogger(__name__)

LOOK_EVERY = 5.0
WAIT_WHEN_AWAY = 1.0
AT_ONCE = 100
# Lies in the broker for as long as it remembers anything.
MARK = "foyer:relay:mark"
AWAY = (BrokerAway, redis.RedisError, psycopg.Error, DatabaseError, InterfaceError)

Clock = Callable[[], dt.datetime]


def hand_over(*, now: dt.datetime) -> int:
    """Hand every message that is due to its queue; how many. What the broker does not take becomes due again."""
    handed = 0
    messages = take_waiting(now=now, limit=AT_ONCE)
    while messages:
        waiting = {message.id: message for message in messages}
        try:
            for message in messages:
                current_app.send_task(
                    message.task,
                    kwargs={"message_id": message.id, **message.arguments},
                    queue=message.queue,
                    retry=False,
                )
                del waiting[message.id]
                handed += 1
        finally:
            if waiting:
                return_unhanded(waiting)
        messages = take_waiting(now=now, limit=AT_ONCE) if len(messages) == AT_ONCE else []
    return handed


def notice_forgetting() -> None:
    """Make everything due again that was handed to a broker that has lost its memory since."""
    if not valkey().exists(MARK):
        lost = start_over()
        if lost:
            log.warning("the broker has come back empty; %s messages are handed over again", lost)
        valkey().set(MARK, "1")


def run(*, clock: Clock, wait: Callable[[float], None] = time.sleep) -> None:
    """Hand over for ever. A database or broker that is away is said so once and asked again every second."""
    away = ""
    while True:
        try:
            with _listening() as nudges:
                while True:
                    notice_forgetting()
                    hand_over(now=clock())
                    if away:
                        log.warning("the relay goes on")
                        away = ""
                    for _nudge in nudges.notifies(timeout=LOOK_EVERY, stop_after=1):
                        pass
        except AWAY as error:
            if not away:
                log.warning("the relay waits: %s", error)
            away = str(error) or "away"
            connection.close()
            wait(WAIT_WHEN_AWAY)


@contextlib.contextmanager
def _listening() -> Iterator[psycopg.Connection]:
    """A connection of our own that hears of every commit with a message in it."""
    parameters = connection.get_connection_params()
    with psycopg.connect(**parameters, autocommit=True) as nudges:
        nudges.execute(f"LISTEN {CHANNEL}")
        yield nudges
