"""Everything at once: many people hold, pay, leave, give back and log in, and afterwards everything adds up."""

import datetime as dt
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from core.accounts.models import User
from core.bookings.models import Booking
from core.flows import closing, guests, purchase, refunds, webhooks
from core.flows.tests.stage import PAGES, begin_held
from core.flows.verification import violations
from core.kernel.actor import Actor
from core.kernel.errors import Refusal
from core.payments import actions as payments
from core.payments.models import PaymentAttempt, Refund, StripeEvent
from core.seating import actions as seating
from core.seating.models import Place
from core.tickets.models import Ticket
from e2e.cast import NOW, House, StripeDesk, build_house, user_actor, visitor

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("storm")
PEOPLE, STEPS, WORKERS = 12, 40, 8


class Person:
    """Does at random what a person at a screen could do, and what the workers do at the same moment."""

    def __init__(self, number: int, house: House, desk: StripeDesk, user: User) -> None:
        self.house, self.desk, self.user = house, desk, user
        self.dice = random.Random(number)
        self.number = number
        self.sessions = 0
        self.actor = self.new_visitor()
        self.now = NOW
        self.did: Counter[str] = Counter()

    def new_visitor(self) -> Actor:
        self.sessions += 1
        return visitor(f"{self.number}-{self.sessions}", address=f"192.0.2.{self.number}")

    def live(self) -> Counter[str]:
        try:
            for _ in range(STEPS):
                self.now += dt.timedelta(seconds=self.dice.randint(1, 40))
                step = self.dice.choice(self.STEPS)
                try:
                    step(self)
                    self.did[step.__name__] += 1
                except Refusal as refusal:
                    self.did[type(refusal).__name__] += 1
            return self.did
        finally:
            connection.close()

    def some_seats(self) -> list[int]:
        labels = [f"{row}{number}" for row in "ABC" for number in range(1, 9)]
        return self.house.seats(*self.dice.sample(labels, self.dice.randint(1, 3)))

    def hold(self) -> None:
        seating.hold(showtime=self.house.showtime, seat_ids=self.some_seats(), actor=self.actor, now=self.now)

    def choose(self) -> None:
        seating.choose(showtime=self.house.showtime, seat_ids=self.some_seats(), actor=self.actor, now=self.now)

    def best(self) -> None:
        seating.hold_best(showtime=self.house.showtime, quantity=2, actor=self.actor, now=self.now)

    def stand(self) -> None:
        zone = self.house.showtime.seat_map.zones.get(kind="standing")
        wanted = self.dice.randint(1, 3)
        seating.choose_standing(
            showtime=self.house.showtime, zone_id=zone.pk, quantity=wanted, actor=self.actor, now=self.now
        )

    def extend(self) -> None:
        seating.extend(showtime=self.house.showtime, actor=self.actor, now=self.now)

    def release(self) -> None:
        seating.release(showtime=self.house.showtime, actor=self.actor, now=self.now)

    def lapse(self) -> None:
        seating.lapse(now=self.now)

    def log_in(self) -> None:
        if self.actor.is_anonymous:
            visitor_id, self.actor = self.actor.holder, user_actor(self.user)
            guests.follow(visitor=visitor_id, actor=self.actor, now=self.now)
        else:
            self.actor = self.new_visitor()

    def begin(self) -> None:
        begin_held(self.house, actor=self.actor, now=self.now)

    def booking(self, *states: str) -> Booking | None:
        mine = list(Booking.objects.filter(status__in=states))
        return self.dice.choice(mine) if mine else None

    def checkout(self) -> None:
        if booking := self.booking("awaiting_payment"):
            purchase.checkout(booking, pages=PAGES, now=self.now)

    def pay(self) -> None:
        attempt = PaymentAttempt.objects.filter(status="open").order_by("?").first()
        if attempt:
            self.desk.pay(attempt.session_id)

    def settle(self) -> None:
        if booking := self.booking("awaiting_payment"):
            purchase.settle(booking, actor=self.actor, now=self.now)

    def leave(self) -> None:
        if booking := self.booking("awaiting_payment"):
            purchase.give_up(booking, by_customer=True, actor=self.actor, now=self.now)

    def complete(self) -> None:
        closing.complete_unfinished(now=self.now)

    def hear(self) -> None:
        for event in self.dice.sample(told := self.desk.events(), min(4, len(told))):
            payments.receive(event, now=self.now)
        for pk in StripeEvent.objects.filter(handled_at=None).values_list("pk", flat=True)[:4]:
            webhooks.handle(pk, now=self.now)

    def cancel(self) -> None:
        if booking := self.booking("confirmed", "partly_refunded"):
            codes = list(booking.tickets.filter(status="valid").values_list("code", flat=True))
            refunds.cancel(booking=booking, ticket_codes=codes[: self.dice.randint(1, 3)], actor=SYSTEM, now=self.now)

    def refund(self) -> None:
        for refund in Refund.objects.filter(status="prepared")[:2]:
            payments.send_refund(refund, now=self.now)

    STEPS = (
        hold, hold, hold, choose, best, stand, extend, release, lapse, log_in, begin, begin, begin, checkout,
        checkout, checkout, pay, pay, pay, settle, leave, complete, hear, hear, cancel, refund,
    )  # fmt: skip


def test_nothing_breaks_when_everybody_does_everything_at_once_se6_r5(stripe_desk: StripeDesk) -> None:
    house = build_house(rows=3, seats_per_row=8, standing=12)
    users = [
        User.objects.create_user(f"user-{number}@foyer.example", "opening-night", joined_at=NOW)
        for number in range(PEOPLE)
    ]
    people = [Person(number, house, stripe_desk, user) for number, user in enumerate(users)]
    ended = threading.Event()
    false_alarms: list[str] = []

    def verify() -> None:
        while not ended.wait(0.2):
            false_alarms.extend(str(violation) for violation in violations())
        connection.close()

    verifier = threading.Thread(target=verify)
    verifier.start()
    try:
        with ThreadPoolExecutor(WORKERS) as pool:
            did = sum(pool.map(Person.live, people), Counter())
    finally:
        ended.set()
        verifier.join()
    assert false_alarms == []
    _finish(stripe_desk, now=NOW + dt.timedelta(hours=2))
    assert [str(violation) for violation in violations()] == []
    assert Place.objects.filter(sold=True).count() == Ticket.objects.valid().count()
    assert Place.objects.filter(under_payment=True).count() == 0
    money = stripe_desk.money()
    living = sum(line.paid for ticket in Ticket.objects.valid() for line in [ticket.line])
    assert money["charged"] - money["refunded"] == living
    assert did["pay"] and did["hold"]


def _finish(desk: StripeDesk, *, now: dt.datetime) -> None:
    """Everything that is still under way comes to its end."""
    for event in desk.events():
        payments.receive(event, now=now)
    for pk in StripeEvent.objects.filter(handled_at=None).values_list("pk", flat=True):
        webhooks.handle(pk, now=now)
    closing.complete_unfinished(now=now)
    for refund in Refund.objects.filter(status="prepared"):
        payments.send_refund(refund, now=now)
