"""Sessions at Stripe: written down first, asked for with a key, believed about their end (R3, R6)."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from core.payments import actions, gateway
from core.payments.models import Payment, PaymentAttempt
from e2e.cast import NOW, House

pytestmark = pytest.mark.django_db(transaction=True)
PARAMETERS = {
    "line_items": [
        {
            "price_data": {"currency": "eur", "unit_amount": 1200, "product_data": {"name": "Seat A1"}},
            "quantity": 1,
        }
    ],
    "success_url": "https://foyer.example/ok/",
    "cancel_url": "https://foyer.example/left/",
}


@pytest.fixture
def payment(house: House) -> Payment:
    """Twelve euros that are to come."""
    return actions.prepare(organizer=house.organizer, amount=1200, currency="EUR", now=NOW)


def prepared(payment: Payment, **more) -> PaymentAttempt:
    return actions.prepare_attempt(payment=payment, parameters=PARAMETERS | more, now=NOW)


def test_preparing_writes_down_every_parameter_before_stripe_is_asked_r6(payment, stripe_desk):
    attempt = prepared(payment)
    marks = {"foyer_payment": str(payment.pk), "foyer_attempt": str(attempt.key)}
    assert attempt.parameters == PARAMETERS | {
        "mode": "payment",
        "expires_at": int((NOW + dt.timedelta(minutes=35)).timestamp()),
        "metadata": marks,
        "payment_intent_data": {"metadata": marks},
    }
    assert stripe_desk.requests("/v1/") == 0


def test_one_payment_has_one_living_attempt(payment):
    prepared(payment)
    with pytest.raises(IntegrityError, match="payment_attempt_one_living"), transaction.atomic():
        prepared(payment)
    PaymentAttempt.objects.update(status="expired")
    assert prepared(payment).status == "prepared"


def test_opening_keeps_the_session_and_asking_twice_makes_one(payment, stripe_desk):
    attempt = actions.open_attempt(prepared(payment))
    again = actions.open_attempt(PaymentAttempt.objects.get())
    assert (attempt.status, attempt.session_id) == ("open", again.session_id)
    assert attempt.session_url.startswith(stripe_desk.url)


def test_opening_keeps_the_attempt_prepared_when_stripe_is_away(payment, stripe_desk):
    attempt = prepared(payment)
    stripe_desk.control("faults", {"api_errors": 5})
    with pytest.raises(gateway.GatewayAway):
        actions.open_attempt(attempt)
    attempt.refresh_from_db()
    assert (attempt.status, attempt.session_id) == ("prepared", "")


def test_opening_notes_what_stripe_refuses(payment, stripe_desk):
    attempt = prepared(payment, cancel_url="nowhere")
    with pytest.raises(gateway.GatewayRefused):
        actions.open_attempt(attempt)
    attempt.refresh_from_db()
    assert (attempt.status, "url" in attempt.error.lower()) == ("refused", True)


def test_closing_a_prepared_attempt_needs_no_word_from_stripe(payment, stripe_desk):
    attempt = prepared(payment)
    assert actions.close_attempt(attempt, now=NOW) is None
    attempt.refresh_from_db()
    assert attempt.status == "expired"
    assert stripe_desk.requests("/v1/") == 0


def test_closing_ends_an_open_session(payment, stripe_desk):
    attempt = actions.open_attempt(prepared(payment))
    assert actions.close_attempt(attempt, now=NOW).status == "expired"
    assert stripe_desk.pay(attempt.session_id)["session"]["status"] == "expired"
    attempt.refresh_from_db()
    assert attempt.status == "expired"


def test_closing_tells_that_it_was_paid_already(payment, stripe_desk):
    attempt = actions.open_attempt(prepared(payment))
    stripe_desk.pay(attempt.session_id)
    state = actions.close_attempt(attempt, now=NOW)
    assert (state.status, state.is_paid, state.amount) == ("complete", True, 1200)
    attempt.refresh_from_db()
    assert attempt.status == "complete"


def test_closing_says_nothing_when_stripe_is_away(payment, stripe_desk):
    attempt = actions.open_attempt(prepared(payment))
    stripe_desk.control("faults", {"api_errors": 5})
    with pytest.raises(gateway.GatewayAway):
        actions.close_attempt(attempt, now=NOW)
    attempt.refresh_from_db()
    assert attempt.status == "open"


def test_a_session_given_up_while_it_was_made_is_ended_at_once_r3(payment, stripe_desk):
    attempt = prepared(payment)
    PaymentAttempt.objects.update(status="expired")
    attempt = actions.open_attempt(attempt)
    assert (attempt.status, attempt.session_url) == ("expired", "")
    attempt.refresh_from_db()
    assert stripe_desk.pay(attempt.session_id)["session"]["status"] == "expired"
    assert stripe_desk.money()["charged"] == 0


def test_an_end_is_never_taken_back(payment, stripe_desk):
    attempt = actions.open_attempt(prepared(payment))
    open_state = gateway.retrieve_session(attempt.session_id)
    stripe_desk.pay(attempt.session_id)
    paid = actions.look_at_attempt(attempt)
    actions.keep_state(attempt, open_state)
    actions.keep_state(attempt, gateway.SessionState(attempt.session_id, "", "expired", False, "", 1200))
    attempt.refresh_from_db()
    assert (paid.is_paid, attempt.status) == (True, "complete")


def test_looking_at_an_attempt_without_a_session_asks_nobody(payment, stripe_desk):
    assert actions.look_at_attempt(prepared(payment)) is None
    assert stripe_desk.requests("/v1/") == 0


def test_a_succeeded_payment_has_a_time_and_an_intent_of_its_own(house, payment):
    actions.mark_succeeded(payment, intent_id="pi_1", amount=1200, now=NOW)
    other = actions.prepare(organizer=house.organizer, amount=1, currency="EUR", now=NOW)
    with pytest.raises(IntegrityError, match="payment_intent_once"), transaction.atomic():
        actions.mark_succeeded(other, intent_id="pi_1", amount=1, now=NOW)
    with pytest.raises(IntegrityError, match="payment_succeeded_has_time"), transaction.atomic():
        Payment.objects.filter(pk=other.pk).update(status="succeeded")
