"""One small house with two showtimes, its people, and everything that can go wrong around them."""

import contextlib
import datetime as dt
import logging
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from unittest import mock

from django.db import connection

from core.accounts.models import Organizer
from core.bookings.models import PromoCode
from core.catalog.actions import import_seat_map
from core.catalog.models import Category, Event, PriceTier, Room, Seat, Showtime, Venue, Zone
from core.flows.tests.simulation import checks, steps
from core.flows.tests.simulation.backstage import Mailbox, Post, Workers
from core.flows.tests.simulation.clock import Clock
from core.flows.tests.simulation.office import OLGA, Office
from core.flows.tests.simulation.people import Person, showtime_page
from core.flows.tests.simulation.stripe import Intent, Killed, Stripe
from core.kernel.errors import Refusal
from core.payments.gateway import GatewayAway
from core.payments.models import Payment
from core.seating.actions import open_places

PEOPLE = 6
PLAN = {
    "format": "foyer-seat-map/1",
    "name": "Studio",
    "focus": {"kind": "screen", "y": -4},
    "zones": [
        {
            "name": "stalls",
            "label": "Stalls",
            "defaults": {"counts": [5]},
            "rows": [
                {"labels": "A-B"},
                {"label": "C", "seats": {"1": {"type": "wheelchair"}, "2": {"type": "companion"}}},
                {"label": "D", "counts": [4], "type": "sofa"},
            ],
        },
        {
            "name": "floor", "label": "Floor", "kind": "standing", "capacity": 4,
            "rect": {"x": -20, "y": 40, "width": 40, "height": 10},
        },
    ],
}  # fmt: skip


class World:
    """Everything, from one seed. It lies in one transaction of the caller's, to be rolled back."""

    def __init__(self, seed: str) -> None:
        self.seed = self.name = seed
        self.dice = random.Random(seed)
        self.clock = Clock()
        self.trace: list[str] = []
        self.did: Counter[str] = Counter()
        self.depth = 0
        self.disturbed = False
        self.post = Post(self.dice, self.clock)
        self.stripe = Stripe(self.dice, self.clock, tell=self.post.carry)
        self.stripe.meanwhile, self.stripe.asked = self.interrupt, self.no_transaction_is_open
        self.mailbox = Mailbox(self.dice)
        self.workers = Workers(self.dice, self.clock)
        self.faults = Faults()
        self._build()
        self.people = [Person(number, self) for number in range(PEOPLE)]
        self.office = Office(self)
        self.baseline = len(connection.savepoint_ids)
        self.verify = checks.Verify()
        self.digest = self.verify.quick()

    # --- the house

    def _build(self) -> None:
        dice = self.dice
        self.organizer = Organizer.objects.create(
            name="Lichtspiele", slug=f"house-{self.seed}".replace("/", "-"), max_places=dice.choice((3, 6, 10)),
            anonymous_share=dice.choice((50, 100)), places_per_address=dice.choice((6, 20)),
            refuse_orphans=dice.random() < 0.15, fee_fixed=dice.choice((0, 100)),
            fee_basis_points=dice.choice((0, 250)), cancel_until_hours=dice.choice((0, 0, 0, 24, None)),
            keep_fee=dice.random() < 0.5, delayed_methods_days=dice.choice((None, 1)),
            max_extensions=dice.choice((0, 1, 2)),
        )  # fmt: skip
        longest = self.organizer.hold_minutes * (1 + self.organizer.max_extensions)
        self.longest_hold = dt.timedelta(minutes=longest)
        slug = self.organizer.slug
        venue = Venue.objects.create(
            organizer=self.organizer, name="Lichtspiele", slug=slug, kind="cinema", street="Weg 1", city="Graz"
        )
        self.room = Room.objects.create(venue=venue, name="Studio", slug="studio")
        self.seat_map = import_seat_map(room=self.room, document=PLAN, actor=OLGA, now=self.clock.now)
        self.floor = self.seat_map.zones.get(kind=Zone.Kind.STANDING).pk
        self.seats = {seat.label: seat.pk for seat in Seat.objects.filter(seat_map=self.seat_map)}
        category = Category.objects.create(name="Film", slug=slug)
        self.event = Event.objects.create(
            organizer=self.organizer, category=category, title="The Lantern Room", slug=slug,
            description="A film.", status=Event.Status.PUBLISHED,
        )  # fmt: skip
        self.showtimes: list[int] = []
        for hours in (dice.choice((3, 26)), 80):
            self.schedule(hours)
        uses = dice.choice((None, 2))
        self.promo = PromoCode.objects.create(organizer=self.organizer, word="HALF", percent=50, most_uses=uses)

    def schedule(self, hours: int) -> None:
        """One more showtime, so many hours from now."""
        starts_at = self.clock.now + dt.timedelta(hours=hours)
        showtime = Showtime.objects.create(
            event=self.event, room=self.room, seat_map=self.seat_map, starts_at=starts_at,
            ends_at=starts_at + dt.timedelta(hours=2), status=Showtime.Status.ON_SALE,
        )  # fmt: skip
        free = self.dice.random() < 0.1
        for kind, amount in (("adult", 1200), ("child", 800)):
            PriceTier.objects.create(showtime=showtime, ticket_type=kind, amount=0 if free else amount)
        open_places(showtime=showtime, actor=OLGA, now=self.clock.now)
        self.showtimes.append(showtime.pk)

    # --- what people and desks need of it

    def pick_showtime(self) -> Showtime:
        return self.read_showtime(self.dice.choice(self.showtimes[-3:]))

    def read_showtime(self, pk: int) -> Showtime:
        return showtime_page(pk)

    def number_of(self, showtime: Showtime) -> int:
        return 1 + self.showtimes.index(showtime.pk)

    def some_seats(self, least: int, most: int) -> list[str]:
        return self.dice.sample(list(self.seats), self.dice.randint(least, most))

    def ids(self, labels: list[str]) -> list[int]:
        return [self.seats[label] for label in labels]

    def booking_name(self, pk: int) -> str:
        """Rows have other ids in each run; in the trace they are numbered as they come."""
        every = list(dict.fromkeys(booking for person in self.people for booking in person.bookings))
        return f"booking {every.index(pk) + 1}" if pk in every else "booking new"

    def known_charges(self, *, disputed: bool = False) -> list[Intent]:
        """Charges that Foyer has heard of, which Stripe's desk could do something about."""
        known = set(Payment.objects.filter(status=Payment.Status.SUCCEEDED).values_list("intent_id", flat=True))
        return [
            intent
            for intent in self.stripe.intents.values()
            if intent.id in known and (disputed or not intent.disputed)
        ]

    # --- time passes

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Inside, this world is the one there is: its clock, its Stripe, its mailbox."""
        with ExitStack() as stack:
            stack.enter_context(self.clock.rules())
            stack.enter_context(self.mailbox.instead())
            stack.enter_context(mock.patch("core.payments.gateway._client", lambda: self.stripe.client))
            stack.enter_context(self.faults.are_heard())
            yield

    def step(self) -> None:
        """Something happens, and afterwards everything must hold."""
        self.disturbed = False
        steps.pass_time(self)
        who, what = steps.draw(self)
        name = getattr(what, "func", what).__name__
        outcome, refusal = self._do(what)
        self.did[name if refusal is None else f"{name} {outcome}"] += 1
        self.trace.append(f"{'  ' * self.depth}{self.clock.now:%d. %H:%M:%S} {who}: {name} -> {outcome}")
        if isinstance(who, Person):
            who.look_again()
        refused = isinstance(refusal, Refusal) and not isinstance(refusal, GatewayAway)
        self._check(refused=refused and not self.disturbed)
        self.disturbed = True
        if isinstance(who, Person) and refused:
            who.give_it_up(refusal)

    def _do(self, what: steps.Step) -> tuple[str, BaseException | None]:
        """The outcome in words, and what was said if it was refused."""
        try:
            return what(), None
        except Refusal as refusal:
            return type(refusal).__name__, refusal
        except Killed as killed:
            return "killed", killed

    def _check(self, *, refused: bool) -> None:
        self.faults.raise_any()
        before, self.digest = self.digest, self.verify.quick()
        if refused and self.digest != before:
            raise checks.Wrong("a refusal has changed something")
        checks.promises_are_kept(self.people)
        checks.caps_are_kept(self)
        checks.no_dead_booking_takes_money(self)
        checks.refunds_go_once(self)
        if len(self.trace) % checks.THOROUGH_EVERY == 0:
            self.verify.thorough()

    def interrupt(self) -> None:
        """Somebody waits for an answer, or thinks; the world goes on."""
        if self.depth < 2 and self.stripe.unwell and self.dice.random() < 0.3:
            # What is true in the middle of an action is committed, and must hold as well.
            self.digest = self.verify.quick()
            self.depth += 1
            try:
                for _ in range(self.dice.randint(1, 2)):
                    self.step()
            finally:
                self.depth -= 1
            self.disturbed = True

    def no_transaction_is_open(self) -> None:
        """No lock is held while Stripe is asked (R4)."""
        if len(connection.savepoint_ids) != self.baseline:
            raise checks.Wrong("Stripe was asked inside a transaction (R4)")

    def come_to_rest(self) -> None:
        """Everybody goes home, everything works, and days pass; then every account is settled."""
        self.stripe.unwell = self.mailbox.unwell = False
        self.trace.append("everybody goes home")
        for hours in (0, 1, 12, 30, 24 * 8, 1, 26):
            self.clock.pass_by(hours * 3600)
            while self.stripe.settling() and (hours > 100 or self.dice.random() < 0.5):
                self.stripe.settle(fails=self.dice.random() < 0.3)
            steps.finish(self)
            self._check(refused=False)
        checks.all_is_at_rest(self)
        self.verify.thorough()
        if not self.verify.still_asks_the_same():
            raise checks.Wrong("verify asks something else than it did when its questions were recorded")


class Faults(logging.Handler):
    """Faults that a long-running task has swallowed, so as to go on with the others."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[BaseException | str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append((record.exc_info and record.exc_info[1]) or record.getMessage())

    @contextlib.contextmanager
    def are_heard(self) -> Iterator[None]:
        logger = logging.getLogger("core")
        logger.addHandler(self)
        try:
            yield
        finally:
            logger.removeHandler(self)

    def raise_any(self) -> None:
        if self.heard:
            raise checks.Wrong(f"a task swallowed {self.heard[0]!r}")
