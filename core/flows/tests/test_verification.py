"""`manage.py verify` finds every kind of corruption, and names the row (AD5).

Each test breaks one thing by hand, behind the back of triggers and constraints, and expects exactly that to be found.
"""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.audit import actions as audit
from core.audit.models import Record, Seal
from core.bookings.models import Booking
from core.flows import purchase, refunds, verification
from core.flows.tests.stage import LATER, begin
from core.ledger import actions as ledger
from core.ledger.models import Account, BalanceSnapshot, JournalEntry, Posting
from core.payments.models import Payment, Refund
from core.seating import actions as seating
from core.seating.models import Hold, Place
from core.tickets.models import Ticket
from e2e.cast import House, visitor

pytestmark = pytest.mark.django_db
AMINA, BRUNO = visitor(), visitor("bruno")
MUCH_LATER = LATER + dt.timedelta(hours=1)


@pytest.fixture
def booking(house: House) -> Booking:
    """Seat A1, paid; beside it A2, under payment, and A3, held."""
    house.organizer.fee_fixed = 100
    house.organizer.save()
    booking = begin(house, "A1")
    paid(booking, "pi_amina")
    begin(house, "A2", actor=BRUNO)
    seating.hold(showtime=house.showtime, seat_ids=house.seats("A3"), actor=AMINA, now=LATER)
    booking.refresh_from_db()
    return booking


def paid(booking: Booking, intent_id: str) -> None:
    """The money of the booking has come."""
    purchase.complete(payment_id=booking.payment_id, intent_id=intent_id, amount=booking.total, actor=AMINA, now=LATER)


def break_open(sql: str, *parameters: Any, without: str = "") -> None:
    """Change rows as somebody with the database's keys could: no trigger runs, `without` a constraint of a table.

    "table.constraint" or "table.index" is dropped until the test's transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if without:
            table, name = without.split(".")
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
            cursor.execute(f"DROP INDEX IF EXISTS {name}")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, parameters)
        cursor.execute("SET LOCAL session_replication_role = origin")


def found() -> list[str]:
    return [str(violation) for violation in verification.violations()]


def place(label: str) -> Place:
    return next(place for place in Place.objects.select_related("seat") if place.label == label)


def test_verify_finds_nothing_where_nothing_is_wrong(booking):
    refunds.cancel(booking=booking, actor=AMINA, now=LATER)
    ledger.snapshot_balances(now=MUCH_LATER)
    audit.seal(now=MUCH_LATER)
    assert (BalanceSnapshot.objects.count(), Seal.objects.count() > 3) == (3, True)
    assert found() == []


# --- the books


def test_verify_finds_an_entry_that_does_not_sum_to_zero(booking):
    posting = Posting.objects.get(account__kind="fees")
    break_open("UPDATE ledger_posting SET amount = amount - 1 WHERE id = %s", posting.pk)
    assert found() == [f"journal entries sum to zero: ledger.journalentry {posting.entry_id}: sums to -1"]


def test_verify_finds_an_entry_without_postings(booking):
    refunds.cancel(booking=booking, actor=AMINA, now=LATER)
    entry = JournalEntry.objects.get(kind="refund")
    break_open("DELETE FROM ledger_posting WHERE entry_id = %s", entry.pk)
    refund = Refund.objects.get()
    assert found() == [
        f"journal entries sum to zero: ledger.journalentry {entry.pk}: has no postings",
        f"money in = tickets - refunds: payments.refund {refund.pk}: moved -1200, the books say 0",
    ]


def test_verify_finds_an_entry_of_two_currencies(booking):
    fees = Account.objects.get(kind="fees")
    break_open("UPDATE ledger_account SET currency = 'CHF' WHERE id = %s", fees.pk)
    entry = JournalEntry.objects.get()
    assert found() == [f"journal entries sum to zero: ledger.journalentry {entry.pk}: mixes currencies"]


def test_verify_finds_a_balance_that_differs_from_its_postings(booking):
    ledger.snapshot_balances(now=MUCH_LATER)
    snapshot = BalanceSnapshot.objects.get(account__kind="clearing")
    break_open("UPDATE ledger_balancesnapshot SET amount = 1 WHERE id = %s", snapshot.pk)
    told = f"snapshot {snapshot.pk} says 1, its postings 1300"
    assert found() == [f"balances equal their postings: ledger.account {snapshot.account_id}: {told}"]


def test_verify_finds_what_a_later_balance_leaves_out_of_the_postings_since_the_one_before(booking):
    ledger.snapshot_balances(now=MUCH_LATER)
    refunds.cancel(booking=booking, actor=AMINA, now=LATER)
    ledger.snapshot_balances(now=MUCH_LATER)
    first, second = BalanceSnapshot.objects.filter(account__kind="clearing").order_by("id")
    assert (first.amount, second.amount, found()) == (1300, 100, [])
    break_open("UPDATE ledger_balancesnapshot SET amount = 101 WHERE id = %s", second.pk)
    told = f"snapshot {second.pk} says 101, its postings 100"
    assert found() == [f"balances equal their postings: ledger.account {second.account_id}: {told}"]


# --- money and the books


def test_verify_finds_a_payment_that_the_books_do_not_know(booking):
    entry = JournalEntry.objects.get()
    break_open("DELETE FROM ledger_posting WHERE entry_id = %s", entry.pk)
    break_open("DELETE FROM ledger_journalentry WHERE id = %s", entry.pk)
    payment = f"payments.payment {booking.payment_id}"
    assert found() == [f"money in = tickets - refunds: {payment}: moved 1300, the books say 0"]


def test_verify_finds_a_refund_that_the_books_do_not_know(booking):
    refunds.cancel(booking=booking, actor=AMINA, now=LATER)
    entry = JournalEntry.objects.get(kind="refund")
    break_open("DELETE FROM ledger_posting WHERE entry_id = %s", entry.pk)
    break_open("DELETE FROM ledger_journalentry WHERE id = %s", entry.pk)
    refund = Refund.objects.get()
    assert found() == [
        f"money in = tickets - refunds: payments.refund {refund.pk}: moved -1200, the books say 0",
    ]


@pytest.mark.parametrize(("kind", "reference"), [("sale", "payment:0"), ("refund", "refund:0")])
def test_verify_finds_an_entry_about_nothing(booking, kind, reference):
    lines = [ledger.Line("clearing", 5), ledger.Line("fees", -5)]
    entry = ledger.post(kind, reference=reference, currency="EUR", lines=lines, now=LATER)
    assert found() == [f"money in = tickets - refunds: ledger.journalentry {entry.pk}: no such {reference}"]


# --- payments


def test_verify_finds_more_refunded_than_paid(booking):
    refunds.cancel(booking=booking, actor=AMINA, now=LATER)
    refund = Refund.objects.get()
    break_open("UPDATE payments_refund SET amount = 1400 WHERE id = %s", refund.pk)
    assert found() == [
        f"refunds are at most the payment: payments.payment {booking.payment_id}: 1400 of 1300",
        f"money in = tickets - refunds: payments.refund {refund.pk}: moved -1400, the books say -1200",
        f"refunds are what the lines say: bookings.booking {booking.code}: 1400 sent back, 1200 due",
    ]


def test_verify_finds_a_refund_of_money_that_never_came(booking):
    pending = Payment.objects.get(status="pending")
    refund = Refund.objects.create(payment=pending, amount=100, reason="outside", created_at=LATER)
    lines = [ledger.Line("clearing", -100), ledger.Line("fees", 100)]
    ledger.post("refund", reference=f"refund:{refund.pk}", currency="EUR", lines=lines, now=LATER)
    told = f"refunds are at most the payment: payments.refund {refund.pk}: its payment never came"
    assert found() == [told]


def test_verify_finds_money_that_stripe_does_not_know(booking):
    break_open("UPDATE payments_payment SET intent_id = '' WHERE id = %s", booking.payment_id)
    payment = f"payments.payment {booking.payment_id}"
    assert found() == [f"money in is known to Stripe: {payment}: no PaymentIntent"]


# --- places and holds


def test_verify_finds_a_place_under_payment_without_its_hold(booking):
    leased = place("A2")
    break_open("UPDATE seating_hold SET status = 'released' WHERE place_id = %s", leased.pk)
    assert found() == [f"a place under payment has its hold: seating.place {leased.pk}: 0 holds"]


def test_verify_finds_a_hold_under_payment_whose_place_is_not(booking):
    leased = place("A2")
    hold = Hold.objects.get(place=leased)
    waiting = Booking.objects.get(status="awaiting_payment").lines.get()
    break_open("UPDATE seating_place SET under_payment = false, held_until = NULL WHERE id = %s", leased.pk)
    assert found() == [
        f"a place under payment has its hold: seating.hold {hold.pk}: its place is not leased",
        f"a place belongs to its booking: bookings.bookingline {waiting.pk}: "
        "waits for payment, but does not have its place",
    ]


@pytest.mark.parametrize("change", ["holder = 'anon:gus'", "held_until = held_until + interval '1 minute'"])
def test_verify_finds_a_hold_that_differs_from_its_place(booking, change):
    hold = Hold.objects.get(status="active")
    break_open(f"UPDATE seating_place SET {change} WHERE id = %s", hold.place_id)
    assert found() == [f"a hold and its place say the same: seating.hold {hold.pk}: holder or end differ"]


def test_verify_finds_a_place_held_without_a_hold(booking):
    hold = Hold.objects.get(status="active")
    break_open("UPDATE seating_hold SET status = 'released' WHERE id = %s", hold.pk)
    assert found() == [f"a hold and its place say the same: seating.place {hold.place_id}: held without a hold"]


def test_verify_finds_a_blocked_place_that_somebody_has(booking):
    line = booking.lines.get()
    break_open("UPDATE seating_place SET blocked = true WHERE id = %s", line.place_id)
    told = f"booking:{booking.pk} has it"
    assert found() == [f"a blocked place is nobody's: seating.place {line.place_id}: {told}"]


# --- bookings


@pytest.mark.parametrize("change", ["fee = fee + 1, total = total + 1", "discount = 1, fee = fee + 1", "total = 1"])
def test_verify_finds_a_booking_that_is_not_the_sum_of_its_lines(booking, change):
    break_open(
        f"UPDATE bookings_booking SET {change} WHERE id = %s",
        booking.pk,
        without="bookings_booking.booking_total_adds_up",
    )
    booking.refresh_from_db()
    told = [f"a booking is the sum of its lines: bookings.booking {booking.code}: the sums differ"]
    if booking.total != 1300:
        told.append(f"a payment asks for its booking: bookings.booking {booking.code}: amounts differ")
    assert found() == told


def test_verify_finds_a_confirmed_booking_that_was_never_paid(booking):
    waiting = Booking.objects.get(status="awaiting_payment")
    break_open("UPDATE bookings_booking SET confirmed_at = now() WHERE id = %s", waiting.pk)
    assert found() == [f"a confirmed booking is paid: bookings.booking {waiting.code}: its payment never came"]


def test_verify_finds_a_payment_in_another_currency_than_its_booking(booking):
    waiting = Booking.objects.get(status="awaiting_payment")
    break_open("UPDATE payments_payment SET currency = 'CHF' WHERE id = %s", waiting.payment_id)
    assert found() == [f"a payment asks for its booking: bookings.booking {waiting.code}: amounts differ"]


def test_verify_finds_a_living_line_without_its_place(booking):
    line, ticket = booking.lines.get(), booking.tickets.get()
    break_open("UPDATE seating_place SET sold = false WHERE id = %s", line.place_id)
    assert found() == [
        f"a living line has its place: bookings.bookingline {line.pk}: its place is not sold",
        f"valid tickets = sold places: tickets.ticket {ticket.pk}: is valid, but place {line.place_id} is not sold",
    ]


def test_verify_finds_a_place_sold_to_another_booking(booking):
    line = booking.lines.get()
    break_open("UPDATE seating_place SET holder = 'booking:0' WHERE id = %s", line.place_id)
    told = f"a place belongs to its booking: bookings.bookingline {line.pk}: its place is sold to booking:0"
    assert found() == [told]


def test_verify_finds_a_place_under_payment_for_a_booking_that_has_ended(booking):
    waiting = Booking.objects.get(status="awaiting_payment")
    break_open("UPDATE bookings_booking SET status = 'expired' WHERE id = %s", waiting.pk)
    told = f"is under payment, but booking:{waiting.pk} waits for none"
    assert found() == [f"a place belongs to its booking: seating.place {place('A2').pk}: {told}"]


# --- tickets


def test_verify_finds_a_sold_place_without_a_valid_ticket(booking):
    break_open("UPDATE seating_place SET sold = true, held_until = NULL WHERE id = %s", place("A4").pk)
    assert found() == [f"valid tickets = sold places: seating.place {place('A4').pk}: is sold, but has no valid ticket"]


def test_verify_finds_a_place_sold_twice_se6(booking):
    ticket = booking.tickets.get()
    paid(Booking.objects.get(status="awaiting_payment"), "pi_bruno")
    other = Ticket.objects.exclude(pk=ticket.pk).get()
    theirs = other.place_id
    break_open(
        "UPDATE tickets_ticket SET place_id = %s WHERE id = %s",
        ticket.place_id,
        other.pk,
        without="tickets_ticket.ticket_one_living",
    )
    assert found() == [
        f"valid tickets = sold places: seating.place {theirs}: is sold, but has no valid ticket",
        f"no place sold twice: seating.place {ticket.place_id}: has valid tickets {ticket.pk}, {other.pk}",
        f"tickets fit their booking: tickets.ticket {other.pk}: the place of its line is {theirs}, "
        f"the ticket says {ticket.place_id}",
    ]


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("showtime_id", ["the showtime of its place is {right}", "the showtime of its booking is {right}"]),
        ("booking_id", ["the booking of its line is {right}"]),
    ],
)
def test_verify_finds_a_ticket_that_does_not_fit_its_booking(house, booking, column, told):
    ticket, right = booking.tickets.get(), getattr(booking.tickets.get(), column)
    other = (
        house.another_showtime(starts_at=MUCH_LATER + dt.timedelta(days=9))
        if column == "showtime_id"
        else Booking.objects.get(status="awaiting_payment")
    )
    break_open(f"UPDATE tickets_ticket SET {column} = %s WHERE id = %s", other.pk, ticket.pk)
    expected = [
        f"tickets fit their booking: tickets.ticket {ticket.pk}: {each.format(right=right)}, the ticket says {other.pk}"
        for each in told
    ]
    if column == "booking_id":
        expected.append(
            f"tickets follow their lines: tickets.ticket {ticket.pk}: is valid, but its booking is awaiting_payment"
        )
    assert found() == expected


def test_verify_finds_a_valid_ticket_of_a_cancelled_line(booking):
    line, ticket = booking.lines.get(), booking.tickets.get()
    break_open("UPDATE bookings_bookingline SET cancelled_at = now() WHERE id = %s", line.pk)
    assert found() == [f"tickets follow their lines: tickets.ticket {ticket.pk}: is valid, but its line is cancelled"]


def test_verify_finds_a_cancelled_ticket_of_a_living_line(booking):
    ticket = booking.tickets.get()
    break_open("UPDATE tickets_ticket SET status = 'cancelled' WHERE id = %s", ticket.pk)
    assert found() == [
        f"valid tickets = sold places: seating.place {ticket.place_id}: is sold, but has no valid ticket",
        f"tickets follow their lines: tickets.ticket {ticket.pk}: is cancelled, but its line is not",
    ]


def test_verify_finds_a_living_line_without_a_ticket(booking):
    line = booking.lines.get()
    break_open("DELETE FROM tickets_ticket WHERE line_id = %s", line.pk)
    assert found() == [
        f"valid tickets = sold places: seating.place {line.place_id}: is sold, but has no valid ticket",
        f"tickets follow their lines: bookings.bookingline {line.pk}: is living, but has no ticket",
    ]


# --- the activity log


def test_verify_finds_a_record_whose_words_were_changed_ac10(booking):
    record = Record.objects.get(action="booking.confirmed")
    break_open("UPDATE audit_record SET actor_label = 'Somebody else' WHERE id = %s", record.pk)
    assert found() == [f"activity log chain: audit.record {record.pk}: the words do not fit the digest"]


def test_verify_finds_a_record_whose_digest_was_changed_ac10(booking):
    audit.seal(now=MUCH_LATER)
    record = Record.objects.get(action="booking.confirmed")
    break_open("UPDATE audit_record SET salt = '', digest = %s WHERE id = %s", "0" * 64, record.pk)
    assert found() == [f"activity log chain: audit.record {record.pk}: the link does not fit the record"]


def test_verify_finds_a_record_that_was_taken_out_ac10(booking):
    audit.seal(now=MUCH_LATER)
    second = Seal.objects.get(number=2)
    break_open("DELETE FROM audit_seal WHERE number = 2")
    break_open("DELETE FROM audit_record WHERE id = %s", second.record_id)
    assert found() == ["activity log chain: audit.seal 3: link 2 is missing"]


# --- the command


def test_verify_exits_well_where_nothing_is_wrong(booking):
    out = io.StringIO()
    call_command("verify", stdout=out)
    assert out.getvalue() == "Everything adds up.\n"


def test_verify_names_each_violation_and_exits_with_an_error(booking):
    line = booking.lines.get()
    break_open("DELETE FROM tickets_ticket WHERE line_id = %s", line.pk)
    out = io.StringIO()
    with pytest.raises(CommandError, match="2 violations") as error:
        call_command("verify", stdout=out)
    assert error.value.returncode == 1
    assert out.getvalue().splitlines() == found()
