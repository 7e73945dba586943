"""What the customer does on the hosted page: pay, be asked by the bank, come back, leave."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from e2e.stripe_emulator import attempts, customers, methods, objects
from e2e.stripe_emulator.cards import CARDS, luhn
from e2e.stripe_emulator.emulator import Emulator, fetch
from e2e.stripe_emulator.errors import ApiError
from e2e.stripe_emulator.events import emit
from e2e.stripe_emulator.rules import EMAIL
from e2e.stripe_emulator.store import Record

EXPIRY = re.compile(r"^(\d{1,2})\s*/\s*(?:20)?(\d{2})$")
IBAN = re.compile(r"^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$")
UNKNOWN_CARD = "Your card number is not one of the test cards. No real card works here."


@dataclass
class Outcome:
    """How it went: `done` and `authenticate` lead to a URL, `declined` and `invalid` back to the form."""

    kind: str
    url: str = ""
    message: str = ""
    errors: dict[str, str] = field(default_factory=dict)


def success_url(session: Record) -> str:
    """Where the customer goes after paying, with the session's id filled in."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def cancel_url(session: Record) -> str:
    """Where the customer goes without paying."""
    return str(session["cancel_url"] or "").replace("{CHECKOUT_SESSION_ID}", session["id"])


def needs_no_method(session: Record) -> bool:
    """Whether there is nothing to pay."""
    return bool(session["mode"] == "payment" and session["amount_total"] == 0)


def saved_methods(emulator: Emulator, session: Record) -> list[Record]:
    """The cards that the customer of this session may pay with again."""
    if session["mode"] != "payment" or session["customer"] is None:
        return []
    options = session["saved_payment_method_options"] or {}
    shown = options.get("allow_redisplay_filters", ["always"])
    found = emulator.store.where("payment_method", customer=session["customer"], type="card")
    return [method for method in found if method["allow_redisplay"] in shown]


def submit(emulator: Emulator, session: Record, form: dict[str, str]) -> Outcome:
    """The customer presses the button."""
    if session["status"] == "complete":
        return Outcome("done", success_url(session))
    if session["status"] != "open":
        return Outcome("closed")
    form = {name: value.strip() for name, value in form.items()}
    errors = _check(emulator, session, form)
    if errors:
        return Outcome("invalid", errors=errors)
    session["_form"] = {name: form.get(name, "") for name in ("email", "billingName", "save")}
    emulator.store.put(session)
    if needs_no_method(session):
        return _complete(emulator, session, "no_payment_required")
    method = _method(emulator, session, form)
    intent = _intent(emulator, session)
    return _after(emulator, session, _try(emulator, intent, method))


def answer_bank(emulator: Emulator, intent: Record, proved: bool) -> Outcome:
    """The customer comes from the bank's page, having proved who they are or not."""
    if intent["status"] != "requires_action":
        return Outcome("closed")
    method = fetch(emulator, "payment_method", intent["payment_method"])
    _try(emulator, intent, method, authenticated=proved)
    if intent["_session"] is not None:
        return _after(emulator, fetch(emulator, "checkout.session", intent["_session"]), intent)
    if intent["status"] == "succeeded" and intent["object"] == "setup_intent" and intent["customer"]:
        methods.keep_for(emulator, method, intent["customer"])
    return Outcome("done", _return_url(intent))


def _return_url(intent: Record) -> str:
    kind, base = intent["object"], intent.get("_return_url") or ""
    outcome = "failed" if intent["status"] == "requires_payment_method" else "succeeded"
    query = f"{kind}={intent['id']}&{kind}_client_secret={intent['client_secret']}&redirect_status={outcome}"
    return f"{base}{'&' if '?' in base else '?'}{query}" if base else ""


def _check(emulator: Emulator, session: Record, form: dict[str, str]) -> dict[str, str]:
    errors = {}
    if _asks_email(session) and not EMAIL.match(form.get("email", "")):
        errors["email"] = "Enter an email address, like name@example.com."
    type = form.get("method", "card")
    if needs_no_method(session) or type in [method["id"] for method in saved_methods(emulator, session)]:
        return errors
    if type not in session["payment_method_types"]:
        errors["method"] = "Choose how to pay."
    elif type == "card":
        errors.update(_check_card(emulator, form))
    elif type == "sepa_debit" and not IBAN.match(form.get("iban", "").replace(" ", "").upper()):
        errors["iban"] = "Enter an IBAN, like DE89 3704 0044 0532 0130 00."
    return errors


def _asks_email(session: Record) -> bool:
    return session["customer_email"] is None and session["customer"] is None


def _check_card(emulator: Emulator, form: dict[str, str]) -> dict[str, str]:
    errors = {}
    number = _digits(form.get("cardNumber", ""))
    if len(number) < 14 or not luhn(number):
        errors["cardNumber"] = "Your card number is not valid."
    elif number not in CARDS:
        errors["cardNumber"] = UNKNOWN_CARD
    month, year = _expiry(form.get("cardExpiry", ""))
    if not 1 <= month <= 12:
        errors["cardExpiry"] = "Enter the expiry date as month and year, like 12 / 34."
    elif (year, month) < _this_month(emulator):
        errors["cardExpiry"] = "Your card's expiry date is in the past."
    wanted = 4 if number.startswith("37") else 3
    if not re.fullmatch(rf"\d{{{wanted}}}", form.get("cardCvc", "")):
        errors["cardCvc"] = f"Enter the security code: {wanted} digits."
    return errors


def _digits(text: str) -> str:
    return re.sub(r"[\s-]", "", text) if re.fullmatch(r"[\d\s-]*", text) else ""


def _expiry(text: str) -> tuple[int, int]:
    match = EXPIRY.match(text)
    return (int(match[1]), 2000 + int(match[2])) if match else (0, 0)


def _this_month(emulator: Emulator) -> tuple[int, int]:
    today = datetime.fromtimestamp(emulator.now(), UTC)
    return today.year, today.month


def _method(emulator: Emulator, session: Record, form: dict[str, str]) -> Record:
    type = form.get("method", "card")
    if type.startswith("pm_"):
        return fetch(emulator, "payment_method", type)
    email = form.get("email") or session["customer_email"]
    billing = {"email": email or None, "name": form.get("billingName") or None}
    if type == "card":
        month, year = _expiry(form["cardExpiry"])
        return methods.build_card(emulator, CARDS[_digits(form["cardNumber"])], month, year, billing)
    if type == "sepa_debit":
        iban = form["iban"].replace(" ", "").upper()
        details = {"bank_code": iban[4:12], "branch_code": "", "country": iban[:2],
                   "fingerprint": f"emulated{iban[-8:]}", "generated_from": None, "last4": iban[-4:]}  # fmt: skip
        return methods.build(emulator, "sepa_debit", details, billing)
    return methods.build(emulator, type, {"payer_email": email, "payer_id": "EMULATED"}, billing)


def _intent(emulator: Emulator, session: Record) -> Record:
    """The session's intent; a PaymentIntent is made at the first try to pay."""
    if session["setup_intent"] is not None:
        return fetch(emulator, "setup_intent", session["setup_intent"])
    if session["payment_intent"] is not None:
        return fetch(emulator, "payment_intent", session["payment_intent"])
    params = {
        **session["_intent_data"],
        "amount": session["amount_total"],
        "currency": session["currency"],
        "customer": session["customer"],
    }
    options = session["payment_method_options"].get("card", {})
    intent = objects.payment_intent(
        params,
        emulator.now(),
        payment_method_types=session["payment_method_types"],
        _session=session["id"],
        _force_authentication=options.get("request_three_d_secure") in ("any", "challenge"),
    )
    session["payment_intent"] = intent["id"]
    emulator.store.put(intent)
    emulator.store.put(session)
    emit(emulator, "payment_intent.created", intent)
    return intent


def _try(emulator: Emulator, intent: Record, method: Record, authenticated: bool | None = None) -> Record:
    act = attempts.pay if intent["object"] == "payment_intent" else attempts.set_up
    return act(emulator, intent, method, authenticated=authenticated)


def _after(emulator: Emulator, session: Record, intent: Record) -> Outcome:
    if session["status"] != "open":
        return Outcome("closed")
    error = intent.get("last_payment_error") or intent.get("last_setup_error")
    if error is not None:
        return Outcome("declined", page_url(emulator, session), error["message"])
    if intent["status"] == "requires_action":
        return Outcome("authenticate", intent["next_action"]["redirect_to_url"]["url"])
    if intent["object"] == "setup_intent":
        return _complete(emulator, session, "no_payment_required")
    return _complete(emulator, session, "paid" if intent["status"] == "succeeded" else "unpaid")


def page_url(emulator: Emulator, session: Record) -> str:
    """The hosted page of a session, open or not."""
    return f"{emulator.public_url}/c/pay/{session['id']}"


def _complete(emulator: Emulator, session: Record, payment_status: str) -> Outcome:
    form = session["_form"]
    owner = emulator.store.get("customer", session["customer"] or "") or {}
    email = session["customer_email"] or owner.get("email") or form["email"] or None
    name = form["billingName"] or owner.get("name")
    session.update(status="complete", url=None, payment_status=payment_status)
    session["customer_details"] = {
        "address": {**dict.fromkeys(("city", "line1", "line2", "postal_code", "state")), "country": "DE"},
        "business_name": None,
        "email": email,
        "individual_name": None,
        "name": name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }
    session["collected_information"] = {"business_name": None, "individual_name": None, "shipping_details": None}
    if session["customer"] is None and (session["customer_creation"] == "always" or needs_no_method(session)):
        customer = customers.build(emulator, email=email, name=name)
        emit(emulator, "customer.created", customer)
        session["customer"] = customer["id"]
    _attach(emulator, session)
    emulator.store.put(session)
    emit(emulator, "checkout.session.completed", session)
    return Outcome("done", success_url(session))


def _attach(emulator: Emulator, session: Record) -> None:
    """Saves the method for the customer where the merchant or the customer asked for it."""
    kind = "payment_intent" if session["payment_intent"] else "setup_intent"
    if session[kind] is None or session["customer"] is None:
        return
    intent = fetch(emulator, kind, session[kind])
    if intent["customer"] is None:
        intent["customer"] = session["customer"]
        emulator.store.put(intent)
    saved = session["_form"]["save"] == "on"
    if kind == "setup_intent" or saved or intent["setup_future_usage"]:
        method = fetch(emulator, "payment_method", intent["payment_method"])
        method["_spent"] = False
        methods.keep_for(emulator, method, session["customer"], "always" if saved else "limited")


def settle(emulator: Emulator, session: Record, succeeded: bool) -> Record:
    """A delayed payment comes through, or does not."""
    if session["status"] != "complete" or session["payment_status"] != "unpaid":
        raise ApiError("Only a completed session that is still unpaid can be settled.")
    intent = fetch(emulator, "payment_intent", session["payment_intent"])
    if intent["status"] != "processing":
        raise ApiError(f"The payment is {intent['status']} already.")
    attempts.settle(emulator, intent, succeeded)
    if succeeded:
        session["payment_status"] = "paid"
        emulator.store.put(session)
    emit(emulator, f"checkout.session.async_payment_{'succeeded' if succeeded else 'failed'}", session)
    return session


def by_number(card: str, **form: Any) -> dict[str, str]:
    """The form that a customer with this card, or this other method, would send."""
    filled = {"email": "customer@example.com", "billingName": "Test Customer", "cardExpiry": "12 / 34",
              "iban": "DE89370400440532013000"}  # fmt: skip
    if card.isdigit():
        filled.update(method="card", cardNumber=card, cardCvc="1234" if card.startswith("37") else "123")
    else:
        filled.update(method=card)
    return {**filled, **{name: str(value) for name, value in form.items()}}
