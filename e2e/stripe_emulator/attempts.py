"""One try to pay a PaymentIntent or to set up a method: what the bank says, and what is written down for it."""

from typing import Any

from e2e.stripe_emulator import balance, disputes
from e2e.stripe_emulator.cards import DECLINES
from e2e.stripe_emulator.emulator import Emulator, fetch
from e2e.stripe_emulator.events import emit
from e2e.stripe_emulator.methods import DELAYED, REDIRECTING, behaviour
from e2e.stripe_emulator.objects import charge as new_charge
from e2e.stripe_emulator.objects import public
from e2e.stripe_emulator.store import Record, new_id

GENUINE = {"advice_code": None, "network_advice_code": None, "network_decline_code": None, "network_status":
           "approved_by_network", "reason": None, "risk_level": "normal", "risk_score": 20,
           "seller_message": "Payment complete.", "type": "authorized"}  # fmt: skip
UNAUTHENTICATED = (
    "We are unable to authenticate your payment method. Please choose a different payment method and try again."
)


def pay(
    emulator: Emulator, intent: Record, method: Record, *, off_session: bool = False, authenticated: bool | None = None
) -> Record:
    """Tries to charge the method. The intent's status says how it went; nothing is raised."""
    intent.update(payment_method=method["id"], next_action=None, last_payment_error=None)
    if authenticated is False:
        return _refuse_unauthenticated(emulator, intent, method, "payment_intent")
    if authenticated is None and wants_authentication(intent, method, off_session):
        if off_session:
            return _decline(emulator, intent, method, "authentication_required")
        return _ask(emulator, intent, "payment_intent")
    decline = behaviour(method).decline
    if decline is not None:
        return _decline(emulator, intent, method, decline)
    if authenticated and intent["setup_future_usage"] == "off_session":
        method["_set_up"] = True
        emulator.store.put(method)
    if method["type"] in DELAYED:
        return _process(emulator, intent, method)
    return _succeed(emulator, intent, _charged(emulator, intent, method))


def wants_authentication(intent: Record, method: Record, off_session: bool) -> bool:
    """Whether the customer has to prove at the bank that it is they."""
    if method["type"] in REDIRECTING:
        return not off_session
    if method["type"] == "card" and intent.get("_force_authentication") and not off_session:
        return True
    rule = behaviour(method).authentication
    if rule == "unless_set_up":
        return not (off_session and method["_set_up"])
    return rule == "always"


def _ask(emulator: Emulator, intent: Record, kind: str) -> Record:
    url = f"{emulator.public_url}/authenticate/{intent['id']}"
    intent["status"] = "requires_action"
    intent["next_action"] = {
        "type": "redirect_to_url",
        "redirect_to_url": {"return_url": intent.get("_return_url"), "url": url},
    }
    emulator.store.put(intent)
    emit(emulator, f"{kind}.requires_action", intent)
    return intent


def _charged(emulator: Emulator, intent: Record, method: Record, **known: Any) -> Record:
    charge = new_charge(intent, method, emulator.now(), **known)
    intent["latest_charge"] = charge["id"]
    return charge


def _succeed(emulator: Emulator, intent: Record, charge: Record) -> Record:
    fee = balance.charge_fee(charge["amount"], charge["currency"])
    type = "charge" if charge["id"].startswith("ch_") else "payment"
    charge.update(
        amount_captured=charge["amount"],
        balance_transaction=balance.move(emulator, type, charge, charge["amount"], fee, charge["description"]),
        captured=True,
        outcome=GENUINE,
        paid=True,
        receipt_url=f"{emulator.public_url}/receipts/{charge['id']}",
        status="succeeded",
    )
    intent.update(status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"], next_action=None)
    emulator.store.put(charge)
    emulator.store.put(intent)
    emit(emulator, "charge.succeeded", charge)
    emit(emulator, "payment_intent.succeeded", intent)
    method = fetch(emulator, "payment_method", charge["payment_method"])
    if method["customer"] is None and intent["setup_future_usage"] is None:
        method["_spent"] = True
        emulator.store.put(method)
    if (reason := behaviour(method).dispute) is not None:
        disputes.begin(emulator, charge, reason)
    return intent


def _process(emulator: Emulator, intent: Record, method: Record) -> Record:
    charge = _charged(emulator, intent, method, amount_captured=0, captured=True, paid=False, status="pending")
    intent["status"] = "processing"
    emulator.store.put(charge)
    emulator.store.put(intent)
    emit(emulator, "payment_intent.processing", intent)
    emit(emulator, "charge.pending", charge)
    return intent


def settle(emulator: Emulator, intent: Record, succeeded: bool) -> Record:
    """Days later the bank says whether a delayed payment came through."""
    charge = fetch(emulator, "charge", intent["latest_charge"])
    if succeeded:
        return _succeed(emulator, intent, charge)
    method = fetch(emulator, "payment_method", charge["payment_method"])
    return _fail(emulator, intent, method, charge, "payment_method_provider_decline", None,
                 "The customer's bank account could not be debited.")  # fmt: skip


def _decline(emulator: Emulator, intent: Record, method: Record, decline: str) -> Record:
    code, message = DECLINES[decline]
    decline_code = decline if code in ("card_declined", "authentication_required") else None
    charge = _charged(emulator, intent, method, amount_captured=0, captured=False, paid=False)
    return _fail(emulator, intent, method, charge, code, decline_code, message)


def _fail(
    emulator: Emulator,
    intent: Record,
    method: Record,
    charge: Record,
    code: str,
    decline_code: str | None,
    message: str,
) -> Record:
    charge.update(
        status="failed",
        failure_code=code,
        failure_message=message,
        outcome={**GENUINE, "network_status": "declined_by_network", "reason": decline_code or code,
                 "seller_message": "The bank did not return any further details with this decline.",
                 "type": "issuer_declined"},
    )  # fmt: skip
    emulator.store.put(charge)
    intent.update(status="requires_payment_method", payment_method=None, next_action=None)
    intent["last_payment_error"] = error_of(method, code, message, charge=charge["id"])
    if decline_code:
        intent["last_payment_error"]["decline_code"] = decline_code
    emulator.store.put(intent)
    emit(emulator, "charge.failed", charge)
    emit(emulator, "payment_intent.payment_failed", intent)
    return intent


def error_of(method: Record, code: str, message: str, **more: Any) -> Record:
    """An error as an intent remembers it."""
    return {
        "type": "card_error" if method["type"] == "card" else "invalid_request_error",
        "code": code,
        "doc_url": f"https://docs.stripe.com/error-codes#{code.replace('_', '-')}",
        "message": message,
        "payment_method": public(method),
        "payment_method_type": method["type"],
        **more,
    }


def _refuse_unauthenticated(emulator: Emulator, intent: Record, method: Record, kind: str) -> Record:
    error = error_of(method, f"{kind}_authentication_failure", UNAUTHENTICATED, type="invalid_request_error")
    intent.update(status="requires_payment_method", payment_method=None, next_action=None)
    intent["last_payment_error" if kind == "payment_intent" else "last_setup_error"] = error
    emulator.store.put(intent)
    emit(emulator, f"{kind}.{'payment_failed' if kind == 'payment_intent' else 'setup_failed'}", intent)
    return intent


def set_up(emulator: Emulator, intent: Record, method: Record, *, authenticated: bool | None = None) -> Record:
    """Tries to get a method ready for later payments. The intent's status says how it went."""
    intent.update(payment_method=method["id"], next_action=None, last_setup_error=None)
    intent["latest_attempt"] = new_id("setatt_")
    card = behaviour(method)
    if authenticated is False:
        return _refuse_unauthenticated(emulator, intent, method, "setup_intent")
    needs = card.authentication != "never" or method["type"] in REDIRECTING or intent.get("_force_authentication")
    if authenticated is None and needs:
        return _ask(emulator, intent, "setup_intent")
    if not card.attaches and card.decline is not None:
        code, message = DECLINES[card.decline]
        intent.update(status="requires_payment_method", payment_method=None)
        intent["last_setup_error"] = error_of(method, code, message, decline_code=card.decline)
        emulator.store.put(intent)
        emit(emulator, "setup_intent.setup_failed", intent)
        return intent
    method["_set_up"] = intent["usage"] == "off_session"
    emulator.store.put(method)
    intent["status"] = "succeeded"
    emulator.store.put(intent)
    emit(emulator, "setup_intent.succeeded", intent)
    return intent


def cancel(emulator: Emulator, intent: Record, reason: str | None) -> Record:
    """The intent can lead to nothing any more."""
    intent.update(status="canceled", cancellation_reason=reason, next_action=None)
    if intent["object"] == "payment_intent":
        intent["canceled_at"] = emulator.now()
    emulator.store.put(intent)
    emit(emulator, f"{intent['object']}.canceled", intent)
    return intent
