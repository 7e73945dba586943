"""Issuing and cancelling tickets, and the keys that sign them."""

import base64
import datetime as dt
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from core.accounts.models import Dependent
from core.audit.actions import record
from core.bookings.models import Booking
from core.bookings.queries import lines_of
from core.kernel import sealing
from core.kernel.actor import Actor
from core.kernel.compiled import insert_all
from core.kernel.errors import Conflict, Missing
from core.kernel.locks import lock_name
from core.tickets import qr
from core.tickets.models import SigningKey, Ticket

KEY_PURPOSE = "tickets.signing-key"


class TicketAlreadyCancelled(Conflict):
    """At least one of the tickets is not valid any more."""


class TicketNotUsable(Conflict):
    """The ticket opens no door any more."""


class NotYourDependent(Missing):
    """Somebody else's dependent, or nobody's; the two are not told apart."""


@transaction.atomic
def issue(*, booking: Booking, actor: Actor, now: dt.datetime) -> list[Ticket]:
    """Give one ticket for each living line of the booking, which the caller has locked and sold the places of.

    Called a second time it raises IntegrityError: a line has one ticket, and one for ever.
    """
    tickets = insert_all(
        Ticket(
            booking=booking,
            line=line,
            showtime_id=booking.showtime_id,
            place_id=line.place_id,
            ticket_type=line.ticket_type,
            label=line.label,
            issued_at=now,
        )
        for line in lines_of(booking.pk)
        if line.cancelled_at is None
    )
    if tickets:
        codes = [ticket.code for ticket in tickets]
        record("tickets.issued", booking, actor=actor, now=now, organizer_id=booking.organizer_id, tickets=codes)
    return tickets


@transaction.atomic
def cancel(*, tickets: Iterable[Ticket], actor: Actor, now: dt.datetime) -> list[Ticket]:
    """Make the tickets worthless; the caller frees the places and cancels the lines in the same transaction.

    All or none: raises TicketAlreadyCancelled if one of them is not valid.
    """
    wanted = {ticket.pk for ticket in tickets}
    locked = list(Ticket.objects.select_for_update(of=("self",)).select_related("booking").filter(pk__in=wanted))
    if any(ticket.status != Ticket.Status.VALID for ticket in locked):
        raise TicketAlreadyCancelled(_("One of these tickets is cancelled already. Look at the booking again."))
    for ticket in locked:
        ticket.status = Ticket.Status.CANCELLED
        ticket.cancelled_at = now
        record("ticket.cancelled", ticket, actor=actor, now=now, organizer_id=ticket.booking.organizer_id)
    Ticket.objects.bulk_update(locked, ["status", "cancelled_at"])
    return locked


@transaction.atomic
def assign(*, ticket: Ticket, dependent: Dependent | None, actor: Actor, now: dt.datetime) -> Ticket:
    """Say for whom the ticket was bought: a dependent of the person whose booking it is, or, with None, nobody.

    Only while it opens a door: raises TicketNotUsable. Who it was for stays with a ticket that was given back.
    """
    locked = Ticket.objects.select_for_update(of=("self",)).select_related("booking", "showtime").get(pk=ticket.pk)
    if locked.status != Ticket.Status.VALID or locked.showtime.ends_at <= now:
        raise TicketNotUsable(_("This ticket is cancelled or over. For whom it was cannot be changed any more."))
    if dependent is not None and dependent.user_id != locked.booking.user_id:
        raise NotYourDependent(_("There is no such person among those you buy for."))
    before, locked.dependent = locked.dependent_id, dependent
    if before != locked.dependent_id:
        locked.save(update_fields=["dependent"])
        organizer = locked.booking.organizer_id
        told = {"before": {"dependent": before}, "after": {"dependent": locked.dependent_id}}
        record("ticket.assigned", locked, actor=actor, now=now, organizer_id=organizer, **told)
    return locked


def current_key(now: dt.datetime) -> SigningKey:
    """The key that signs today. The first ticket that is shown makes the first key."""
    return _living_key() or _first_key(now)


@transaction.atomic
def rotate_key(*, actor: Actor, now: dt.datetime, leaked: bool = False) -> SigningKey:
    """Sign with a new key from now on.

    The old private key is destroyed. Its public half stays, so that printed tickets stay good; where the old key has
    `leaked` it goes too, and every ticket has to be shown or mailed again to be read at the door.
    """
    lock_name("tickets.signing-key")
    old = _living_key()
    fresh = _new_key(now)
    if old:
        SigningKey.objects.filter(pk=old.pk).update(retired_at=now, sealed_private_key="")
    record("signing_key.rotated", fresh, actor=actor, now=now, old=old.pk if old else None, leaked=leaked)
    if old and leaked:
        old.delete()
    return fresh


def qr_text(ticket: Ticket, *, now: dt.datetime) -> str:
    """What the QR code of the ticket says, signed with today's key."""
    key = current_key(now)
    return qr.sign(
        private_key=sealing.decrypt(key.sealed_private_key, purpose=KEY_PURPOSE),
        key_id=key.pk,
        ticket_id=ticket.pk,
        showtime_id=ticket.showtime_id,
        generation=ticket.generation,
        issued_at=ticket.issued_at,
    )


def _living_key() -> SigningKey | None:
    return SigningKey.objects.filter(retired_at=None).order_by("-id").first()


@transaction.atomic
def _first_key(now: dt.datetime) -> SigningKey:
    lock_name("tickets.signing-key")
    return _living_key() or _new_key(now)


def _new_key(now: dt.datetime) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    last = SigningKey.objects.aggregate(id=Max("id"))["id"] or 0
    return SigningKey.objects.create(
        id=last + 1,
        public_key=base64.b64encode(private.public_key().public_bytes_raw()).decode(),
        sealed_private_key=sealing.encrypt(private.private_bytes_raw(), purpose=KEY_PURPOSE),
        created_at=now,
    )
