"""Guards broken on purpose, one at a time, so that the simulation can be seen to find it.

Each takes pytest's monkeypatch and leaves everything else as it is.
"""

import dataclasses
import datetime as dt
import uuid
from types import SimpleNamespace
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from pytest import MonkeyPatch

from core.audit import actions as audit
from core.bookings import actions as bookings
from core.bookings.models import Booking
from core.catalog.models import Showtime
from core.flows import cancelling, closing, refunds, tasks
from core.flows.purchase import completing, ending, paying
from core.kernel.actor import Actor
from core.ledger import actions as ledger
from core.ledger.models import BalanceSnapshot
from core.outbox import actions as outbox
from core.payments import actions as payments
from core.payments.models import Payment, PaymentAttempt
from core.seating import actions as seating
from core.seating.actions import blocking, holding, releasing
from core.seating.actions.limits import Sitting
from core.seating.models import Hold, Place
from core.tickets import actions as tickets
from core.tickets.models import Ticket, ticket_code

FOR_EVER = dt.timedelta(days=365)


# --- seats


def hold_what_others_hold(monkeypatch: MonkeyPatch) -> None:
    """Nobody looks whether a place is free."""
    monkeypatch.setattr(holding, "_check_free", lambda places, now: None)


def count_no_places(monkeypatch: MonkeyPatch) -> None:
    """What a person holds already does not count towards the cap."""

    def lock(**who: Any) -> Sitting:
        return dataclasses.replace(Sitting.lock(**who), places=0)

    monkeypatch.setattr(holding, "Sitting", SimpleNamespace(lock=lock))


def extend_too_long(monkeypatch: MonkeyPatch) -> None:
    """An extension gives an hour, whatever is left."""
    original = seating.extend

    def extend(*, showtime: Showtime, actor: Actor, now: dt.datetime) -> dt.datetime:
        until = original(showtime=showtime, actor=actor, now=now) + dt.timedelta(hours=1)
        mine = Place.objects.filter(showtime=showtime, holder=actor.holder, under_payment=False, held_until__gt=now)
        Hold.objects.filter(place__in=mine, status=Hold.Status.ACTIVE).update(expires_at=until)
        mine.update(held_until=until)
        return until

    monkeypatch.setattr(seating, "extend", extend)


def choose_by_halves(monkeypatch: MonkeyPatch) -> None:
    """Changing one's choice is no transaction: what went back is gone when the new seats are refused."""
    monkeypatch.setattr(seating, "choose", releasing.choose.__wrapped__)


def block_what_people_have(monkeypatch: MonkeyPatch) -> None:
    """The organizer's block takes places away from people."""
    original = blocking.lock_seats

    def all_free(*who: Any) -> list[Place]:
        places = original(*who)
        for place in places:
            place.sold = place.under_payment = False
            place.held_until = None
        return places

    monkeypatch.setattr(blocking, "lock_seats", all_free)


def lapse_what_is_under_payment(monkeypatch: MonkeyPatch) -> None:
    """The job that tidies lapsed holds goes by the clock alone."""
    original = seating.lapse

    def lapse(*, now: dt.datetime) -> int:
        leased = Place.objects.filter(under_payment=True, held_until__lte=now)
        Hold.objects.filter(place__in=leased, status=Hold.Status.UNDER_PAYMENT).update(status=Hold.Status.LAPSED)
        leased.update(under_payment=False, held_until=None, holder="")
        return original(now=now)

    monkeypatch.setattr(seating, "lapse", lapse)


def release_the_place_alone(monkeypatch: MonkeyPatch) -> None:
    """What is given back is free, but its hold runs on."""

    def give_back(showtime: Showtime, places: list[Place], now: dt.datetime) -> None:
        Place.objects.filter(id__in=[place.id for place in places]).update(held_until=None, holder="")

    monkeypatch.setattr(releasing, "_give_back", give_back)


def confirm_without_selling(monkeypatch: MonkeyPatch) -> None:
    """A booking is confirmed, and its places stay as they were."""
    monkeypatch.setattr(seating, "sell", lambda **who: [])


# --- money


def agree_on_another_price(monkeypatch: MonkeyPatch) -> None:
    """The lines of a booking are a cent dearer than the whole."""
    original = bookings.create

    def create(**agreed: Any) -> Booking:
        booking = original(**agreed)
        booking.lines.update(price=F("price") + 1)
        return booking

    monkeypatch.setattr(bookings, "create", create)


def ask_for_another_amount(monkeypatch: MonkeyPatch) -> None:
    """The payment asks for a cent more than the booking."""
    original = payments.prepare
    monkeypatch.setattr(payments, "prepare", lambda *, amount, **how: original(amount=amount + 1, **how))


def end_with_an_open_session(monkeypatch: MonkeyPatch) -> None:
    """A booking ends although its session at Stripe is still open."""
    monkeypatch.setattr(payments, "close_attempt", lambda attempt, *, now: None)
    defaults = ending.release.__wrapped__.__kwdefaults__
    monkeypatch.setitem(defaults, "ended", PaymentAttempt.Status.values)


def forget_whose_money_it_is(monkeypatch: MonkeyPatch) -> None:
    """Which charge at Stripe a payment was is not kept."""
    original = payments.mark_succeeded
    monkeypatch.setattr(
        payments, "mark_succeeded", lambda payment, *, intent_id, **how: original(payment, intent_id="", **how)
    )


def keep_wrong_balances(monkeypatch: MonkeyPatch) -> None:
    """Balances are kept a cent too high."""

    def create(*, amount: int, **row: Any) -> BalanceSnapshot:
        return BalanceSnapshot.objects.create(amount=amount + 1, **row)

    monkeypatch.setattr(ledger, "BalanceSnapshot", SimpleNamespace(objects=SimpleNamespace(create=create)))


def complete_again(monkeypatch: MonkeyPatch) -> None:
    """The second word of a payment is taken for the first."""
    blind = SimpleNamespace(objects=Payment.objects, Status=SimpleNamespace(SUCCEEDED="no such state"))
    monkeypatch.setattr(completing, "Payment", blind)


def free_without_asking_stripe(monkeypatch: MonkeyPatch) -> None:
    """A lease that is over frees the places, whatever Stripe's page still offers."""

    def close(attempt: PaymentAttempt, *, now: dt.datetime) -> None:
        PaymentAttempt.objects.filter(pk=attempt.pk).update(status=PaymentAttempt.Status.EXPIRED)

    monkeypatch.setattr(payments, "close_attempt", close)


def never_complete(monkeypatch: MonkeyPatch) -> None:
    """Nobody finishes what was left half-way."""
    monkeypatch.setattr(closing, "complete_unfinished", lambda *, now: 0)


def ask_stripe_under_a_lock(monkeypatch: MonkeyPatch) -> None:
    """The session is made inside a transaction."""
    monkeypatch.setattr(payments, "open_attempt", transaction.atomic(payments.open_attempt))


def charge_a_cent_more(monkeypatch: MonkeyPatch) -> None:
    """What Stripe is told differs from what was agreed."""
    original = paying._item
    monkeypatch.setattr(paying, "_item", lambda *words: original(*words[:3], words[3] + 1))


def refund_under_a_new_key(monkeypatch: MonkeyPatch) -> None:
    """Each try of a refund has a key of its own."""
    original = payments.send_refund

    def send(refund: Any, *, now: dt.datetime) -> None:
        refund.key = uuid.uuid4()
        original(refund, now=now)

    monkeypatch.setattr(payments, "send_refund", send)


def refund_twice(monkeypatch: MonkeyPatch) -> None:
    """Tickets that are given back are paid back twice."""
    original = refunds._refund

    def twice(*who: Any, **how: Any) -> Any:
        original(*who, **how)
        return original(*who, **how)

    monkeypatch.setattr(refunds, "_refund", twice)


def book_a_cent_too_much(monkeypatch: MonkeyPatch) -> None:
    """Entries balance, but are off by one."""
    _post(monkeypatch, lambda lines: [_more(lines[0], 1), *lines[1:-1], _more(lines[-1], -1)])


def book_one_side(monkeypatch: MonkeyPatch) -> None:
    """Entries do not balance, and nobody looks."""
    monkeypatch.setattr(ledger, "sum", lambda amounts: 0, raising=False)
    _post(monkeypatch, lambda lines: [_more(lines[0], 1), *lines[1:]])


def _post(monkeypatch: MonkeyPatch, change: Any) -> None:
    original = ledger.post
    monkeypatch.setattr(ledger, "post", lambda kind, *, lines, **how: original(kind, lines=change(lines), **how))


def _more(line: ledger.Line, amount: int) -> ledger.Line:
    return dataclasses.replace(line, amount=line.amount + amount)


# --- tickets


def issue_twice(monkeypatch: MonkeyPatch) -> None:
    """Two tickets for one place; the database would refuse, so its constraints are taken away."""
    original = tickets.issue

    def issue(**how: Any) -> list[Ticket]:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("DROP INDEX IF EXISTS ticket_one_living")
            cursor.execute("ALTER TABLE tickets_ticket DROP CONSTRAINT IF EXISTS tickets_ticket_line_id_key")
        made = original(**how)
        for ticket in made:
            ticket.pk, ticket.code = None, ticket_code()
            ticket.save(force_insert=True)
        return made

    monkeypatch.setattr(tickets, "issue", issue)


def issue_for_another_evening(monkeypatch: MonkeyPatch) -> None:
    """Tickets name another showtime than the one that was paid."""
    original = tickets.issue

    def issue(**how: Any) -> list[Ticket]:
        made = original(**how)
        other = Showtime.objects.exclude(pk=how["booking"].showtime_id).order_by("id").first()
        Ticket.objects.filter(pk__in=[ticket.pk for ticket in made]).update(showtime=other)
        return made

    monkeypatch.setattr(tickets, "issue", issue)


def keep_places_sold(monkeypatch: MonkeyPatch) -> None:
    """Tickets that are given back do not free their places."""
    monkeypatch.setattr(seating, "unsell", lambda *, showtime_id, place_ids: None)


def keep_tickets_valid(monkeypatch: MonkeyPatch) -> None:
    """Tickets that are given back still open the door."""
    monkeypatch.setattr(tickets, "cancel", lambda *, tickets, actor, now: None)


def forget_the_holders(monkeypatch: MonkeyPatch) -> None:
    """A showtime is cancelled, and nobody is paid back."""
    monkeypatch.setattr(cancelling, "refund_holders", lambda *, now, showtime_id=None, limit=0: 0)


# --- background


def hand_over_once(monkeypatch: MonkeyPatch) -> None:
    """What the broker lost is not handed over again."""
    monkeypatch.setattr(outbox, "HAND_OVER_AGAIN_AFTER", FOR_EVER)


def handle_and_forget(monkeypatch: MonkeyPatch) -> None:
    """An event of Stripe's is put aside unread."""
    monkeypatch.setattr(tasks.webhooks, "HANDLERS", {})


def chain_wrongly(monkeypatch: MonkeyPatch) -> None:
    """The activity log is sealed with another link than the one that is proved."""
    monkeypatch.setattr(audit, "link", lambda previous, record_id, digest: "0" * 64)
