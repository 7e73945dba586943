"""Stripe as the simulation has it: honest books, and every way in which an answer can fail to come.

The real gateway speaks to it, through a client of the same shape; so what is tested is everything but the network.
"""

import copy
import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import stripe

from core.flows.tests.simulation.checks import Wrong
from core.flows.tests.simulation.clock import Clock

Json = dict[str, Any]
KEYS_KEPT = dt.timedelta(hours=24)
LEAST_LIFE, LONGEST_LIFE = 30 * 60, 24 * 60 * 60
GONE = {"failed", "canceled"}


class Killed(BaseException):
    """The process that asked is no more: nothing after the call happens, not even its error handling."""


@dataclass
class Intent:
    """One charge: what the customer paid, what was sent back, what the bank has withdrawn."""

    id: str
    amount: int
    settled: bool
    session: str
    failed: bool = False
    disputed: bool = False
    withdrawn: int = 0
    refunds: list[Json] = field(default_factory=list)

    @property
    def refunded(self) -> int:
        return sum(refund["amount"] for refund in self.refunds if refund["status"] not in GONE)


class Stripe:
    """The other side. `meanwhile` lets the world go on while somebody waits for an answer."""

    def __init__(self, dice: random.Random, clock: Clock, *, tell: Callable[[Json], None]) -> None:
        self.dice, self.clock, self.tell = dice, clock, tell
        self.meanwhile: Callable[[], None] = lambda: None
        self.asked: Callable[[], None] = lambda: None
        self.unwell = True
        self.sessions: dict[str, Json] = {}
        self.intents: dict[str, Intent] = {}
        self.answers: dict[str, tuple[Json, Json | Exception, dt.datetime]] = {}
        self.told = 0
        sessions = SimpleNamespace(create=self._create_session, retrieve=self._retrieve, expire=self._expire)
        refunds = SimpleNamespace(create=self._create_refund)
        self.client = SimpleNamespace(v1=SimpleNamespace(checkout=SimpleNamespace(sessions=sessions), refunds=refunds))

    # --- what Foyer asks

    def _create_session(self, parameters: Json, options: Json) -> Any:
        def work() -> Json:
            life = parameters["expires_at"] - self.clock.now.timestamp()
            if not LEAST_LIFE + 60 <= life <= LONGEST_LIFE:
                raise Wrong(f"a session with {life} s to live was asked for (R6)")
            number = f"cs_{len(self.sessions) + 1}"
            self.sessions[number] = {
                "id": number,
                "url": f"https://stripe.example/{number}",
                "status": "open",
                "payment_status": "unpaid",
                "payment_intent": None,
                "amount_total": sum(item["price_data"]["unit_amount"] for item in parameters["line_items"]),
                "metadata": parameters["metadata"],
                "expires_at": parameters["expires_at"],
                "methods": parameters["allowed_payment_method_types"],
            }
            return self.sessions[number]

        return self._answer(work, key=options["idempotency_key"], parameters=parameters)

    def _retrieve(self, session_id: str) -> Any:
        return self._answer(lambda: self._session(session_id))

    def _expire(self, session_id: str) -> Any:
        def work() -> Json:
            session = self._session(session_id)
            if session["status"] != "open":
                raise stripe.InvalidRequestError("only an open session can be expired", "id", http_status=400)
            return self._end(session)

        return self._answer(work)

    def _create_refund(self, parameters: Json, options: Json) -> Any:
        def work() -> Json:
            intent = self.intents.get(parameters["payment_intent"])
            if intent is None or not intent.settled or intent.disputed:
                raise stripe.InvalidRequestError("cannot be refunded", "payment_intent", http_status=400)
            if parameters["amount"] > intent.amount - intent.refunded:
                raise stripe.InvalidRequestError("more than is left", "amount", http_status=400)
            return self._refund(intent, parameters["amount"], parameters["metadata"])

        return self._answer(work, key=options["idempotency_key"], parameters=parameters)

    def _session(self, session_id: str) -> Json:
        if session_id not in self.sessions:
            raise stripe.InvalidRequestError("no such session", "id", http_status=404)
        return self.sessions[session_id]

    # --- how it answers

    def _answer(self, work: Callable[[], Json], *, key: str = "", parameters: Json | None = None) -> Any:
        self.asked()
        fate = self.dice.random() if self.unwell else 1.0
        if fate < 0.05:
            raise stripe.APIConnectionError("nobody there")
        if fate < 0.06:
            raise stripe.RateLimitError("too many", http_status=429)
        self.meanwhile()
        if fate < 0.09:
            raise self._remember(key, parameters, stripe.APIError("broken", http_status=500))
        done = self._once(work, key, parameters or {})
        self.meanwhile()
        if fate < 0.14:
            raise stripe.APIConnectionError("done, but the answer was lost")
        if fate < 0.155:
            raise Killed
        if isinstance(done, Exception):
            raise done
        return SimpleNamespace(to_dict=lambda: copy.deepcopy(done))

    def _once(self, work: Callable[[], Json], key: str, parameters: Json) -> Json | Exception:
        known = self.answers.get(key) if key else None
        if known and known[2] > self.clock.now - KEYS_KEPT:
            if known[0] != parameters:
                return stripe.IdempotencyError("other parameters for the same key", http_status=400)
            return known[1]
        try:
            done: Json | Exception = copy.deepcopy(work())
        except stripe.StripeError as refused:
            done = refused
        return self._remember(key, parameters, done)

    def _remember(self, key: str, parameters: Json | None, answer: Any) -> Any:
        """What was said to a key is said again for a day, "500" too."""
        if key and (key not in self.answers or self.answers[key][2] <= self.clock.now - KEYS_KEPT):
            self.answers[key] = (copy.deepcopy(parameters or {}), answer, self.clock.now)
        return answer

    # --- what happens on its own pages and in its own time

    def pay(self, session_id: str, *, later: bool = False) -> bool:
        """The customer pays on the page of the session; False if it takes no money any more."""
        session = self.sessions[session_id]
        if session["status"] != "open":
            return False
        intent = Intent(f"pi_{session_id}", session["amount_total"], not later, session_id)
        self.intents[intent.id] = intent
        session |= {"status": "complete", "payment_intent": intent.id}
        session["payment_status"] = "unpaid" if later else "paid"
        self._tell("checkout.session.completed", session)
        self._tell("payment_intent.processing" if later else "payment_intent.succeeded", {"id": intent.id})
        return True

    def settle(self, *, fails: bool) -> None:
        """The oldest payment that was to settle later does so, or fails."""
        intent = next(intent for intent in self.intents.values() if self._is_settling(intent))
        session = self.sessions[intent.session]
        if fails:
            intent.failed = True
            self._tell("checkout.session.async_payment_failed", session)
            return
        intent.settled = True
        session["payment_status"] = "paid"
        self._tell("checkout.session.async_payment_succeeded", session)

    def settling(self) -> bool:
        return any(self._is_settling(intent) for intent in self.intents.values())

    def _is_settling(self, intent: Intent) -> bool:
        return not intent.settled and not intent.failed

    def tick(self) -> None:
        """Sessions that are too old end; refunds under way arrive, or come back."""
        for session in self.sessions.values():
            if session["status"] == "open" and session["expires_at"] <= self.clock.now.timestamp():
                self._end(session)
        for intent in self.intents.values():
            for refund in intent.refunds:
                if refund["status"] == "pending":
                    self._move(refund, "failed" if self.unwell and self.dice.random() < 0.2 else "succeeded")
                elif refund["status"] == "succeeded" and self.unwell and self.dice.random() < 0.002:
                    self._move(refund, "failed")

    def refund_at_the_desk(self, intent: Intent) -> None:
        """Somebody with the keys to Stripe's own desk sends money back; Foyer hears of it afterwards."""
        self._refund(intent, self.dice.randint(1, intent.amount - intent.refunded), {})

    def dispute(self, intent: Intent) -> None:
        """The customer's bank takes the money back."""
        intent.disputed, intent.withdrawn = True, intent.amount - intent.refunded
        dispute = self._dispute(intent)
        self._tell("charge.dispute.created", dispute)
        self._tell("charge.dispute.funds_withdrawn", dispute)

    def win(self, intent: Intent) -> None:
        """The bank gives it back again."""
        self._tell("charge.dispute.funds_reinstated", self._dispute(intent))
        intent.withdrawn = 0

    def _dispute(self, intent: Intent) -> Json:
        return {
            "id": f"dp_{intent.id}", "payment_intent": intent.id, "amount": intent.withdrawn, "currency": "eur",
            "reason": "fraudulent",
        }  # fmt: skip

    def _end(self, session: Json) -> Json:
        session["status"] = "expired"
        self._tell("checkout.session.expired", session)
        return session

    def _refund(self, intent: Intent, amount: int, metadata: Json) -> Json:
        slow = self.unwell and self.dice.random() < 0.2
        refund = {
            "id": f"re_{intent.id}_{len(intent.refunds) + 1}", "payment_intent": intent.id, "amount": amount,
            "status": "pending" if slow else "succeeded", "metadata": metadata,
        }  # fmt: skip
        intent.refunds.append(refund)
        self._tell("refund.created", refund)
        self._tell("charge.refunded", {"payment_intent": intent.id, "refunds": {"data": intent.refunds}})
        return refund

    def _move(self, refund: Json, status: str) -> None:
        refund["status"] = status
        self._tell("refund.failed" if status == "failed" else "refund.updated", refund)

    def _tell(self, kind: str, thing: Json) -> None:
        self.told += 1
        created = int(self.clock.now.timestamp())
        thing = copy.deepcopy(thing)
        self.tell({"id": f"evt_{self.told}", "type": kind, "created": created, "data": {"object": thing}})

    # --- its books

    @property
    def net(self) -> int:
        """What it has taken for us and not given away again."""
        settled = [intent for intent in self.intents.values() if intent.settled]
        return sum(intent.amount - intent.refunded - intent.withdrawn for intent in settled)
