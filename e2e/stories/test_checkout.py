"""The checkout as a page: it never asks to send something twice, and it notices what other tabs do."""

import pytest
from playwright.sync_api import Page, expect

from core.bookings.models import Booking
from core.catalog.models import Showtime
from e2e.stories import steps
from e2e.stories.conftest import Somebody


@pytest.mark.parametrize("script", [True, False])
def test_back_from_stripe_after_a_refused_form_asks_nothing(
    somebody: Somebody, showtime: Showtime, script: bool
) -> None:
    """§5: 422 with the field; what was typed stays; and the browser's Back finds a page, not a form to send again."""
    page = somebody(java_script_enabled=script)
    page.goto(steps.path_of(showtime))
    steps.seat(page, "A1").check()
    if not script:
        page.get_by_role("button", name="Hold the chosen seats").click()
    steps.expect_seats(page, steps.MINE, ["A1"])
    steps.to_checkout(page)
    steps.give_contact(page, name="Amina Yilmaz", email="amina")
    with page.expect_response(lambda answer: answer.request.method == "GET" and "/checkout/" in answer.url) as shown:
        steps.pay_button(page).click()
    assert shown.value.status == 422
    expect(page.get_by_role("alert")).to_contain_text("This is not a complete email address")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Amina Yilmaz")
    steps.to_till(page, email="back@foyer.example")
    page.go_back()
    expect(page.get_by_role("button", name="Continue payment")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("main")).to_be_visible()
    assert Booking.objects.filter(showtime=showtime).count() == 1


def test_second_tab_of_the_checkout_follows_what_the_first_does(amina: Page, showtime: Showtime) -> None:
    """SE2, BO1: one seat released, one more held, all released: the checkout says so without being sent."""
    steps.watch(amina, showtime)
    steps.take(amina, "B1", "B2")
    checkout = amina.context.new_page()
    checkout.goto(f"{steps.path_of(showtime)}checkout/")
    checkout.get_by_label("Name", exact=True).fill("Amina")
    checkout.get_by_role("combobox", name=steps.said("B1")).select_option("child")
    expect(checkout.locator("#order .total")).to_contain_text("21.00")
    steps.seat(amina, "B2").click()
    steps.expect_seats(amina, steps.FREE, ["B2"])
    expect(checkout.locator("#order .total")).to_contain_text("8.50")
    expect(checkout.get_by_text("What you hold has changed in another window.")).to_be_visible()
    expect(checkout.get_by_label("Name", exact=True)).to_have_value("Amina")
    amina.get_by_role("button", name="Release all").click()
    checkout.wait_for_url(f"**{steps.path_of(showtime)}")
    expect(checkout.get_by_text("You have given your seats back.")).to_be_visible()
    checkout.close()
