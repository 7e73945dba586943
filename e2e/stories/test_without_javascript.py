"""The whole purchase in a browser that runs no script: forms and pages, nothing else."""

import pytest
from playwright.sync_api import Page, expect

from core.bookings.models import Booking
from core.catalog.models import Showtime
from core.seating.models import Hold
from e2e.cast import House
from e2e.foyer import Foyer
from e2e.mailbox import codes_in_pdf, pdfs_of
from e2e.stories import steps
from e2e.stories.conftest import MakeShowtime, Somebody


@pytest.fixture
def plain(somebody: Somebody) -> Page:
    """Amina without scripts."""
    return somebody(java_script_enabled=False)


def choose(page: Page, showtime: Showtime, *labels: str) -> None:
    """Tick seats and send the form."""
    page.goto(steps.path_of(showtime))
    for label in labels:
        steps.seat(page, label).check()
    page.get_by_role("button", name="Hold the chosen seats").click()


def test_person_without_javascript_buys_two_tickets(foyer: Foyer, plain: Page, showtime: Showtime) -> None:
    """DI1-DI3, SE1, SE6, BO1-BO4: from home to the tickets, every step a form or a link."""
    plain.goto("/")
    plain.get_by_role("link", name="The Lantern Room").first.click()
    expect(plain.locator(f'a[href="{steps.path_of(showtime)}"]').first).to_be_attached()
    choose(plain, showtime, "B2", "B3", "B4")
    steps.expect_seats(plain, steps.MINE, ["B2", "B3", "B4"])
    plain.get_by_role("button", name="Release row B, seat 4").click()
    steps.expect_seats(plain, steps.FREE, ["B4"])
    steps.to_checkout(plain)
    plain.get_by_role("combobox", name=steps.said("B3")).select_option("child")
    plain.get_by_role("button", name="Update prices").click()
    expect(plain.locator("#order .total")).to_contain_text("21.00")
    steps.to_till(plain, email="plain@foyer.example")
    steps.pay_at_till(plain)
    steps.expect_success(plain)
    booking = Booking.objects.get(code=steps.code_of(plain))
    assert (booking.status, booking.total) == (Booking.Status.CONFIRMED, 2100)
    plain.get_by_role("link", name="Show the tickets").click()
    expect(plain.get_by_role("img", name="QR code of this ticket")).to_be_visible()
    plain.get_by_role("link", name="Next").click()
    expect(plain.get_by_text("Ticket 2 of 2")).to_be_visible()
    [mail] = foyer.mails_to("plain@foyer.example")
    assert len(codes_in_pdf(pdfs_of(mail)[0])) == 2


def test_seat_that_was_taken_meanwhile_is_refused_as_a_page(plain: Page, bruno: Page, showtime: Showtime) -> None:
    """SE7, §5: 409 with the seat's name; the other choice stays ticked, nothing is held."""
    plain.goto(steps.path_of(showtime))
    steps.seat(plain, "C1").check()
    steps.seat(plain, "C2").check()
    steps.watch(bruno, showtime)
    steps.take(bruno, "C2")
    with plain.expect_response(lambda answer: answer.request.method == "POST") as sent:
        plain.get_by_role("button", name="Hold the chosen seats").click()
    assert sent.value.status == 409
    expect(plain.get_by_role("alert")).to_contain_text("C2 was just taken by someone else.")
    expect(steps.seat(plain, "C1")).to_be_checked()
    assert [hold.place.label for hold in Hold.objects.filter(showtime=showtime)] == ["C2"]


def test_best_seats_are_held_extended_and_released_by_forms(
    plain: Page, saal: House, make_showtime: MakeShowtime
) -> None:
    """SE4, SE6, SE10: best available, extension and release without script."""
    showtime = make_showtime(of=saal)
    plain.goto(steps.path_of(showtime))
    plain.get_by_role("spinbutton", name="Seats").fill("2")
    plain.get_by_role("button", name="Hold the best seats").click()
    expect(plain.locator("#selection")).to_have_attribute("data-count", "2")
    plain.get_by_role("button", name="5 more minutes").click()
    assert set(Hold.objects.filter(showtime=showtime).values_list("extensions", flat=True)) == {1}
    plain.get_by_role("button", name="Release all").click()
    expect(plain.locator("#selection")).to_have_attribute("data-count", "0")


def test_person_without_javascript_cancels_gives_up_and_gives_back(plain: Page, showtime: Showtime) -> None:
    """BO6, BO14: back from Stripe, giving up, buying again, giving back: forms all along."""
    choose(plain, showtime, "D1")
    steps.to_checkout(plain)
    steps.to_till(plain, email="plain-back@foyer.example")
    plain.click("#cancel")
    plain.get_by_role("button", name="Give up and free the seats").click()
    steps.expect_seats(plain, steps.FREE, ["D1"])
    choose(plain, showtime, "D1")
    steps.to_checkout(plain)
    steps.to_till(plain, email="plain-back@foyer.example")
    steps.pay_at_till(plain)
    steps.expect_success(plain)
    code = steps.code_of(plain)
    plain.goto(f"/bookings/{code}/cancellation/")
    plain.get_by_role("button", name="Cancel these tickets").click()
    assert Booking.objects.get(code=code).status == Booking.Status.REFUNDED
    plain.goto(steps.path_of(showtime))
    steps.expect_seats(plain, steps.FREE, ["D1"])
