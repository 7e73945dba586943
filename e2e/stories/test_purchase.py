"""The story that everything else exists for: find a show, pick seats, pay, hold the ticket."""

import base64
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from core.bookings.models import Booking
from core.catalog.models import Showtime
from core.payments.models import Payment
from core.tickets import qr
from core.tickets.models import SigningKey, Ticket
from e2e.foyer import Foyer
from e2e.mailbox import codes_in_image, codes_in_pdf, pdfs_of, text_of, words_in_pdf
from e2e.stories import steps


def verified(codes: list[str]) -> set[int]:
    """The ids of the tickets that these codes prove, by the public keys alone."""
    keys = {key.pk: base64.b64decode(key.public_key) for key in SigningKey.objects.all()}
    return {qr.verify(code, keys).ticket_id for code in codes}


def test_guest_goes_from_home_to_tickets_in_browser_mail_and_pdf(
    foyer: Foyer, amina: Page, showtime: Showtime, tmp_path: Path
) -> None:
    """DI1, DI3, SE1, BO1-BO4, BO13: the whole purchase, without a login."""
    amina.goto("/")
    amina.get_by_role("link", name="The Lantern Room").first.click()
    expect(amina.get_by_role("heading", name="The Lantern Room")).to_be_visible()
    later = amina.locator("details.later summary")
    if later.count():
        later.click()
    amina.locator(f'a[href="{steps.path_of(showtime)}"]').first.click()
    steps.take(amina, "B4", "B5")
    steps.to_checkout(amina)
    expect(amina.locator("#order .total")).to_contain_text("25.00")
    steps.to_till(amina, email="guest-home@foyer.example")
    expect(amina.locator(".sum")).to_contain_text("25.00")
    steps.pay_at_till(amina)
    steps.expect_success(amina)

    booking = Booking.objects.get(code=steps.code_of(amina))
    tickets = list(Ticket.objects.filter(booking=booking).order_by("id"))
    assert (booking.status, booking.total, booking.user_id) == (Booking.Status.CONFIRMED, 2500, None)
    assert [ticket.place.label for ticket in tickets] == ["B4", "B5"]
    assert booking.payment is not None and booking.payment.status == Payment.Status.SUCCEEDED
    assert foyer.till.money_of(booking.payment.intent_id)["charged"] == 2500

    amina.get_by_role("link", name="Show the tickets").click()
    picture = amina.get_by_role("img", name="QR code of this ticket")
    shot = tmp_path / "code.png"
    picture.screenshot(path=shot)
    assert verified(codes_in_image(shot)) == {tickets[0].pk}

    [mail] = foyer.mails_to("guest-home@foyer.example")
    assert booking.access_key in text_of(mail)
    [paper] = pdfs_of(mail)
    assert verified(codes_in_pdf(paper)) == {ticket.pk for ticket in tickets}
    words = words_in_pdf(paper)
    assert all(word in words for word in ("The Lantern Room", "Lichtspiele Graz", tickets[0].code, tickets[1].code))


def test_link_in_the_mail_opens_the_booking_in_another_browser(
    foyer: Foyer, amina: Page, bruno: Page, showtime: Showtime
) -> None:
    """BO13: the unguessable link is the key; without it the booking is not there for anybody else."""
    code = steps.buy(amina, showtime, "A1", email="guest-link@foyer.example")
    [mail] = foyer.mails_to("guest-link@foyer.example")
    refused = bruno.goto(f"/bookings/{code}/")
    assert refused is not None and refused.status == 404
    link = re.search(rf"{foyer.url}/b/[^\s>)]+", text_of(mail))
    assert link, text_of(mail)
    bruno.goto(link[0])
    expect(bruno).to_have_url(re.compile(rf"/bookings/{code}/"))
    expect(bruno.get_by_role("link", name="Show code")).to_be_visible()


def test_person_who_is_logged_in_finds_the_tickets_in_the_account(
    amina: Page, amina_login: str, showtime: Showtime
) -> None:
    """BO14, TI1: held before logging in at checkout; the seats follow the person, and so does the booking."""
    steps.watch(amina, showtime)
    steps.take(amina, "C1", "C2")
    steps.to_checkout(amina)
    amina.get_by_role("main").get_by_role("link", name="Log in").click()
    steps.log_in(amina, amina_login)
    amina.wait_for_url("**/checkout/")
    expect(amina.get_by_label("Email", exact=True)).to_have_value(amina_login)
    steps.pay_button(amina).click()
    amina.wait_for_url("**/c/pay/**")
    steps.pay_at_till(amina)
    steps.expect_success(amina)
    booking = Booking.objects.get(code=steps.code_of(amina))
    assert booking.user is not None and booking.user.email == amina_login
    amina.goto("/tickets/")
    for ticket in Ticket.objects.filter(booking=booking):
        expect(amina.locator(f'.ticket-seats a[href="/tickets/{ticket.code}/"]')).to_contain_text(ticket.place.label)
    amina.goto("/bookings/")
    expect(amina.get_by_role("row", name=re.compile(booking.code))).to_contain_text("Confirmed")


def test_child_ticket_and_promo_code_change_what_is_paid(amina: Page, showtime: Showtime, promo: str) -> None:
    """BO1, BO9: ticket types and code are reckoned at once; what was seen is what is charged."""
    steps.watch(amina, showtime)
    steps.take(amina, "D1", "D2")
    steps.to_checkout(amina)
    amina.get_by_role("combobox", name=steps.said("D2")).select_option("child")
    expect(amina.locator("#order .total")).to_contain_text("21.00")
    amina.get_by_label(re.compile("^Promo code")).fill(promo)
    amina.get_by_role("button", name="Apply").click()
    expect(amina.locator("#order .total")).to_contain_text("11.00")
    steps.to_till(amina, email="guest-promo@foyer.example")
    expect(amina.locator(".sum")).to_contain_text("11.00")
    steps.pay_at_till(amina)
    steps.expect_success(amina)
    assert Booking.objects.get(code=steps.code_of(amina)).total == 1100


def test_calendar_file_and_pdf_come_from_the_booking(amina: Page, showtime: Showtime) -> None:
    """TI2: the evening for one's calendar, all tickets in one PDF, and the code as a picture."""
    code = steps.buy(amina, showtime, "A7", "A8", email="guest-files@foyer.example")
    ticket_ids = set(Ticket.objects.filter(booking__code=code).values_list("pk", flat=True))
    calendar = amina.request.get(f"/bookings/{code}/event.ics")
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert "SUMMARY:The Lantern Room" in calendar.text()
    paper = amina.request.get(f"/bookings/{code}/tickets.pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert verified(codes_in_pdf(paper.body())) == ticket_ids


def test_price_that_changed_meanwhile_is_shown_again_and_not_charged(
    foyer: Foyer, amina: Page, showtime: Showtime
) -> None:
    """BO1: what was seen is what is charged; a new price is seen first."""
    steps.watch(amina, showtime)
    steps.take(amina, "B9")
    steps.to_checkout(amina)
    steps.give_contact(amina, email="dearer@foyer.example")
    showtime.price_tiers.filter(ticket_type="adult").update(amount=1500)
    steps.pay_button(amina).click()
    expect(amina.locator("#order .total")).to_contain_text("15.50")
    assert not Booking.objects.filter(showtime=showtime).exists()
    expect(amina.get_by_label("Email", exact=True)).to_have_value("dearer@foyer.example")
    steps.pay_button(amina).click()
    amina.wait_for_url("**/c/pay/**")
    expect(amina.locator(".sum")).to_contain_text("15.50")
    steps.pay_at_till(amina)
    steps.expect_success(amina)
    assert Booking.objects.get(code=steps.code_of(amina)).total == 1550


def test_tickets_are_mailed_again_but_not_at_once_again(foyer: Foyer, amina: Page, showtime: Showtime) -> None:
    """TI3: one more mail with the same tickets; a second click is told to wait."""
    email = "once-more@foyer.example"
    code = steps.buy(amina, showtime, "D8", email=email)
    amina.goto(f"/bookings/{code}/")
    amina.get_by_role("button", name="Mail them again").click()
    expect(amina.get_by_text(f"The tickets are on their way to {email}.")).to_be_visible()
    first, second = (codes_in_pdf(pdfs_of(mail)[0]) for mail in foyer.mails_to(email, count=2))
    assert verified(first) == verified(second)
    amina.get_by_role("button", name="Mail them again").click()
    expect(amina.locator(".toast.warn, .notice.warn").first).to_be_visible()
    assert len(foyer.mailbox.to(email)) == 2
