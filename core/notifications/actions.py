"""Saying things to people: written down in the transaction that makes them true, sent after it."""

import datetime as dt
import logging

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core.audit import actions as audit
from core.bookings.models import Booking
from core.kernel.actor import Actor
from core.kernel.errors import Conflict, TooOften
from core.kernel.locks import lock_name
from core.notifications import gateway, messages
from core.notifications.models import Delivery
from core.outbox import actions as outbox

QUEUE = "documents"
RESEND_PAUSE = dt.timedelta(minutes=1)
RESENDS_PER_HOUR = 5
# The outbox waits 1, 2, 4 ... minutes, then an hour each time: two days and a half. A code is old after five minutes.
MOST_ATTEMPTS = 64
MOST_ATTEMPTS_OF = {messages.PROOF_CODE: 3}

logger = logging.getLogger(__name__)


class NothingToMail(Conflict):
    """No ticket of the booking is valid any more."""


def announce(
    kind: str, *, about: str, once_key: str, to: str, language: str, now: dt.datetime, **words: int | str
) -> Delivery:
    """Have a mail of `kind` about a row ("booking:12") sent, once for `once_key`; `words` fill its text.

    Inside the caller's transaction: what did not happen is not told, and the second telling of the same thing finds
    the first.
    """
    delivery, fresh = Delivery.objects.get_or_create(
        once_key=once_key,
        defaults={
            "kind": kind,
            "about": about,
            "to": to,
            "language": language,
            "words": words,
            "created_at": now,
        },
    )
    if fresh:
        outbox.post("notifications.deliver", now=now, queue=QUEUE, delivery=delivery.pk)
    return delivery


@transaction.atomic
def resend(*, booking: Booking, actor: Actor, now: dt.datetime) -> Delivery:
    """Mail the tickets of a booking once more, to the address it was made with.

    At most once a minute and five times an hour for a booking: raises TooOften. NothingToMail if no ticket is left.
    """
    if not booking.tickets.valid().exists():
        raise NothingToMail(_("No valid tickets are left in this booking."))
    lock_name(f"resend:{booking.pk}")
    sent = Delivery.objects.filter(about=f"booking:{booking.pk}", kind=messages.TICKETS_AGAIN)
    recent = sorted(sent.filter(created_at__gt=now - dt.timedelta(hours=1)).values_list("created_at", flat=True))
    if recent and now - recent[-1] < RESEND_PAUSE:
        raise _too_often(recent[-1] + RESEND_PAUSE - now)
    if len(recent) >= RESENDS_PER_HOUR:
        raise _too_often(recent[0] + dt.timedelta(hours=1) - now)
    audit.record("tickets.resent", booking, actor=actor, now=now, organizer_id=booking.organizer_id)
    return announce(
        messages.TICKETS_AGAIN,
        about=f"booking:{booking.pk}",
        once_key=f"{messages.TICKETS_AGAIN}:{booking.code}:{now.timestamp():.0f}",
        to=booking.email,
        language=booking.language,
        now=now,
    )


def deliver(delivery_id: int, *, now: dt.datetime) -> None:
    """Write the mail and send it. Raises what the mail server says, to be tried again, a limited number of times.

    Two deliverers of one mail wait for each other by name, and the second finds it sent. Only a crash between the
    server's yes and our note of it sends a mail twice: no protocol of SMTP can close that gap.
    """
    try:
        with transaction.atomic():
            lock_name(f"delivery:{delivery_id}")
            delivery = Delivery.objects.get(pk=delivery_id)
            if delivery.status != Delivery.Status.WAITING:
                return
            gateway.send(messages.write(delivery, now=now))
            delivery.status, delivery.sent_at, delivery.error = Delivery.Status.SENT, now, ""
            delivery.attempts += 1
            delivery.save(update_fields=["status", "sent_at", "error", "attempts"])
    except Exception as error:
        if not _give_up(delivery_id, error):
            raise


def _give_up(delivery_id: int, error: Exception) -> bool:
    """Note what went wrong; True when it was the last try."""
    failed = Delivery.objects.filter(pk=delivery_id)
    failed.update(attempts=F("attempts") + 1, error=repr(error)[:2000])
    kind, attempts = failed.values_list("kind", "attempts").get()
    if attempts < MOST_ATTEMPTS_OF.get(kind, MOST_ATTEMPTS):
        return False
    failed.update(status=Delivery.Status.DROPPED)
    logger.error("gave up the mail %s after %s tries: %r", delivery_id, attempts, error)
    return True


def _too_often(wait: dt.timedelta) -> TooOften:
    seconds = int(wait.total_seconds()) + 1
    return TooOften(
        _("The tickets were mailed a moment ago. You can have them mailed again in %(seconds)s seconds.")
        % {"seconds": seconds},
        retry_after=seconds,
    )
