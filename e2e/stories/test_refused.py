"""Showtimes that cannot be bought say why, as a page that a person understands; and leave nothing behind."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.catalog.models import Showtime
from core.seating.models import Hold, Place
from e2e.stories import steps
from e2e.stories.conftest import MakeShowtime


def not_open(make: MakeShowtime) -> Showtime:
    """On sale from the day after tomorrow."""
    return make(sale_opens_at=timezone.now() + dt.timedelta(days=2))


def past(make: MakeShowtime) -> Showtime:
    """Yesterday."""
    return make(starts_at=timezone.now() - dt.timedelta(days=1))


def cancelled(make: MakeShowtime) -> Showtime:
    """Called off."""
    return make(status=Showtime.Status.CANCELLED)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (not_open, "Tickets go on sale on"),
        (past, "This showtime is over"),
        (cancelled, "This showtime will not take place."),
    ],
)
def test_showtime_says_why_nothing_can_be_held(
    amina: Page, make_showtime: MakeShowtime, kind: Callable[[MakeShowtime], Showtime], words: str
) -> None:
    """SE7: the page stands, says why, and offers no seat."""
    showtime = kind(make_showtime)
    amina.goto(steps.path_of(showtime))
    expect(amina.get_by_role("main").get_by_text(words).first).to_be_visible()
    assert amina.locator("input.seat:not(:disabled):not([aria-disabled=true])").count() == 0
    seat = Place.objects.filter(showtime=showtime).first()
    assert seat is not None
    token = amina.context.cookies()
    forged = amina.request.post(
        f"{steps.path_of(showtime)}holds/",
        form={
            "add": str(seat.seat_id),
            "csrfmiddlewaretoken": next(c["value"] for c in token if c["name"] == "csrftoken"),
        },
        headers={"Referer": amina.url},
    )
    assert forged.status == 400
    assert Hold.objects.filter(showtime=showtime).count() == 0


def test_sold_out_showtime_says_so_everywhere(amina: Page, bruno: Page, showtime: Showtime) -> None:
    """SE1, DI3: when the last seat goes, the page of somebody else says so without a reload."""
    last = Place.objects.filter(showtime=showtime).exclude(seat__row_label="A", seat__seat_number__in=["1", "2"])
    last.update(blocked=True)
    steps.watch(bruno, showtime)
    steps.buy(amina, showtime, "A1", "A2", email="last-seats@foyer.example")
    steps.expect_seats(bruno, steps.SOLD, ["A1", "A2"])
    for _once_more_from_the_server in range(2):
        expect(bruno.locator("[data-sold-out]")).to_be_visible()
        expect(bruno.locator("[data-all-held]")).to_be_hidden()
        expect(bruno.get_by_role("button", name="Hold the best seats")).to_be_hidden()
        bruno.reload()
    bruno.goto("/events/the-lantern-room/")
    time = bruno.locator(f'time[datetime="{showtime.local_start.isoformat(timespec="minutes")}"]')
    expect(bruno.locator(".show", has=time).first).to_contain_text("Sold out")


def test_unknown_showtime_is_a_page_that_helps(amina: Page) -> None:
    """§5: unknown is a 404 with a way on."""
    answer = amina.goto("/showtimes/999999/")
    assert answer is not None and answer.status == 404
    expect(amina.get_by_role("main").get_by_role("link").first).to_be_visible()
