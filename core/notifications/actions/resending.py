"""Mailing the tickets of a booking once more."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit import actions as audit
from core.bookings.models import Booking
from core.kernel.actor import Actor
from core.kernel.errors import Conflict, TooOften
from core.kernel.locks import lock_name
from core.notifications.actions.telling import notify
from core.notifications.models import Delivery

RESEND_PAUSE = dt.timedelta(minutes=1)
RESENDS_PER_HOUR = 5


class NothingToMail(Conflict):
    """No ticket of the booking is valid any more."""


@transaction.atomic
def resend(*, booking: Booking, actor: Actor, now: dt.datetime) -> Delivery:
    """Mail the tickets of a booking once more, to the address it was made with.

    At most once a minute and five times an hour for a booking: raises TooOften. NothingToMail if no ticket is left.
    """
    if not booking.tickets.valid().exists():
        raise NothingToMail(_("No valid tickets are left in this booking."))
    lock_name(f"resend:{booking.pk}")
    sent = Delivery.objects.filter(about=f"booking:{booking.pk}", kind="tickets_again")
    recent = sorted(sent.filter(created_at__gt=now - dt.timedelta(hours=1)).values_list("created_at", flat=True))
    if recent and now - recent[-1] < RESEND_PAUSE:
        raise _too_often(recent[-1] + RESEND_PAUSE - now)
    if len(recent) >= RESENDS_PER_HOUR:
        raise _too_often(recent[0] + dt.timedelta(hours=1) - now)
    audit.record("tickets.resent", booking, actor=actor, now=now, organizer_id=booking.organizer_id)
    [delivery] = notify(
        "tickets_again",
        about=f"booking:{booking.pk}",
        once_key=f"tickets_again:{booking.code}:{now.timestamp():.0f}",
        to=booking.email,
        language=booking.language,
        now=now,
    )
    return delivery


def _too_often(wait: dt.timedelta) -> TooOften:
    seconds = int(wait.total_seconds()) + 1
    return TooOften(
        _("The tickets were mailed a moment ago. You can have them mailed again in %(seconds)s seconds.")
        % {"seconds": seconds},
        retry_after=seconds,
    )
