"""One of everything that has a page: bookings in each state, tickets, held seats, showtimes open and shut."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from core.accounts.actions import teams
from core.accounts.models import Membership, Merchant, MerchantLocation, Organizer, Role, User
from core.bookings.models import Booking
from core.catalog.models import Showtime
from core.notifications.actions import notify
from core.notifications.models import Notification, PushDevice
from core.notifications.unsubscribing import stop_link
from core.seating.models import Place
from core.tickets.models import Ticket
from e2e.cast import House, user_actor
from e2e.foyer import Foyer
from e2e.stories import steps
from e2e.stories.people import come_in, employee, somebody_known

NOBODY, GUEST, MEMBER, ADMINISTRATOR = "nobody", "guest", "member", "administrator"
OWNER, CLERK, USHER, SHOPKEEPER = "owner", "clerk", "usher", "shopkeeper"


@dataclass
class Stage:
    """What there is to look at, and the cookies of those who may."""

    foyer: Foyer
    house: House
    club: House
    saal: House
    showtimes: dict[str, Showtime] = field(default_factory=dict)
    bookings: dict[str, Booking] = field(default_factory=dict)
    cookies: dict[str, dict[str, object]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def ticket(self, booking: str, *, status: str = Ticket.Status.VALID) -> Ticket:
        """A ticket of a booking."""
        found = Ticket.objects.filter(booking=self.bookings[booking], status=status).first()
        assert found is not None, f"{booking} has no {status} ticket"
        return found

    def context(self, browser: Browser, who: str, **options: object) -> BrowserContext:
        """That person's browser."""
        return browser.new_context(base_url=self.foyer.url, storage_state=self.cookies[who], **options)  # type: ignore[arg-type]


def build(stage: Stage, browser: Browser, make_showtime: Callable[..., Showtime]) -> Stage:
    """Make it all, as people would."""
    now = timezone.now()
    stage.showtimes |= {
        "open": make_showtime(),
        "not open": make_showtime(sale_opens_at=now + dt.timedelta(days=2)),
        "past": make_showtime(starts_at=now - dt.timedelta(days=1)),
        "cancelled": make_showtime(status=Showtime.Status.CANCELLED),
        "sold out": make_showtime(),
        "saal": make_showtime(of=stage.saal),
        "club": make_showtime(of=stage.club),
    }
    Place.objects.filter(showtime=stage.showtimes["sold out"]).exclude(seat__row_label="A").update(blocked=True)
    context = browser.new_context(base_url=stage.foyer.url)
    _buy_and_leave(stage, context.new_page())
    stage.cookies[GUEST] = context.storage_state()
    stage.cookies[NOBODY] = {}
    context.close()
    _log_in(stage, browser)
    return stage


def _buy_and_leave(stage: Stage, page: Page) -> None:
    open_showtime, email = stage.showtimes["open"], "stage@foyer.example"
    stage.bookings["confirmed"] = _booking(steps.buy(page, open_showtime, "A1", "A2", email=email))
    stage.bookings["returned"] = _booking(steps.buy(page, open_showtime, "A4", "A5", email=email))
    page.goto(f"/bookings/{stage.bookings['returned'].code}/cancellation/")
    page.get_by_role("checkbox", name=steps.said("A5")).uncheck()
    page.get_by_role("button", name="Cancel these tickets").click()
    page.wait_for_url(f"**/bookings/{stage.bookings['returned'].code}/")
    steps.buy(page, stage.showtimes["sold out"], *(f"A{number}" for number in range(1, 11)), email=email)
    stage.bookings["given up"] = _leave_at_till(page, stage.showtimes["saal"], "C3", email=email)
    page.get_by_role("button", name="Give up and free the seats").click()
    page.wait_for_url("**/showtimes/**")
    stage.bookings["waiting"] = _leave_at_till(page, stage.showtimes["saal"], "C4", email=email)
    steps.watch(page, open_showtime)
    steps.take(page, "C7", "C8")


def _leave_at_till(page: Page, showtime: Showtime, label: str, *, email: str) -> Booking:
    steps.watch(page, showtime)
    steps.take(page, label)
    steps.to_checkout(page)
    steps.to_till(page, email=email)
    page.click("#cancel")
    return _booking(steps.code_of(page))


def _booking(code: str) -> Booking:
    return Booking.objects.get(code=code)


def _log_in(stage: Stage, browser: Browser) -> None:
    shop = Merchant.objects.create(name="Kartenhaus", slug="kartenhaus-stage")
    MerchantLocation.objects.create(merchant=shop, name="Hauptplatz", city="Graz")
    people = {
        MEMBER: somebody_known("Member", "member@stage.example", mobile="+436641110000"),
        ADMINISTRATOR: somebody_known("Ada", "ada@stage.example", is_staff=True, is_superuser=True),
        OWNER: employee("Olga", "olga@stage.example", stage.house.organizer, Role.OWNER),
        CLERK: employee("Otto", "otto@stage.example", stage.house.organizer, Role.CLERK),
        USHER: employee("Gus", "gus@stage.example", stage.house.organizer, Role.USHER),
        SHOPKEEPER: employee("Mei", "mei@stage.example", shop, Role.OWNER),
    }
    other = Organizer.objects.create(name="Kammer", slug="kammer-stage")
    Membership.objects.create(user=people[CLERK], organizer=other, role=Role.CLERK)
    for who, user in people.items():
        context = browser.new_context(base_url=stage.foyer.url)
        come_in(stage.foyer, context, user)
        stage.cookies[who] = context.storage_state()
        context.close()
    _invite(stage, people[OWNER])
    _tell(stage, people[MEMBER])


def _tell(stage: Stage, member: User) -> None:
    """Three things stand in somebody's list, one is read; there is a device, and a link that stops mails."""
    showtime = stage.showtimes["cancelled"]
    words = {"event": showtime.event.title, "starts": showtime.starts_at.isoformat(), "venue": "Studio", "booking": "X"}
    words |= {"amount": 2900, "currency": "EUR", "at": timezone.now().isoformat()}
    for number, kind in enumerate(("new_login", "showtime_cancelled", "tickets_cancelled")):
        now = timezone.now() - dt.timedelta(hours=3 - number)
        once = f"stage:{member.pk}:{kind}"
        told = notify(kind, user=member, once_key=once, now=now, **words)
    Notification.objects.filter(user=member, kind="new_login").update(read_at=timezone.now())
    PushDevice.objects.create(user=member, endpoint="https://push.example/stage", created_at=timezone.now())
    with override_settings(SECRET_KEY=stage.foyer.environment["SECRET_KEY"], SITE_URL=""):
        stage.links["stop"] = stop_link(told[0])


def _invite(stage: Stage, owner: User) -> None:
    by = Membership.objects.get(user=owner)
    for link, email in (("invitation", "nora@stage.example"), ("invitation to the member", "member@stage.example")):
        invited = {"email": email, "role": Role.MANAGER, "by": by, "now": timezone.now()}
        _row, key = teams.invite(by.house, actor=user_actor(owner), **invited)
        stage.links[link] = reverse("account_invitation", args=[key])
    stage.links["member"] = reverse("organizer:member", args=[by.pk])
    stage.links["removal"] = reverse("organizer:member_removal", args=[by.pk])
