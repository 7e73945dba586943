"""The house takes a booking back for a customer, whatever the organizer's terms say (AD3)."""

import datetime as dt

import pytest

from core.bookings.models import Booking
from core.bookings.refusals import NotCancellable
from core.catalog.models import PriceTier
from core.flows import refunds
from core.flows.taking_back import take_back
from core.flows.tests.stage import LATER, all_adds_up, begin, pay, state
from core.ledger.models import Account
from core.ledger.queries import balance
from core.notifications.models import Delivery
from core.payments.models import Refund
from core.tickets.models import Ticket
from e2e.cast import NOW, House, StripeDesk, user_actor, visitor

pytestmark = pytest.mark.django_db(transaction=True)
TOO_LATE = NOW + dt.timedelta(days=3) - dt.timedelta(hours=1)


@pytest.fixture
def paid(house: House, stripe_desk: StripeDesk, run_due) -> Booking:
    """Two tickets of 12.00 EUR with a fee of 1.50 EUR each, paid."""
    house.organizer.fee_fixed = 150
    house.organizer.save()
    return pay(begin(house, "A1", "A2"), stripe_desk, run_due)


def test_take_back_returns_everything_after_the_organizers_deadline_too(paid, ada, stripe_desk, run_due):
    with pytest.raises(NotCancellable):
        refunds.cancel(booking=paid, actor=visitor(), now=TOO_LATE)
    take_back(booking=paid, actor=user_actor(ada), now=TOO_LATE)
    run_due(now=TOO_LATE)
    assert state(paid) == ("refunded", 0, 0)
    assert stripe_desk.money() == {"charged": 2700, "refunded": 2700, "disputed": 0}
    assert {balance(account) for account in Account.objects.all()} == {0}
    assert list(paid.changes.values_list("actor_label", "reason"))[-1] == ("Ada Brandt", "Cancelled by the house.")
    assert Delivery.objects.filter(kind="tickets_cancelled").count() == 1
    assert all_adds_up()


def test_take_back_returns_what_is_left_of_a_booking_that_was_given_back_in_part(paid, ada, stripe_desk, run_due):
    first = paid.tickets.order_by("pk").first()
    refunds.cancel(booking=paid, actor=visitor(), now=LATER, ticket_codes=[first.code])
    take_back(booking=paid, actor=user_actor(ada), now=LATER)
    run_due(now=LATER)
    assert state(paid) == ("refunded", 0, 0)
    assert stripe_desk.money()["refunded"] == 1200 + 1350
    assert all_adds_up()


def test_take_back_of_something_free_moves_no_money(house, ada):
    PriceTier.objects.update(amount=0)
    booking = begin(house, "A1")
    assert state(booking) == ("confirmed", 1, 1)
    take_back(booking=booking, actor=user_actor(ada), now=LATER)
    assert (state(booking), Refund.objects.count()) == (("cancelled", 0, 0), 0)
    assert all_adds_up()


def test_take_back_refuses_what_is_not_paid_or_gone_and_changes_nothing(house, paid, ada):
    waiting = begin(house, "B1", now=LATER)
    take_back(booking=paid, actor=user_actor(ada), now=LATER)
    before = list(Booking.objects.order_by("pk").values()), list(Ticket.objects.order_by("pk").values())
    for booking in (waiting, paid):
        with pytest.raises(NotCancellable):
            take_back(booking=booking, actor=user_actor(ada), now=LATER)
    assert (list(Booking.objects.order_by("pk").values()), list(Ticket.objects.order_by("pk").values())) == before
    assert Refund.objects.count() == 1
