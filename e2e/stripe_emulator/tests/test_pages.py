"""The hosted page, as a browser without JavaScript uses it: plain forms and redirects."""

import re
from typing import Any

import pytest
import requests

from e2e.stripe_emulator.tests.conftest import SHOP, World, line

CARD = {
    "method": "card",
    "email": "amina@example.com",
    "billingName": "Amina",
    "cardExpiry": "12 / 34",
    "cardCvc": "123",
}


def post(url: str, **form: str) -> requests.Response:
    """Sends a form and follows nothing."""
    return requests.post(url, data=form, allow_redirects=False, timeout=10)


def pay(url: str, number: str, **form: str) -> requests.Response:
    """Presses the button with this card."""
    return post(url, **{**CARD, "cardNumber": number, **form})


def status(world: World, session: Any) -> tuple[str, str]:
    """How the session stands."""
    found = world.checkout.retrieve(session.id)
    return found.status, found.payment_status


def test_page_shows_what_is_bought_and_the_way_back(world: World) -> None:
    """docs.stripe.com/payments/checkout: the page shows the line items and the total, and a link to cancel_url."""
    session = world.session(line_items=[line("Row C, seat 7", 1450), line("Fee <b>", 75, 2)])
    page = requests.get(session.url, timeout=10)
    for words in (
        "Row C, seat 7",
        "14.50 EUR",
        "Fee &lt;b&gt;",
        "2 × 0.75 EUR",
        "Pay 16.00 EUR",
        f'href="{SHOP}/back/"',
    ):
        assert words in page.text
    assert "<script" not in page.text and " style=" not in page.text


@pytest.mark.parametrize(
    ("params", "button"),
    [
        ({"submit_type": "book"}, "Book 29.00 EUR"),
        ({"line_items": [line("Seat", 500, currency="jpy")]}, "Pay 500 JPY"),
        ({"mode": "setup", "line_items": None, "currency": "eur"}, "Save payment method"),
        ({"line_items": [line("Seat", 0)]}, "Complete order"),
    ],
)
def test_button_says_what_will_happen(world: World, params: dict[str, Any], button: str) -> None:
    """docs.stripe.com/api/checkout/sessions/create#submit_type: it words the button; amounts in JPY have no decimals
    (docs.stripe.com/currencies#zero-decimal)."""
    assert button in requests.get(world.session(**params).url, timeout=10).text


def test_page_without_cancel_url_has_no_way_back(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/create#cancel_url: the back button is shown if it is set."""
    assert 'id="cancel"' not in requests.get(world.session(cancel_url=None).url, timeout=10).text


def test_4242_pays_and_goes_to_the_success_url(world: World) -> None:
    """docs.stripe.com/testing#cards: 4242424242424242 succeeds; the customer goes to success_url."""
    session = world.session()
    answer = pay(session.url, "4242 4242 4242 4242")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{SHOP}/done/{session.id}/")
    assert status(world, session) == ("complete", "paid")
    details = world.checkout.retrieve(session.id).customer_details
    assert (details.email, details.name) == ("amina@example.com", "Amina")


def test_paying_twice_charges_once_and_leads_on(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions: a session is paid once; pressing again does not pay again."""
    session = world.session()
    first, second = pay(session.url, "4242424242424242"), pay(session.url, "4242424242424242")
    assert first.headers["Location"] == second.headers["Location"]
    assert world.ask("money")["totals"]["charged"] == 2900


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("4000000000000002", "Your card was declined."),
        ("4000000000009995", "insufficient funds"),
        ("4000000000000069", "expired"),
    ],
)
def test_declined_card_stays_on_the_page_and_another_one_pays(world: World, number: str, words: str) -> None:
    """docs.stripe.com/testing#declined-payments: declined; the session stays open, and the same PaymentIntent is paid
    with another card."""
    session = world.session()
    answer = pay(session.url, number)
    assert answer.status_code == 402 and words in answer.text
    assert status(world, session) == ("open", "unpaid")
    intent = world.checkout.retrieve(session.id).payment_intent
    assert pay(session.url, "4242424242424242").status_code == 303
    assert world.checkout.retrieve(session.id).payment_intent == intent
    assert world.ask("money")["payment_intents"][intent]["charges"] == 1
    world.settled()
    assert "charge.failed" in world.endpoint.types()


def bank(world: World, session: Any) -> str:
    """Pays with a card whose bank asks; gives the bank's page."""
    answer = pay(session.url, "4000002500003155")
    assert answer.status_code == 303
    page = requests.get(answer.headers["Location"], timeout=10)
    assert "29.00 EUR" in page.text and status(world, session) == ("open", "unpaid")
    return answer.headers["Location"]


def test_bank_confirms_and_the_payment_succeeds(world: World) -> None:
    """docs.stripe.com/testing#regulatory-cards: 4000002500003155 wants 3-D Secure; completed, the payment succeeds."""
    session = world.session()
    answer = post(bank(world, session), outcome="complete")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{SHOP}/done/{session.id}/")
    assert status(world, session) == ("complete", "paid")
    world.settled()
    assert "payment_intent.requires_action" in world.endpoint.types()


def test_bank_refuses_and_another_card_pays(world: World) -> None:
    """docs.stripe.com/payments/3d-secure: failed authentication sends the intent back to requires_payment_method with
    payment_intent_authentication_failure; nothing is charged."""
    session = world.session()
    answer = post(bank(world, session), outcome="fail")
    assert answer.status_code == 402 and "unable to authenticate" in answer.text
    intent = world.client.v1.payment_intents.retrieve(world.checkout.retrieve(session.id).payment_intent)
    assert intent.last_payment_error.code == "payment_intent_authentication_failure"
    assert world.ask("money")["totals"]["charged"] == 0
    assert pay(session.url, "4242424242424242").status_code == 303


def test_bank_confirming_after_the_session_expired_charges_nothing(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/expire: after it expires, a customer cannot complete a session."""
    session = world.session()
    page = bank(world, session)
    world.checkout.expire(session.id)
    answer = post(page, outcome="complete")
    assert answer.status_code == 410 and "has expired" in answer.text
    assert world.ask("money")["totals"]["charged"] == 0


def test_three_d_secure_can_be_asked_for_with_every_card(world: World) -> None:
    """docs.stripe.com/payments/3d-secure/authentication-flow: request_three_d_secure=any asks for it always."""
    session = world.session(payment_method_options={"card": {"request_three_d_secure": "any"}})
    assert "/authenticate/" in pay(session.url, "4242424242424242").headers["Location"]


def test_paypal_goes_elsewhere_and_comes_back_paid(world: World) -> None:
    """docs.stripe.com/payments/paypal: the customer is redirected, agrees and returns; the money is there at once."""
    session = world.session()
    answer = post(session.url, method="paypal", email="amina@example.com")
    assert post(answer.headers["Location"], outcome="complete").status_code == 303
    assert status(world, session) == ("complete", "paid")


def test_bank_debit_completes_unpaid(world: World) -> None:
    """docs.stripe.com/payments/sepa-debit: a delayed method; the session completes before the money is there."""
    session = world.session()
    wrong = post(session.url, method="sepa_debit", email="amina@example.com", iban="DE1")
    assert wrong.status_code == 422 and status(world, session) == ("open", "unpaid")
    assert post(session.url, method="sepa_debit", email="amina@example.com", iban="DE89 3704 0044 0532 0130 00").ok
    assert status(world, session) == ("complete", "unpaid")
    assert "on its way" in requests.get(f"{world.url}/c/pay/{session.id}", timeout=10).text


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"cardNumber": "4242424242424241"}, "cardNumber"),
        ({"cardNumber": "4111111111111111"}, "cardNumber"),
        ({"cardExpiry": "01 / 20"}, "cardExpiry"),
        ({"cardExpiry": "13 / 34"}, "cardExpiry"),
        ({"cardCvc": "12"}, "cardCvc"),
        ({"email": "amina"}, "email"),
        ({"method": "cheque"}, "method"),
    ],
)
def test_wrong_entry_is_marked_and_nothing_is_tried(world: World, form: dict[str, str], field: str) -> None:
    """docs.stripe.com/testing: a valid future date, any three-digit CVC (four for American Express), a test card; real
    card numbers do not work in test mode."""
    session = world.session()
    answer = post(session.url, **{**CARD, "cardNumber": "4242424242424242", **form})
    assert answer.status_code == 422
    if field != "method":
        assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', answer.text)
    assert world.checkout.retrieve(session.id).payment_intent is None


def test_american_express_has_four_digits(world: World) -> None:
    """docs.stripe.com/testing#cards: 378282246310005 with any four-digit code."""
    session = world.session()
    assert pay(session.url, "378282246310005").status_code == 422
    assert pay(session.url, "378282246310005", cardCvc="1234").status_code == 303


def test_email_that_was_given_is_not_asked_for(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/create#customer_email: prefilled, else the customer is asked."""
    session = world.session(customer_email="bruno@example.com")
    page = requests.get(session.url, timeout=10).text
    assert "bruno@example.com" in page and 'name="email"' not in page
    pay(session.url, "4242424242424242", email="")
    assert world.checkout.retrieve(session.id).customer_details.email == "bruno@example.com"


def test_page_of_an_expired_session_says_so_and_takes_nothing(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/expire: who loads an expired session sees a message that it is expired."""
    session = world.session()
    world.checkout.expire(session.id)
    shown, tried = requests.get(session.url, timeout=10), pay(session.url, "4242424242424242")
    assert (shown.status_code, tried.status_code) == (410, 410)
    assert "This checkout has expired" in shown.text and f'href="{SHOP}/back/"' in shown.text
    assert world.ask("money")["totals"]["charged"] == 0


def test_page_of_a_paid_session_says_so(world: World) -> None:
    """docs.stripe.com/api/checkout/sessions/object#url: only present while the session is active; its old page says
    that it was paid."""
    session = world.session()
    pay(session.url, "4242424242424242")
    page = requests.get(session.url, timeout=10)
    assert page.status_code == 200 and "You have already paid" in page.text


def test_page_of_an_unknown_session_is_404(world: World) -> None:
    """docs.stripe.com/payments/checkout: an address that leads nowhere."""
    assert requests.get(f"{world.url}/c/pay/cs_test_none", timeout=10).status_code == 404


def test_saved_card_is_offered_and_pays(world: World) -> None:
    """docs.stripe.com/payments/save-during-payment: with payment_method_save the customer may save the card; next time
    it is offered (allow_redisplay always)."""
    customer = world.client.v1.customers.create({"email": "amina@example.com"})
    options: Any = {"customer": customer.id, "saved_payment_method_options": {"payment_method_save": "enabled"}}
    first = world.session(**options)
    assert 'name="save"' in requests.get(first.url, timeout=10).text
    pay(first.url, "4242424242424242", save="on")
    method = world.client.v1.payment_methods.list({"customer": customer.id}).data[0]
    assert method.allow_redisplay == "always"
    second = world.session(**options)
    assert "Visa ending in 4242" in requests.get(second.url, timeout=10).text
    assert post(second.url, method=method.id).status_code == 303
    assert status(world, second) == ("complete", "paid")


def test_test_card_links_fill_the_form(world: World) -> None:
    """Ours, for whoever tries the demo by hand."""
    assert 'value="4000000000000002"' in requests.get(f"{world.session().url}?fill=declined", timeout=10).text
