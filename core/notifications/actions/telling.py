"""Telling people things: written down in the transaction that makes them true, sent after it."""

import datetime as dt

from core.accounts.addresses import is_placeholder
from core.accounts.models import User
from core.notifications import live
from core.notifications.kinds import KINDS, Kind
from core.notifications.models import Channel, Delivery, Notification
from core.notifications.queries import channels_for, devices_of, may_mail
from core.outbox import actions as outbox


def notify(
    kind: str,
    *,
    once_key: str,
    now: dt.datetime,
    user: User | None = None,
    to: str = "",
    about: str = "",
    language: str = "",
    good_until: dt.datetime | None = None,
    **words: int | str,
) -> list[Delivery]:
    """Tell somebody something of `kind` (a row of `kinds.py`), once for `once_key`; the deliveries that wait now.

    The one way in which anything is said. Call it inside the transaction that makes it true: what did not happen is
    not told, and the second telling of the same thing finds the first. `words` fill the texts of the kind and are
    plain; what is secret goes in sealed. `about` names a row ("booking:12"): mails of bookings draw on it.

    `user` has a login: it stands in their list, and goes by the channels they prefer. `to`, a mail address or a
    mobile number, says where instead of their own one, or where to if there is no `user`. After `good_until` it is
    not sent any more.
    """
    spec = KINDS[kind]
    if user is not None and user.erased_at is not None:
        user = None  # a pseudonym has no list and no address; `to` may still be needed for tickets to come
    if user is not None and spec.kept:
        _keep(spec, user, about=about, once_key=once_key, now=now, words=words)
    waiting = []
    for channel, destination in _destinations(spec, user, to):
        own_key = once_key if channel == Channel.MAIL else f"{once_key}@{destination}"
        delivery, fresh = Delivery.objects.get_or_create(
            once_key=own_key[:160],
            defaults={
                "kind": kind,
                "channel": channel,
                "about": about,
                "user": user,
                "to": destination,
                "language": language or (user.language if user else "en"),
                "words": words,
                "created_at": now,
                "good_until": good_until,
            },
        )
        if fresh:
            outbox.post("notifications.deliver", now=now, queue=spec.queue, delivery=delivery.pk)
        waiting.append(delivery)
    return waiting


def _keep(spec: Kind, user: User, *, about: str, once_key: str, now: dt.datetime, words: dict[str, int | str]) -> None:
    shown = {name: word for name, word in words.items() if name != "sealed"}
    row = Notification(user=user, kind=spec.name, about=about, once_key=once_key, created_at=now, words=shown)
    # One statement, whether it has been told before or not.
    Notification.objects.bulk_create([row], ignore_conflicts=True)
    live.tell(user.pk)


def _destinations(spec: Kind, user: User | None, to: str) -> list[tuple[Channel, str]]:
    to = "" if is_placeholder(to) else to
    given = Channel.MAIL if "@" in to else Channel.TEXT
    if user is None:
        known = given in spec.channels and (given == Channel.TEXT or may_mail(spec, to))
        return [(given, to)] if to and known else []
    found = []
    for channel in channels_for(spec, user):
        found += [(channel, destination) for destination in _own(channel, user, to if channel == given else "")]
    return found


def _own(channel: Channel, user: User, to: str) -> list[str]:
    if to:
        return [to]
    if channel == Channel.MAIL:
        return [] if is_placeholder(user.email) else [user.email]
    if channel == Channel.TEXT:
        return [str(user.mobile)] if user.mobile and user.mobile_verified_at else []
    return [f"device:{device.pk}" for device in devices_of(user)]
