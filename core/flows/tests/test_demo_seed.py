"""`manage.py seed_demo`: real rows, the same when run twice, and books that balance."""

import datetime as dt
import io
from collections import Counter

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Sum

from core.accounts.models import Membership, Merchant, Organizer, User
from core.audit.models import Record
from core.bookings.models import Booking, BookingLine
from core.catalog.models import Event, PriceTier, SeatMap, Showtime, Venue
from core.flows.demo import content, programme
from core.flows.demo import seed as seeding
from core.flows.verification import violations
from core.ledger.actions import account
from core.ledger.models import Posting
from core.ledger.queries import balance
from core.payments.models import Payment
from core.seating.models import Hold, Place
from core.tickets.models import Ticket

pytestmark = pytest.mark.django_db
TABLES = (Venue, SeatMap, Event, Showtime, PriceTier, Place, Booking, Ticket, Hold, Payment, Posting, User, Record)
# A Thursday of the first week: the open rehearsal and the first concert are today.
NOW = "2026-11-26T09:00"


@pytest.fixture
def few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """Yesterday, today and tomorrow in the small houses, and one evening in the large one."""
    monkeypatch.setattr(programme, "DAYS_BACK", 1)
    monkeypatch.setattr(programme, "DAYS_AHEAD", 1)
    evenings = [evening for evening in programme.EVENINGS if evening.tariff == "free" or evening.room != programme.HALL]
    monkeypatch.setattr(programme, "EVENINGS", evenings)


def seed(now: str = NOW, **options: bool) -> str:
    out = io.StringIO()
    call_command("seed_demo", now=dt.datetime.fromisoformat(f"{now}:00+01:00"), stdout=out, **options)
    return out.getvalue()


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in TABLES}


def test_seed_demo_adds_nothing_when_run_twice(few_days: None) -> None:
    assert not seed().startswith("0 showtimes")
    first = counts()
    assert seed().startswith("0 showtimes and 0 tickets")
    assert counts() == first


def test_seed_demo_leaves_true_books_when_it_has_sold_tickets(few_days: None) -> None:
    """AD5, as far as a crowd can break it; `manage.py verify` proves the rest."""
    seed()
    assert list(violations()) == []
    sold = set(Place.objects.filter(sold=True).values_list("id", flat=True))
    assert sold == set(Ticket.objects.valid().values_list("place_id", flat=True))
    assert sold == set(Hold.objects.filter(status="sold").values_list("place_id", flat=True))
    assert Counter(Place.objects.filter(sold=True).values_list("holder", flat=True)) == Counter(
        f"booking:{booking_id}" for booking_id in BookingLine.objects.values_list("booking_id", flat=True)
    )
    taken = Payment.objects.aggregate(total=Sum("amount"))["total"]
    assert (
        taken == Booking.objects.aggregate(total=Sum("total"))["total"] == balance(account("clearing", currency="EUR"))
    )
    assert -balance(account("fees", currency="EUR")) == Booking.objects.aggregate(fee=Sum("fee"))["fee"]
    lines = Booking.objects.annotate(prices=Sum("lines__price"), n=Count("lines")).filter(prices=F("subtotal"), n__gt=0)
    assert lines.count() == Booking.objects.count()


def test_seed_demo_sells_to_nobody_after_the_start_when_the_showtime_is_past(few_days: None) -> None:
    seed()
    assert not Booking.objects.filter(confirmed_at__gt=F("showtime__starts_at")).exists()
    assert not Booking.objects.filter(confirmed_at__gt=dt.datetime.fromisoformat(f"{NOW}:00+01:00")).exists()


def test_seed_demo_brings_more_people_when_a_day_has_passed(few_days: None) -> None:
    seed()
    tomorrow = Showtime.objects.filter(starts_at__date=dt.date(2026, 11, 27))
    before = dict(tomorrow.annotate(n=Count("tickets")).values_list("id", "n"))
    seed("2026-11-27T09:00")
    after = dict(Showtime.objects.filter(id__in=before).annotate(n=Count("tickets")).values_list("id", "n"))
    assert all(after[showtime] >= before[showtime] for showtime in before)
    assert sum(after.values()) > sum(before.values())


def test_seed_demo_lets_the_cast_log_in_when_it_is_done(few_days: None) -> None:
    seed()
    users = [authenticate(None, login=p.email, password=content.PASSWORD) for p in content.people()]
    assert [user.name for user in users if user] == [person.name for person in content.people()]
    works = {member.user.name: (str(member.house), member.role) for member in Membership.objects.all()}
    assert works == {
        "Olga Winter": ("Kronlicht Kino", "owner"),
        "Otto Berger": ("Kronlicht Kino", "clerk"),
        "Gus Novak": ("Kronlicht Kino", "usher"),
        "Mei Lin": ("Kartenhaus", "owner"),
    }
    assert Merchant.objects.get().locations.count() == 2
    assert User.objects.exclude(email_verified_at=None).count() == 7
    assert [user.email for user in User.objects.filter(is_superuser=True)] == ["ada@foyer.example"]


def test_seed_demo_tops_up_only_when_showtimes_run_out(few_days: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeding, "ENOUGH", dt.timedelta(hours=20))
    assert seed(top_up=True) == ""
    seed()
    first = counts()
    assert seed(top_up=True) == ""
    assert counts() == first
    assert seed("2026-11-27T18:00", top_up=True).startswith("Adding showtimes to the demo")
    assert Showtime.objects.count() > first["Showtime"]


def test_seed_demo_tops_up_nothing_when_a_real_house_is_there(few_days: None) -> None:
    seed()
    Organizer.objects.create(name="Stadtkino", slug="stadtkino")
    before = counts()
    assert seed("2026-12-26T09:00", top_up=True) == ""
    assert counts() == before


def test_seed_demo_gives_amina_another_paid_booking_when_she_gave_the_first_back(few_days: None) -> None:
    seed()
    amina = User.objects.get(email="amina@foyer.example")
    paid = amina.bookings.filter(showtime__event__slug="meridian")
    paid.update(status=Booking.Status.REFUNDED)
    seed()
    seed()
    assert [booking.status for booking in paid.order_by("id")] == ["refunded", "confirmed"]


def test_seed_demo_gives_amina_free_tickets_and_paid_ones_when_they_are_to_come(few_days: None) -> None:
    seed()
    amina = User.objects.get(email="amina@foyer.example")
    upcoming = amina.bookings.filter(showtime__starts_at__gt=dt.datetime.fromisoformat(f"{NOW}:00+01:00"))
    assert {(booking.showtime.event.slug, booking.total > 0) for booking in upcoming} == {
        ("from-the-new-world", False),
        ("the-salt-road", False),
        ("meridian", True),
    }
    assert amina.bookings.exclude(pk__in=upcoming).exists()
    assert not Booking.objects.filter(user__email="bruno@foyer.example").exists()


def test_seed_demo_is_refused_when_a_real_house_is_there(few_days: None) -> None:
    """The demo's administrator has a public password."""
    Organizer.objects.create(name="Stadtkino", slug="stadtkino")
    before = counts()
    with pytest.raises(CommandError, match="organizers of its own"):
        seed()
    assert counts() == before


def test_demo_logins_names_everybody_when_asked() -> None:
    out = io.StringIO()
    call_command("demo_logins", stdout=out)
    *people, password, second_step = out.getvalue().splitlines()
    assert [(line.split()[0], line.split()[3]) for line in people] == [
        (f"{name}@foyer.example", door)
        for name, door in [("amina", "/"), ("bruno", "/"), ("olga", "/organizer/"), ("otto", "/organizer/"),
                           ("mei", "/merchant/"), ("gus", "/checkin/"), ("ada", "/desk/")]
    ]  # fmt: skip
    assert (content.PASSWORD in password, "/_outbox/" in second_step) == (True, True)
