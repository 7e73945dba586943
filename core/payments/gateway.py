"""The one place that speaks to Stripe.

No caller holds a database lock or transaction while one of these functions runs (R4). Stripe's objects come out as
small values of our own. `stripe` takes more than a second to import, so it is imported when it is first needed.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from core.kernel.errors import Refusal

if TYPE_CHECKING:
    from stripe import StripeClient

TIMEOUT_SECONDS = 20
# Answers about what was asked. All others are about the moment: a wrong API key too is put right, and asked again.
REFUSED = {400, 402}


class GatewayAway(Refusal):
    """Stripe gave no answer; whether it did what was asked is not known. Ask again with the same key."""

    kind = "unavailable"

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(_("The payment service does not answer at the moment. Your seats are kept; try again."))


class GatewayRefused(Exception):
    """Stripe answered no; asking again with the same parameters gives the same answer."""


class NotKnown(GatewayRefused):
    """Stripe has no such thing: another account's key is in use, or the database is older than what it names."""


class ForgedEvent(Exception):
    """A webhook call whose signature is not Stripe's."""


@dataclass(frozen=True, slots=True)
class SessionState:
    """What a Checkout Session is just now. `status`: open, complete or expired; `is_paid`: the money is there."""

    id: str
    url: str
    status: str
    is_paid: bool
    intent_id: str
    amount: int


@dataclass(frozen=True, slots=True)
class RefundState:
    """What a refund is just now: pending, requires_action, succeeded, failed or canceled."""

    id: str
    status: str
    error: str = ""


def session_state(session: dict[str, Any]) -> SessionState:
    """The part of a Checkout Session's JSON that matters here, from an answer or an event."""
    intent = session.get("payment_intent") or ""
    return SessionState(
        id=session["id"],
        url=session.get("url") or "",
        status=session["status"],
        is_paid=session["status"] == "complete" and session["payment_status"] != "unpaid",
        intent_id=intent if isinstance(intent, str) else intent["id"],
        amount=session["amount_total"] or 0,
    )


def create_session(parameters: dict[str, Any], *, key: str) -> SessionState:
    """Make the Checkout Session; the same key gives the same session, however often it is asked for."""
    return session_state(_ask(lambda client: client.v1.checkout.sessions.create(parameters, {"idempotency_key": key})))


def retrieve_session(session_id: str) -> SessionState:
    """What the session is now."""
    return session_state(_ask(lambda client: client.v1.checkout.sessions.retrieve(session_id)))


def expire_session(session_id: str) -> SessionState:
    """End the session if it is still open; what it is afterwards.

    Stripe refuses to expire one that is complete or expired already, so a refusal is followed by a look.
    """
    try:
        return session_state(_ask(lambda client: client.v1.checkout.sessions.expire(session_id)))
    except GatewayRefused:
        return retrieve_session(session_id)


def create_refund(*, intent_id: str, amount: int, key: str, metadata: dict[str, str]) -> RefundState:
    """Send money back; the same key sends it once."""
    made = _ask(
        lambda client: client.v1.refunds.create(
            {"payment_intent": intent_id, "amount": amount, "metadata": metadata}, {"idempotency_key": key}
        )
    )
    return RefundState(id=made["id"], status=made["status"])


def read_event(body: bytes, signature: str) -> dict[str, Any]:
    """The event in a webhook call, once its signature over the raw body is proved. Raises ForgedEvent."""
    import stripe

    try:
        event = _client().construct_event(body, signature, settings.STRIPE_WEBHOOK_SECRET)
    except (ValueError, stripe.SignatureVerificationError) as error:
        raise ForgedEvent(str(error)) from error
    return event.to_dict()


def event_time(event: dict[str, Any]) -> dt.datetime:
    """When Stripe says that it happened."""
    return dt.datetime.fromtimestamp(event["created"], dt.UTC)


@cache
def _client() -> "StripeClient":
    import stripe

    base = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {}
    return stripe.StripeClient(
        settings.STRIPE_API_KEY,
        base_addresses=base,  # type: ignore[arg-type]
        max_network_retries=1,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
    )


def _ask(call: Any) -> dict[str, Any]:
    import stripe

    try:
        answer: dict[str, Any] = call(_client()).to_dict()
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise GatewayAway(repr(error)) from error
    except stripe.StripeError as error:
        if error.http_status == 404:
            raise NotKnown(str(error)) from error
        if error.http_status in REFUSED:
            raise GatewayRefused(str(error)) from error
        raise GatewayAway(repr(error)) from error
    return answer
