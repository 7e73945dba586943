"""Places without seats, places without a price, and places that the house chooses."""

import re

from playwright.sync_api import Page, expect

from core.bookings.models import Booking
from core.catalog.models import Showtime
from core.seating.models import Hold, Place
from core.tickets.models import Ticket
from e2e.cast import House
from e2e.foyer import Foyer
from e2e.mailbox import pdfs_of, words_in_pdf
from e2e.stories import steps
from e2e.stories.conftest import MakeShowtime


def test_standing_places_are_held_by_number_and_others_see_how_many_are_left(
    foyer: Foyer, amina: Page, bruno: Page, club: House, make_showtime: MakeShowtime
) -> None:
    """SE9: three for the floor, two of them given back at once, one bought."""
    showtime = make_showtime(of=club)
    floor = showtime.seat_map.zones.get(name="floor")
    steps.watch(bruno, showtime)
    free = bruno.locator(f'section b.num[data-free="{floor.pk}"]')
    expect(free).to_have_text("450")
    steps.watch(amina, showtime)
    quantity = amina.locator(f"#quantity-{floor.pk}")
    section = amina.locator("section", has=amina.get_by_role("heading", name="Floor"))
    quantity.fill("3")
    section.get_by_role("button", name="Hold").click()
    expect(amina.locator("#selection")).to_contain_text("3 × Floor")
    expect(free).to_have_text("447")
    quantity.fill("1")
    section.get_by_role("button", name="Hold").click()
    expect(amina.locator("#selection")).to_contain_text("1 × Floor")
    expect(free).to_have_text("449")
    steps.to_checkout(amina)
    steps.to_till(amina, email="floor@foyer.example")
    steps.pay_at_till(amina)
    steps.expect_success(amina)
    [ticket] = Ticket.objects.filter(showtime=showtime)
    assert ticket.place.zone == floor
    [mail] = foyer.mails_to("floor@foyer.example")
    assert "Floor" in words_in_pdf(pdfs_of(mail)[0])


def test_free_showtime_is_booked_at_once_by_the_same_path(foyer: Foyer, amina: Page, free_showtime: Showtime) -> None:
    """BO11: no Stripe, but seats, booking, tickets and mail as always."""
    before = len(foyer.till.ask("log?path=/v1/checkout/sessions")["requests"])
    steps.watch(amina, free_showtime)
    steps.take(amina, "B1", "B2")
    steps.to_checkout(amina)
    steps.give_contact(amina, email="free@foyer.example")
    amina.get_by_role("button", name="Get the tickets").click()
    steps.expect_success(amina)
    booking = Booking.objects.get(code=steps.code_of(amina))
    assert (booking.status, booking.total, booking.payment_id) == (Booking.Status.CONFIRMED, 0, None)
    assert Ticket.objects.filter(booking=booking).count() == 2
    [mail] = foyer.mails_to("free@foyer.example")
    assert len(pdfs_of(mail)) == 1
    assert len(foyer.till.ask("log?path=/v1/checkout/sessions")["requests"]) == before


def test_best_available_holds_seats_side_by_side(amina: Page, bruno: Page, showtime: Showtime) -> None:
    """SE10: three together, chosen by the house, held at once and seen by others."""
    steps.watch(bruno, showtime)
    steps.watch(amina, showtime)
    amina.get_by_role("spinbutton", name="Seats").fill("3")
    amina.get_by_role("button", name="Hold the best seats").click()
    expect(amina.locator("#selection")).to_have_attribute("data-count", "3")
    places = Place.objects.filter(holds__showtime=showtime, holds__status=Hold.Status.ACTIVE).order_by(
        "seat__order_in_row"
    )
    labels = [place.label for place in places]
    numbers = [int(label[1:]) for label in labels]
    assert len({label[0] for label in labels}) == 1
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    steps.expect_seats(amina, steps.MINE, labels)
    steps.expect_seats(bruno, steps.HELD, labels)


def test_best_available_says_when_there_are_not_so_many(amina: Page, showtime: Showtime) -> None:
    """SE7, SE10: what cannot be had side by side is refused with what to do; nothing is held."""
    Place.objects.filter(showtime=showtime).exclude(seat__seat_number__in=["1", "4", "7"]).update(blocked=True)
    steps.watch(amina, showtime)
    amina.get_by_role("button", name="Hold the best seats").click()
    expect(amina.get_by_role("alert").filter(has_text=re.compile("not .*such places free"))).to_be_visible()
    assert Hold.objects.filter(showtime=showtime).count() == 0


def test_sofa_is_held_as_its_pair(amina: Page, saal: House, make_showtime: MakeShowtime) -> None:
    """SE1: one half is clicked, both are held and both are paid."""
    showtime = make_showtime(of=saal)
    steps.watch(amina, showtime)
    steps.take(amina, "P7")
    steps.expect_seats(amina, steps.MINE, ["P8"])
    expect(amina.locator("#selection")).to_have_attribute("data-count", "2")


def test_more_places_than_allowed_are_refused_with_the_number(amina: Page, showtime: Showtime) -> None:
    """SE2, R22: ten and no more."""
    steps.watch(amina, showtime)
    steps.take(amina, *(f"A{number}" for number in range(1, 11)))
    steps.seat(amina, "B1").click()
    expect(amina.get_by_text("You can hold at most 10 places").first).to_be_visible()
    steps.expect_seats(amina, steps.FREE, ["B1"])
    assert Hold.objects.filter(showtime=showtime, status=Hold.Status.ACTIVE).count() == 10
