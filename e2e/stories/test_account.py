"""Who somebody is: registering, proving an address, logging in again; and what of theirs is found then."""

import re

from playwright.sync_api import Page, expect

from core.bookings.models import Booking
from core.catalog.models import Showtime
from core.seating.models import Hold
from e2e.cast import House
from e2e.foyer import Foyer, until
from e2e.mailbox import text_of
from e2e.stories import steps
from e2e.stories.conftest import MakeShowtime


def test_guests_booking_appears_once_the_address_is_registered_and_confirmed(
    foyer: Foyer, amina: Page, bruno: Page, showtime: Showtime
) -> None:
    """BO13: not before the mailed code was typed; whoever types somebody's address sees nothing."""
    email = "later-registered@foyer.example"
    code = steps.buy(amina, showtime, "A1", "A2", email=email)
    bruno.goto("/account/signup/")
    steps.fill_registration(bruno, email)
    bruno.goto("/bookings/")
    expect(bruno.get_by_text(code)).to_have_count(0)
    bruno.goto("/account/signup/code/")
    steps.type_code(bruno, steps.code_to(foyer, email))
    bruno.wait_for_url("**/tickets/")
    until(lambda: Booking.objects.get(code=code).user_id, "the booking has an owner")
    bruno.goto("/bookings/")
    expect(bruno.get_by_role("row", name=re.compile(code))).to_be_visible()
    bruno.goto("/tickets/")
    expect(bruno.locator(".ticket-seats a")).to_have_count(2)


def test_person_registers_at_checkout_and_keeps_the_held_seats(foyer: Foyer, amina: Page, showtime: Showtime) -> None:
    """§3: holding needs no login, and the seats follow the person through registration."""
    steps.watch(amina, showtime)
    steps.take(amina, "C1", "C2")
    steps.to_checkout(amina)
    amina.get_by_role("main").get_by_role("link", name="Register", exact=False).first.click()
    email = "at-checkout@foyer.example"
    steps.fill_registration(amina, email)
    steps.type_code(amina, steps.code_to(foyer, email))
    amina.wait_for_url("**/checkout/")
    expect(amina.get_by_label("Email", exact=True)).to_have_value(email)
    steps.pay_button(amina).click()
    amina.wait_for_url("**/c/pay/**")
    steps.pay_at_till(amina)
    steps.expect_success(amina)
    booking = Booking.objects.get(code=steps.code_of(amina))
    assert booking.user is not None and booking.user.email == email
    assert booking.lines.count() == 2


def test_somebody_who_holds_much_proves_an_address_and_goes_on(
    foyer: Foyer, amina: Page, strict: House, make_showtime: MakeShowtime
) -> None:
    """R23: three places from one address without proof; then a code by mail, and on it goes."""
    showtime = make_showtime(of=strict)
    steps.watch(amina, showtime)
    steps.take(amina, "A1", "A2", "A3")
    steps.seat(amina, "A4").click()
    amina.get_by_role("link", name="Confirm my email").click()
    steps.an_hour_later()
    email = f"proof-{showtime.pk}@foyer.example"
    amina.locator("input[name=email]").fill(email)
    amina.get_by_role("button", name="Send the code").click()
    mails = foyer.mails_to(email)
    code = re.search(r"\b\d{6}\b", text_of(mails[0]))
    assert code, text_of(mails[0])
    amina.locator("input[name=code]").fill(code[0])
    amina.get_by_role("button", name="Go on").click()
    amina.wait_for_url(f"**{steps.path_of(showtime)}")
    steps.expect_seats(amina, steps.MINE, ["A1", "A2", "A3"])
    steps.take(amina, "A4")
    assert Hold.objects.filter(showtime=showtime, status=Hold.Status.ACTIVE).count() == 4


def test_choice_that_leaves_a_single_seat_is_refused_where_the_organizer_wants_it(
    amina: Page, strict: House, make_showtime: MakeShowtime
) -> None:
    """SE10: the seat that would be left is named; moving over by one is fine."""
    showtime = make_showtime(of=strict)
    steps.watch(amina, showtime)
    steps.seat(amina, "B2").click()
    expect(amina.get_by_role("alert").filter(has_text=steps.said("B1"))).to_be_visible()
    steps.expect_seats(amina, steps.FREE, ["B2"])
    steps.take(amina, "B1")
