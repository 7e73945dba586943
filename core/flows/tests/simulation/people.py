"""What a person at a screen does; what their pages have told them, they rely on."""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.accounts.models import User
from core.bookings.actions import Contact
from core.bookings.models import Booking
from core.bookings.queries import quote, seat_type
from core.catalog.models import Showtime
from core.catalog.queries import price_lists
from core.flows import guests, purchase, refunds
from core.kernel.actor import Actor
from core.notifications import actions as notifications
from core.seating import actions as seating
from core.seating import queries
from core.seating.models import Place
from core.seating.refusals import NotOnSale
from core.tickets.models import Ticket

if TYPE_CHECKING:
    from core.flows.tests.simulation.world import World

PAGES = purchase.ReturnPages(success="https://foyer.example/{key}/", cancel="https://foyer.example/{key}/")


class Person:
    """Somebody with a browser, and perhaps an account."""

    def __init__(self, number: int, world: "World") -> None:
        self.number, self.world, self.dice = number, world, world.dice
        self.address = f"192.0.2.{1 + number // 2}"  # two of them share a line
        self.email = f"{world.name}-{number}@foyer.example".replace("/", "-")
        self.user: User | None = None
        self.browsers = 0
        self.actor = self._new_browser()
        self.showtime = world.pick_showtime()
        self.bookings: list[int] = []
        self.errand = ""
        self.links: list[str] = []  # sessions at Stripe whose page this person has been sent to
        self.promised: dict[int, dt.datetime] = {}

    def __str__(self) -> str:
        return f"person {self.number}"

    @property
    def now(self) -> dt.datetime:
        return self.world.clock.now

    def look_again(self) -> None:
        """After everything this person did, the page says what is held and until when: a promise."""
        mine = Place.objects.filter(holder=self.actor.holder, held_until__gt=self.now, under_payment=False)
        self.promised = dict(mine.values_list("id", "held_until"))

    def give_it_up(self, refusal: BaseException) -> None:
        """What is refused is not tried again at once."""
        self.errand = ""
        if isinstance(refusal, NotOnSale):
            self.wander()

    # --- seats

    def wander(self) -> str:
        """Open another showtime's page; it may be old by the time it is used."""
        self.showtime = self.world.pick_showtime()
        held = len(queries.held_by(self.actor.holder, showtime=self.showtime, now=self.now).places)
        return f"showtime {self.world.number_of(self.showtime)}, holding {held} there"

    def reload(self) -> str:
        """The same page, new."""
        self.showtime = self.world.read_showtime(self.showtime.pk)
        queries.state(self.showtime, now=self.now)
        return ""

    def hold(self) -> str:
        seats = self.world.some_seats(1, 3)
        seating.hold(showtime=self.showtime, seat_ids=self.world.ids(seats), actor=self.actor, now=self.now)
        return " ".join(seats)

    def choose(self) -> str:
        seats = self.world.some_seats(0, 3)
        seating.choose(showtime=self.showtime, seat_ids=self.world.ids(seats), actor=self.actor, now=self.now)
        return " ".join(seats)

    def stand(self) -> str:
        count = self.dice.randint(0, 3)
        seating.choose_standing(
            showtime=self.showtime, zone_id=self.world.floor, quantity=count, actor=self.actor, now=self.now
        )
        return str(count)

    def best(self) -> str:
        together, count = self.dice.random() < 0.7, self.dice.randint(1, 3)
        seating.hold_best(showtime=self.showtime, quantity=count, together=together, actor=self.actor, now=self.now)
        return str(count)

    def extend(self) -> str:
        return f"{seating.extend(showtime=self.showtime, actor=self.actor, now=self.now):%H:%M:%S}"

    def release(self) -> str:
        seats = None if self.dice.random() < 0.4 else self.world.ids(self.world.some_seats(3, 8))
        return str(len(seating.release(showtime=self.showtime, actor=self.actor, now=self.now, seat_ids=seats)))

    def hold_again(self) -> str:
        return str(len(seating.hold_again(showtime=self.showtime, actor=self.actor, now=self.now)))

    # --- who one is

    def log_in(self) -> str:
        """Log in, or out: then it is a new visitor."""
        if not self.actor.is_anonymous:
            self.actor = self._new_browser()
            return "out"
        self.user = self.user or User.objects.create_user(self.email, None, joined_at=self.now)
        visitor = self.actor.holder
        self.actor = Actor(self.user.holder, self.user.pk, self.email, self.address)
        moved = guests.follow(visitor=visitor, actor=self.actor, now=self.now)
        if self.dice.random() < 0.5:
            guests.claim(user=self.user, email=self.email, actor=self.actor, now=self.now)
        return f"in, with {moved} places"

    def _new_browser(self) -> Actor:
        self.browsers += 1
        return Actor(f"anon:{self.number}-{self.browsers}", address=self.address)

    # --- paying

    def begin(self) -> str:
        """Turn what is held into a booking, for the price that was seen a moment ago or earlier."""
        places = queries.held_by(self.actor.holder, showtime=self.showtime, now=self.now).places
        prices = price_lists([self.showtime.pk])[self.showtime.pk]
        types = {}
        for place in places:
            sold = list(prices.prices(zone_id=place.zone_id, seat_type=seat_type(place)))
            types[place.pk] = self.dice.choice(sold)
        word = "HALF" if self.dice.random() < 0.2 else ""
        promo = self.world.promo if word else None
        seen = purchase.offer(quote(self.showtime, places, types, promo=promo), showtime=self.showtime, promo_word=word)
        self.world.interrupt()
        begun = purchase.begin(
            showtime=self.showtime, places=places, types=types, promo_word=word, seen=seen, pages=PAGES,
            contact=Contact(f"Person {self.number}", self.email, "", "en"), actor=self.actor, now=self.now,
        )  # fmt: skip
        self.bookings.append(begun.booking.pk)
        self.errand = "paying"
        return f"{self.world.booking_name(begun.booking.pk)} {begun.booking.status} {begun.booking.total}"

    def checkout(self) -> str:
        booking = self._booking(Booking.Status.AWAITING_PAYMENT)
        url = purchase.checkout(booking, pages=PAGES, now=self.now)
        self.links.append(url.rpartition("/")[2])
        self.errand = "at Stripe"
        return f"{self.world.booking_name(booking.pk)} {self.links[-1]}"

    def pay(self) -> str:
        """On Stripe's page, which may have been open in a tab for long."""
        self.errand = "back"
        session = self.links[-1] if self.dice.random() < 0.7 else self.dice.choice(self.links)
        delayed = "sepa_debit" in self.world.stripe.sessions[session]["methods"] and self.dice.random() < 0.5
        return f"{session} {self.world.stripe.pay(session, later=delayed)}{' later' if delayed else ''}"

    def come_back(self) -> str:
        """The success page, perhaps long after, perhaps without having paid."""
        booking = self._booking()
        self.errand = ""
        done = purchase.settle(booking, actor=self.actor, now=self.now)
        return f"{self.world.booking_name(booking.pk)} {done.status}"

    def leave(self) -> str:
        """Cancel the payment."""
        booking = self._booking(Booking.Status.AWAITING_PAYMENT)
        done = purchase.give_up(booking, by_customer=True, actor=self.actor, now=self.now)
        return f"{self.world.booking_name(booking.pk)} {done.status}"

    # --- afterwards

    def cancel(self) -> str:
        """Give back the whole booking, or some tickets of it."""
        booking = self._booking(*Booking.LIVING)
        codes = None
        if self.dice.random() < 0.6:
            tickets = list(booking.tickets.filter(status=Ticket.Status.VALID).order_by("id"))
            codes = [ticket.code for ticket in self.dice.sample(tickets, self.dice.randint(0, len(tickets)))]
        refunds.cancel(booking=booking, ticket_codes=codes, actor=self.actor, now=self.now)
        return f"{self.world.booking_name(booking.pk)} {'all' if codes is None else len(codes)}"

    def resend(self) -> str:
        booking = self._booking(*Booking.LIVING)
        notifications.resend(booking=booking, actor=self.actor, now=self.now)
        return self.world.booking_name(booking.pk)

    def _booking(self, *status: str) -> Booking:
        """One of this person's, usually one in such a state."""
        mine = Booking.objects.filter(pk__in=self.bookings).select_related("showtime__event__organizer")
        fitting = [booking for booking in mine.order_by("id") if not status or booking.status in status]
        if not fitting or self.dice.random() < 0.05:
            return mine.get(pk=self.dice.choice(self.bookings))
        return self.dice.choice(fitting)

    # --- what can be done now, and how likely

    def moves(self) -> dict[Callable[[], str], int]:
        """Everything that makes sense to try, and at times what makes none."""
        holding = any(until > self.now for until in self.promised.values())
        paying, at_stripe, back = (self.errand == errand for errand in ("paying", "at Stripe", "back"))
        weights = {
            self.wander: 1, self.reload: 2, self.hold: 6, self.choose: 6 if holding else 2, self.stand: 3, self.best: 4,
            self.extend: 5 if holding else 0, self.release: 2 if holding else 0, self.hold_again: 1, self.log_in: 1,
            self.begin: 20 if holding else 1,
        }  # fmt: skip
        if self.bookings:
            weights |= {
                self.checkout: 30 if paying else 4, self.come_back: 20 if back else 3, self.leave: 4 if paying else 1,
                self.cancel: 1 if self.errand else 9, self.resend: 1,
            }  # fmt: skip
        return weights | ({self.pay: 30 if at_stripe else 3} if self.links else {})


def showtime_page(pk: int) -> Showtime:
    """The showtime as a request reads it."""
    return Showtime.objects.select_related("event__organizer", "room__venue", "seat_map").get(pk=pk)
