"""The named cast and a small house to try things in; fixtures for the tests of every app.

Amina and Bruno are customers, and Bruno is always the stranger to Amina's things. Olga owns the organizer, Otto is her
clerk, Gus her usher; Mei owns a merchant's shop; Ada is the administrator.
"""

import base64
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from unittest import mock

import pytest
import requests
from django.test import Client, override_settings
from django_otp.oath import TOTP

from core.accounts.actions.second_factor import needs_app, needs_second_step
from core.accounts.models import Membership, Merchant, MerchantLocation, Organizer, Role, User
from core.catalog.actions import import_seat_map
from core.catalog.models import Category, Event, PriceTier, Room, Seat, Showtime, TicketType, Venue
from core.kernel.actor import Actor
from core.outbox.actions import take_waiting
from core.payments import actions as payments
from core.payments import gateway
from core.seating.actions import open_places
from e2e.stripe_emulator.emulator import Settings
from e2e.stripe_emulator.server import Running
from portals.access import SECOND_STEP_KEY
from project.celery import app

NOW = dt.datetime(2026, 11, 21, 17, 0, tzinfo=dt.UTC)
KEEPER = Actor.system("house")


@dataclass
class House:
    """A showtime on sale: `rows` rows of `seats_per_row` seats, adults 12.00 EUR, children 8.00 EUR."""

    organizer: Organizer
    venue: Venue
    room: Room
    event: Event
    showtime: Showtime

    def seats(self, *labels: str) -> list[int]:
        """Ids of seats by what stands on their back: "A1"."""
        found = {seat.label: seat.pk for seat in Seat.objects.filter(seat_map=self.showtime.seat_map)}
        return [found[label] for label in labels]

    def another_showtime(self, *, starts_at: dt.datetime, **fields: Any) -> Showtime:
        """One more showtime of the same event, on sale with the same prices."""
        showtime = Showtime.objects.create(
            event=self.event,
            room=self.room,
            seat_map=self.showtime.seat_map,
            starts_at=starts_at,
            ends_at=starts_at + dt.timedelta(hours=2),
            **{"status": Showtime.Status.ON_SALE, **fields},
        )
        for tier in self.showtime.price_tiers.all():
            tier.pk, tier.showtime = None, showtime
            tier.save()
        open_places(showtime=showtime, actor=KEEPER, now=NOW)
        return showtime


def build_house(*, rows: int = 4, seats_per_row: int = 10, now: dt.datetime = NOW, standing: int = 0) -> House:
    """Make a house; the showtime begins three days after `now`."""
    organizer = Organizer.objects.create(name="Lichtspiele", slug="lichtspiele", anonymous_share=100)
    venue = Venue.objects.create(
        organizer=organizer, name="Lichtspiele Graz", slug="lichtspiele-graz", kind="cinema", street="Annenstrasse 1",
        city="Graz",
    )  # fmt: skip
    room = Room.objects.create(venue=venue, name="Studio", slug="studio")
    zones: list[dict[str, Any]] = [
        {
            "name": "stalls",
            "label": "Stalls",
            "defaults": {"counts": [seats_per_row]},
            "rows": [{"labels": f"A-{chr(ord('A') + rows - 1)}"}] if rows > 1 else [{"label": "A"}],
        }
    ]
    if standing:
        area = {"x": -20, "y": 40, "width": 40, "height": 10}
        zones.append({"name": "floor", "label": "Floor", "kind": "standing", "capacity": standing, "rect": area})
    document = {
        "format": "foyer-seat-map/1",
        "name": "Studio",
        "focus": {"kind": "screen", "y": -4},
        "zones": zones,
    }
    seat_map = import_seat_map(room=room, document=document, actor=KEEPER, now=now)
    category = Category.objects.create(name="Film", slug="film")
    event = Event.objects.create(
        organizer=organizer, category=category, title="The Lantern Room", slug="the-lantern-room",
        description="A film.", status=Event.Status.PUBLISHED,
    )  # fmt: skip
    starts_at = now + dt.timedelta(days=3)
    showtime = Showtime.objects.create(
        event=event, room=room, seat_map=seat_map, starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=2),
        status=Showtime.Status.ON_SALE, format="2D", language="English",
    )  # fmt: skip
    for kind, amount in ((TicketType.ADULT, 1200), (TicketType.CHILD, 800)):
        PriceTier.objects.create(showtime=showtime, ticket_type=kind, amount=amount)
    open_places(showtime=showtime, actor=KEEPER, now=now)
    return House(organizer, venue, room, event, showtime)


def log_in(client: Client, user: User) -> None:
    """Log somebody in as a complete log-in leaves them, with the second step done where the person needs one."""
    client.force_login(user)
    if needs_second_step(user):
        session = client.session
        session[SECOND_STEP_KEY] = {"user": user.pk, "how": "totp" if needs_app(user) else "text"}
        session.save()


def shown_by_app(secret: str, *, now: dt.datetime) -> str:
    """The six digits that an app with this secret shows at an instant."""
    totp = TOTP(base64.b32decode(secret))
    totp.time = now.timestamp()
    return f"{totp.token():06d}"


def user_actor(user: User, *, address: str = "192.0.2.10") -> Actor:
    """A person who is logged in."""
    return Actor(holder=user.holder, user_id=user.pk, label=str(user), address=address)


def visitor(name: str = "amina", *, address: str = "192.0.2.10") -> Actor:
    """A browser session of somebody who is not logged in."""
    return Actor(holder=f"anon:{name}", address=address)


class StripeDesk:
    """The Stripe emulator with the levers that tests pull. Events wait here until a test delivers them."""

    def __init__(self, running: Running) -> None:
        self.running, self.url = running, running.url

    def control(self, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Any:
        """One call of the control endpoint."""
        return requests.request(method, f"{self.url}/_control/{path}", json=body or {}, timeout=10).json()

    def set_clock(self, now: dt.datetime) -> None:
        """Make it `now` at Stripe too, whatever the day on which the tests run."""
        ahead = now.timestamp() - self.control("health", method="GET")["now"]
        self.control("clock", {"advance_s": ahead})

    def pay(self, session_id: str, **how: Any) -> Any:
        """The customer pays on Stripe's page; no event is delivered yet."""
        return self.control(f"sessions/{session_id}/pay", how)

    def events(self) -> list[dict[str, Any]]:
        """Everything that Stripe has to tell, oldest first."""
        headers = {"Authorization": "Bearer sk_test_desk"}
        found = requests.get(f"{self.url}/v1/events?limit=100", headers=headers, timeout=10).json()["data"]
        return list(reversed(found))

    def money(self) -> dict[str, int]:
        """What was charged and refunded in all."""
        totals: dict[str, int] = self.control("money", method="GET")["totals"]
        return totals

    def requests(self, beginning: str) -> int:
        """How many calls of the API whose path begins so."""
        return len(self.control(f"log?path={beginning}", method="GET")["requests"])


@pytest.fixture(scope="session")
def stripe_running() -> Iterator[Running]:
    """One emulator for all tests of this process, without webhooks of its own."""
    running = Running(Settings(api_key="sk_test_desk", webhook_url="", webhook_secret="whsec_desk")).start()
    yield running
    running.close()


@pytest.fixture
def stripe_desk(stripe_running: Running) -> Iterator[StripeDesk]:
    """Stripe, empty, and Foyer pointed at it."""
    desk = StripeDesk(stripe_running)
    desk.control("reset")
    desk.set_clock(NOW)
    desk.control("log", method="DELETE")
    gateway._client.cache_clear()
    with override_settings(STRIPE_API_KEY="sk_test_desk", STRIPE_API_BASE=desk.url):
        yield desk
    gateway._client.cache_clear()


@pytest.fixture
def house(db: None) -> House:
    """Four rows of ten seats."""
    return build_house()


@pytest.fixture
def amina(db: None) -> User:
    """A customer."""
    return User.objects.create_user("amina@foyer.example", "opening-night", name="Amina Yilmaz", joined_at=NOW)


@pytest.fixture
def bruno(db: None) -> User:
    """The stranger to Amina's things."""
    return User.objects.create_user("bruno@foyer.example", "opening-night", name="Bruno Keller", joined_at=NOW)


@pytest.fixture
def olga(house: House) -> User:
    """Owns the organizer."""
    user = User.objects.create_user("olga@foyer.example", "opening-night", name="Olga Petrova", joined_at=NOW)
    Membership.objects.create(user=user, organizer=house.organizer, role=Role.OWNER)
    return user


@pytest.fixture
def otto(house: House) -> User:
    """Olga's clerk: sells, and may do little else."""
    return _works_for(house.organizer, "Otto Berger", Role.CLERK)


@pytest.fixture
def gus(house: House) -> User:
    """Scans tickets at Olga's doors."""
    return _works_for(house.organizer, "Gus Novak", Role.USHER)


@pytest.fixture
def merchant(db: None) -> Merchant:
    """A shop with one counter."""
    shop = Merchant.objects.create(name="Kartenhaus", slug="kartenhaus")
    MerchantLocation.objects.create(merchant=shop, name="Hauptplatz", street="Hauptplatz 3", city="Graz")
    return shop


@pytest.fixture
def mei(merchant: Merchant) -> User:
    """Owns the shop."""
    return _works_for(merchant, "Mei Lin", Role.OWNER)


def _works_for(employer: Organizer | Merchant, name: str, role: str) -> User:
    email = f"{name.split()[0].lower()}@foyer.example"
    user = User.objects.create_user(email, "opening-night", name=name, joined_at=NOW)
    kind = "merchant" if isinstance(employer, Merchant) else "organizer"
    Membership.objects.create(user=user, role=role, joined_at=NOW, **{kind: employer})
    return user


@pytest.fixture
def ada(db: None) -> User:
    """The administrator."""
    return User.objects.create_superuser("ada@foyer.example", "opening-night", name="Ada Brandt", joined_at=NOW)


@pytest.fixture
def run_due(db: None) -> Callable[..., list[str]]:
    """Run what the outbox holds for Stripe at `now`, leaving mails alone; answers with the tasks' names."""

    def run(*, now: dt.datetime) -> list[str]:
        names: list[str] = []
        with mock.patch("django.utils.timezone.now", return_value=now):  # tasks read the clock themselves
            while messages := [m for m in take_waiting(now=now) if m.queue == "default"]:
                for message in messages:
                    app.tasks[message.task](message_id=message.pk, **message.arguments)
                    names.append(message.task)
        return names

    return run


def tell(event: dict[str, Any], *, now: dt.datetime) -> bool:
    """An event whose signature was proved reaches the inbox."""
    return payments.receive(event, now=now)
