"""Sending what waits, by its channel; what fails is tried again with growing waits and shown to administrators."""

import datetime as dt
import logging

from django.db import transaction

from core.kernel.locks import lock_name
from core.notifications import gateway, messages, push_gateway, text_gateway
from core.notifications.actions.devices import vapid_key
from core.notifications.kinds import KINDS
from core.notifications.models import Channel, Delivery, PushDevice
from core.notifications.outcomes import Refused
from core.outbox import actions as outbox

# 1, 2, 4 ... minutes, then an hour each time: two days and a half. What is old soon is tried again sooner.
FIRST_WAIT, FIRST_WAIT_OF_SHORT = dt.timedelta(minutes=1), dt.timedelta(seconds=5)
LONGEST_WAIT = dt.timedelta(hours=1)
MOST_ATTEMPTS = 64

logger = logging.getLogger(__name__)


def deliver(delivery_id: int, *, now: dt.datetime) -> None:
    """Write one delivery and send it; what fails is noted in it and put off, or given up.

    What was sealed is of no use any more once it was sent, or is too old, and goes. Two deliverers of one wait for
    each other by name, and the second finds it sent. Only a crash between the server's yes and our note of it sends
    something twice: no protocol of theirs can close that gap.
    """
    try:
        with transaction.atomic():
            lock_name(f"delivery:{delivery_id}")
            delivery = Delivery.objects.filter(pk=delivery_id, status=Delivery.Status.WAITING).first()
            if delivery is None:
                return
            if delivery.good_until and delivery.good_until <= now:
                delivery.status, delivery.next_try_at = Delivery.Status.LATE, None
            else:
                _send(delivery, now=now)
                delivery.status, delivery.sent_at, delivery.error = Delivery.Status.SENT, now, ""
                delivery.attempts, delivery.next_try_at = delivery.attempts + 1, None
            delivery.words = {name: word for name, word in delivery.words.items() if name != "sealed"}
            delivery.save(update_fields=["status", "sent_at", "error", "attempts", "next_try_at", "words"])
    except Exception as error:
        _put_off(delivery_id, error, now=now)


def try_again(delivery: Delivery, *, now: dt.datetime) -> None:
    """Have something that was given up, or waits for its next try, sent as soon as can be."""
    Delivery.objects.filter(pk=delivery.pk, status=Delivery.Status.DROPPED).update(status=Delivery.Status.WAITING)
    outbox.post("notifications.deliver", now=now, queue=_queue(delivery), delivery=delivery.pk)


def wait_before(attempt: int, *, short: bool) -> dt.timedelta:
    """How long it is waited after so many failed attempts."""
    first = FIRST_WAIT_OF_SHORT if short else FIRST_WAIT
    doubled: int = 2 ** min(attempt - 1, 12)
    return min(first * doubled, LONGEST_WAIT)


def _queue(delivery: Delivery) -> str:
    return KINDS[delivery.kind].queue if delivery.kind in KINDS else "documents"


def _send(delivery: Delivery, *, now: dt.datetime) -> None:
    if delivery.channel == Channel.MAIL:
        gateway.send(messages.write(delivery, now=now))
    elif delivery.channel == Channel.TEXT:
        text_gateway.send(to=delivery.to, text=messages.write_text(delivery))
    else:
        _push(delivery, now=now)


def _push(delivery: Delivery, *, now: dt.datetime) -> None:
    """To one device; one that is no more is forgotten."""
    device = PushDevice.objects.filter(pk=delivery.to.removeprefix("device:"), user=delivery.user).first()
    if device is None:
        raise Refused("the device was removed")
    try:
        push_gateway.send(device, messages.write_push(delivery), key=vapid_key(now), now=now)
    except push_gateway.Gone as gone:
        raise _DeviceGone(device.pk) from gone
    PushDevice.objects.filter(pk=device.pk).update(last_used_at=now)


class _DeviceGone(Refused):
    def __init__(self, device_id: int) -> None:
        self.device_id = device_id
        super().__init__("the device has gone and was removed")


@transaction.atomic
def _put_off(delivery_id: int, error: Exception, *, now: dt.datetime) -> None:
    """Note what went wrong, and when it is tried again, if at all."""
    if isinstance(error, _DeviceGone):
        PushDevice.objects.filter(pk=error.device_id).delete()
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    if delivery.status != Delivery.Status.WAITING:
        return
    delivery.attempts += 1
    delivery.error = (str(error) if isinstance(error, Refused) else repr(error))[:2000]
    again = now + wait_before(delivery.attempts, short=delivery.good_until is not None)
    hopeless = isinstance(error, Refused) or delivery.attempts >= MOST_ATTEMPTS
    if hopeless or (delivery.good_until and again >= delivery.good_until):
        delivery.status, delivery.next_try_at = Delivery.Status.DROPPED, None
        logger.error("gave up %s %s after %s tries: %s", delivery.channel, delivery_id, delivery.attempts, error)
    else:
        delivery.next_try_at = again
        outbox.post("notifications.deliver", now=now, queue=_queue(delivery), not_before=again, delivery=delivery_id)
        logger.warning("%s %s failed, tried again at %s: %s", delivery.channel, delivery_id, again.time(), error)
    delivery.save(update_fields=["attempts", "error", "status", "next_try_at"])
