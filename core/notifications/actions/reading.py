"""Reading what stands in one's list."""

import datetime as dt

from django.db import transaction

from core.accounts.models import User
from core.notifications import live
from core.notifications.models import Notification


@transaction.atomic
def mark_read(*, user: User, now: dt.datetime, notification_id: int | None = None) -> int:
    """One of this person's notifications is read, or all of them; how many were not before."""
    unread = Notification.objects.of(user).unread()
    if notification_id is not None:
        unread = unread.filter(pk=notification_id)
    changed = unread.update(read_at=now)
    if changed:
        live.tell(user.pk)
    return changed
