"""What the outbox can be asked."""

import datetime as dt

from core.outbox.models import Message


def waits_since(*, now: dt.datetime, patience: dt.timedelta) -> dt.datetime | None:
    """When the oldest message was due that nobody has handed over for longer than `patience`; None if all is well."""
    late = Message.objects.filter(done_at=None, handed_at=None, not_before__lt=now - patience)
    return late.order_by("not_before").values_list("not_before", flat=True).first()
