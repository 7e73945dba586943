"""One Foyer for all stories of this process; a showtime of their own for each; people with browsers."""

import contextlib
import datetime as dt
import os
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from pytest_django import DjangoDbBlocker

from core.bookings.models import PromoCode
from core.catalog.models import Showtime, TicketType
from e2e.cast import House, build_house
from e2e.foyer import Foyer
from e2e.stories.people import somebody_known
from e2e.stories.rooms import room_like, strict_house

VAR = Path(__file__).resolve().parents[2] / "var"
# Refusals that a person is told of; Chromium notes their status in the console too.
REFUSED = re.compile(
    r"^Failed to load resource: the server responded with a status of (400|402|403|404|409|410|422|429) (?!.*/static/)"
)

expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def foyer() -> Iterator[Foyer]:
    """The running house. When all stories are told its books must balance."""
    running = Foyer(VAR / f"test-{os.getpid()}-stories")
    try:
        yield running.start()
        verified = running.manage("verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr
    finally:
        running.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A story that fails tells what its pages showed and what the house has said."""
    report = yield
    funcargs = getattr(item, "funcargs", {})
    if report.failed and report.when == "call" and "foyer" in funcargs:
        for name, value in funcargs.items():
            if isinstance(value, Page) and not value.is_closed():
                report.sections.append((f"{name} at {value.url}", value.locator("body").inner_text()[:3_000]))
        for name in funcargs["foyer"].parts:
            report.sections.append((f"{name}.log", funcargs["foyer"].log(name)[-4_000:]))
    return report


Arranging = Callable[[], contextlib.AbstractContextManager[None]]


@pytest.fixture(scope="session")
def arranging(foyer: Foyer, django_db_blocker: DjangoDbBlocker) -> Arranging:
    """While it lasts the models read and write this Foyer's rows, though Playwright's loop runs."""

    @contextlib.contextmanager
    def arrange() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
            with django_db_blocker.unblock(), foyer.rows():
                yield

    return arrange


@pytest.fixture(scope="session")
def house(arranging: Arranging) -> House:
    """Lichtspiele Graz, four rows of ten seats; adults 12.00 EUR, children 8.00 EUR, fee 0.50 EUR."""
    with arranging():
        made = build_house(now=timezone.now().replace(minute=0, second=0, microsecond=0))
        made.organizer.fee_fixed = 50
        made.organizer.places_per_address = 1_000  # everybody in the stories comes from one address
        made.organizer.save()
    return made


@pytest.fixture(autouse=True)
def at_home(
    foyer: Foyer, house: House, club: House, saal: House, strict: House, arranging: Arranging
) -> Iterator[None]:
    """A story is told in this Foyer; afterwards the till is whole again."""
    with arranging():
        yield
    foyer.till.heal()


_later = iter(range(1, 10_000))

MakeShowtime = Callable[..., Showtime]


@pytest.fixture(scope="session")
def make_showtime(house: House) -> MakeShowtime:
    """One more showtime, after the last one's end: `make_showtime(of=club, status=...)`."""

    def make(*, of: House = house, starts_at: dt.datetime | None = None, **fields: Any) -> Showtime:
        return of.another_showtime(
            starts_at=starts_at or house.showtime.starts_at + dt.timedelta(hours=3) * next(_later), **fields
        )

    return make


@pytest.fixture
def showtime(make_showtime: MakeShowtime) -> Showtime:
    """A showtime that nobody else knows."""
    return make_showtime()


@pytest.fixture
def free_showtime(showtime: Showtime) -> Showtime:
    """Nothing is to pay."""
    showtime.price_tiers.update(amount=0)
    return showtime


@pytest.fixture(scope="session")
def club(foyer: Foyer, house: House, arranging: Arranging) -> House:
    """Standing only, 20.00 EUR."""
    with arranging():
        return room_like(house, "club", title="Northern Drums", slug="northern-drums", prices={TicketType.ADULT: 2000})


@pytest.fixture(scope="session")
def saal(foyer: Foyer, house: House, arranging: Arranging) -> House:
    """Three hundred seats, curved rows and sofas."""
    prices = {TicketType.ADULT: 1450, TicketType.CHILD: 900}
    with arranging():
        return room_like(house, "saal_300", title="The Salt Road", slug="the-salt-road", prices=prices)


@pytest.fixture(scope="session")
def strict(house: House, arranging: Arranging) -> House:
    """Another house with rules: no single seats left over, three places without proof."""
    with arranging():
        return strict_house()


@pytest.fixture
def amina_login() -> str:
    """The address with which Amina logs in; in each story she is new."""
    return somebody_known("Amina Yilmaz", f"amina-{next(_later)}@foyer.example").email


@pytest.fixture
def promo(house: House) -> str:
    """A code that takes ten euros off."""
    word = f"TEN-{next(_later)}"
    PromoCode.objects.create(organizer=house.organizer, word=word, amount=1000)
    return word


Somebody = Callable[..., Page]


Noise = list[re.Pattern[str]]


@pytest.fixture
def noise() -> Noise:
    """What may stand in the console in this story, besides refusals."""
    return [REFUSED]


@pytest.fixture
def somebody(foyer: Foyer, browser: Browser, noise: Noise) -> Iterator[Somebody]:
    """A person with a browser of their own: `somebody(viewport=...)`. Nothing may go wrong in its console."""
    contexts, trouble = [], []

    def hear(message: ConsoleMessage) -> None:
        told = f"{message.text} ({message.location['url']})"
        if message.type in ("error", "warning") and not any(pattern.search(told) for pattern in noise):
            trouble.append(told)

    def come(**options: Any) -> Page:
        context = browser.new_context(base_url=foyer.url, **options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        context.on("console", hear)
        context.on("weberror", lambda error: trouble.append(str(error.error)))
        return context.new_page()

    yield come
    for context in contexts:
        context.close()
    assert trouble == []


@pytest.fixture
def amina(somebody: Somebody) -> Page:
    """Amina at her computer."""
    return somebody()


@pytest.fixture
def bruno(somebody: Somebody) -> Page:
    """Bruno at his."""
    return somebody()
