"""What is kept for a while only."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q, QuerySet

from core.accounts.models import User
from core.notifications.models import Delivery, Notification, Preference, PushDevice

READ_KEPT = dt.timedelta(days=90)
KEPT = dt.timedelta(days=365)
DELIVERIES_KEPT = dt.timedelta(days=180)
# A device that was not reached for so long is with nobody any more.
DEVICES_KEPT = dt.timedelta(days=365)


def forget_old(*, now: dt.datetime) -> int:
    """Delete what was read 90 days ago or told a year ago, deliveries after half a year; how many rows.

    Deliveries are kept that long since they say what was sent; the outbox never tells anything so old again.
    """
    old = Q(read_at__lt=now - READ_KEPT) | Q(created_at__lt=now - KEPT)
    gone = Notification.objects.filter(old).delete()[0]
    waiting = Delivery.Status.WAITING
    gone += Delivery.objects.filter(created_at__lt=now - DELIVERIES_KEPT).exclude(status=waiting).delete()[0]
    unused = Q(last_used_at__lt=now - DEVICES_KEPT) | Q(last_used_at=None, created_at__lt=now - DEVICES_KEPT)
    gone += PushDevice.objects.filter(unused).delete()[0]
    return gone


@transaction.atomic
def forget_person(*, user: User) -> None:
    """An account is deleted: its list, wishes and devices go, and deliveries say no more whom they went to."""
    forget_wishes(user=user)
    forget_told(about=[f"account:{user.pk}"])
    Preference.objects.filter(user=None, address=user.email).delete()
    addresses = [user.email, *([str(user.mobile)] if user.mobile else [])]
    _blank(Delivery.objects.filter(Q(user=user) | Q(to__in=addresses)))


def forget_wishes(*, user: User) -> None:
    """Empty a person's list, and forget what they want to be told and their devices."""
    for rows in (user.notifications, user.preferences, user.push_devices):
        rows.all().delete()


def forget_told(*, about: Collection[str]) -> None:
    """Deliveries about these rows ("booking:12") say no more whom they went to."""
    _blank(Delivery.objects.filter(about__in=about))


def _blank(rows: QuerySet[Delivery]) -> None:
    rows.filter(status=Delivery.Status.WAITING).update(status=Delivery.Status.DROPPED, next_try_at=None)
    rows.update(to="", words={}, error="", user=None)
