import datetime as dt
from typing import Any

from django.db import transaction

from core.outbox import actions as outbox
from core.payments.gateway import event_time
from core.payments.models import StripeEvent

KEPT_DAYS = 90


@transaction.atomic
def receive(event: dict[str, Any], *, now: dt.datetime) -> bool:
    """Put an event with a proved signature into the inbox; False if it lies there already (R1).

    Nothing is decided here: a task does, so that Stripe has its answer at once and a failure is tried again.
    """
    stored, fresh = StripeEvent.objects.get_or_create(
        event_id=event["id"],
        defaults={
            "type": event["type"],
            "payload": event["data"]["object"],
            "occurred_at": event_time(event),
            "received_at": now,
        },
    )
    if fresh:
        outbox.post("flows.handle_stripe_event", now=now, event=stored.pk)
    return fresh


def settle_event(event: StripeEvent, outcome: str, *, now: dt.datetime) -> None:
    """Note that an event was handled, and what came of it."""
    event.handled_at = now
    event.outcome = outcome[:200]
    event.save(update_fields=["handled_at", "outcome"])


def forget_handled(*, now: dt.datetime) -> int:
    """Delete handled events after 90 days; how many.

    Repeats that come later meet payments that have ended, and change nothing (R7).
    """
    old = StripeEvent.objects.filter(received_at__lt=now - dt.timedelta(days=KEPT_DAYS), handled_at__isnull=False)
    count, _ = old.delete()
    return count
