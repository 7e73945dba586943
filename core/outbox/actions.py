"""Posting work in the transaction that makes it necessary, and handing it on after the commit.

Nothing is lost if the process dies after the commit, and nothing is sent if it rolls back. A message is done when
its task says so in the task's own transaction; what was handed over and is not done after a while is handed over
again, so a broker that forgets loses nothing. Every task is therefore safe to run twice.
"""

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from core.kernel.compiled import AnyOf, compiled_update, insert
from core.outbox.models import Message

CHANNEL = "foyer_outbox"
HAND_OVER_AGAIN_AFTER = dt.timedelta(seconds=60)
LONGEST_WAIT = dt.timedelta(hours=1)


def post(
    task: str,
    *,
    now: dt.datetime,
    queue: str = "default",
    not_before: dt.datetime | None = None,
    **arguments: int | str,
) -> Message:
    """Have `task` run with `arguments` (ids and short words) once the present transaction is committed.

    The relay is nudged by NOTIFY, which PostgreSQL sends at the commit; `not_before` puts the task off.
    """
    message = insert(Message(task=task, arguments=arguments, queue=queue, posted_at=now, not_before=not_before or now))
    _nudge()
    return message


def take_waiting(*, now: dt.datetime, limit: int = 100) -> list[Message]:
    """Claim up to `limit` messages that are due, marking them as handed over now.

    Several relays share the work: rows that another relay is claiming are skipped, not waited for. What failed or
    got lost waits longer each time (one minute doubled per attempt, at most an hour). What nobody has put off is due
    at once, even if whoever posted it has a clock that is ahead of ours.
    """
    due = Q(not_before__lte=now) | Q(not_before=F("posted_at"), handed_at=None)
    with transaction.atomic():
        waiting = list(
            Message.objects.select_for_update(skip_locked=True)
            .filter(due, Q(handed_at=None) | Q(handed_at__lt=now - HAND_OVER_AGAIN_AFTER), done_at=None)
            .order_by("not_before", "id")[:limit]
        )
        for message in waiting:
            message.handed_at = now
            message.attempts = min(message.attempts + 1, 1000)
            message.not_before = now + min(HAND_OVER_AGAIN_AFTER * 2 ** min(message.attempts - 1, 6), LONGEST_WAIT)
        for attempts, together in itertools.groupby(sorted(waiting, key=_attempts), key=_attempts):
            alike = list(together)
            _hand([message.pk for message in alike], now, attempts, alike[0].not_before)
    return waiting


def _attempts(message: Message) -> int:
    return message.attempts


@compiled_update
def _hand(
    ids: list[int], now: dt.datetime, attempts: int, again: dt.datetime
) -> tuple[QuerySet[Message], dict[str, Any]]:
    return Message.objects.filter(AnyOf("id", ids)), {"handed_at": now, "attempts": attempts, "not_before": again}


def mark_done(message_id: int, *, now: dt.datetime) -> None:
    """Say that the work of a message is finished."""
    Message.objects.filter(id=message_id, done_at=None).update(done_at=now, last_error="")


def mark_failed(message_id: int, error: str) -> None:
    """Keep why an attempt failed; the message stays waiting."""
    Message.objects.filter(id=message_id, done_at=None).update(last_error=error[:2000])


def hurry(message_id: int, *, now: dt.datetime) -> None:
    """Make a message due at once that waits for its time or its next try."""
    Message.objects.filter(id=message_id, done_at=None).update(not_before=now, handed_at=None)
    _nudge()


def return_unhanded(message_ids: Iterable[int]) -> None:
    """Make messages due again that the broker, being away, did not take; it does not count as an attempt."""
    unhanded = Message.objects.filter(id__in=message_ids, done_at=None)
    unhanded.update(handed_at=None, not_before=F("posted_at"), attempts=F("attempts") - 1)


def start_over() -> int:
    """Make due again what was handed to a broker that has lost it; how many. What has failed goes on waiting."""
    lost = Message.objects.filter(done_at=None, handed_at__isnull=False, last_error="")
    return lost.update(handed_at=None, not_before=F("posted_at"), attempts=0)


def forget_done(*, before: dt.datetime) -> int:
    """Delete messages that were done before that instant; how many."""
    count, _ = Message.objects.filter(done_at__lt=before).delete()
    return count


def _nudge() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
