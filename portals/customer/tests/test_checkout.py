"""BO1: from held seats to Stripe's page. What was seen is what is charged."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from core.bookings.models import Booking, PromoCode
from core.catalog.models import PriceTier, Showtime
from core.payments.models import Payment, PaymentAttempt
from core.seating.models import Hold, Place
from portals.customer.tests.shop import (
    CONTACT,
    HTMX,
    arrive,
    arrive_known,
    book,
    checkout_url,
    filled,
    heading,
    pay_button,
    refused,
    shown,
    token_in,
    told,
    total_in,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def nothing_booked(seats: int = 2) -> bool:
    counts = (Booking.objects.count(), Payment.objects.count(), PaymentAttempt.objects.count())
    return counts == (0, 0, 0) and Hold.objects.filter(status="active").count() == seats


# --- the page


def test_checkout_shows_the_held_seats_with_their_prices_and_the_total(client, house):
    house.organizer.fee_fixed = 50
    house.organizer.save()
    arrive(client, house, "A1", "A2")
    page = client.get(checkout_url(house))
    order = page.context["order"]
    assert [(row.place.label, row.chosen, row.line.price, row.line.fee) for row in order.rows] == [
        ("A1", "Adult", 1200, 50),
        ("A2", "Adult", 1200, 50),
    ]
    assert order.quote.total == 2500
    assert heading(page) == "The Lantern Room"
    for words in ("Tuesday 24 November, 18:00", "Row A, seat 2", "Adult · 12.00 EUR", "Pay 25.00 EUR"):
        assert words in page.text
    assert "Promo code" not in page.text


def test_checkout_takes_the_same_number_of_queries_for_one_seat_and_for_three(client, house, django_assert_num_queries):
    arrive(client, house, "A1", who="amina")
    with django_assert_num_queries(5):
        client.get(checkout_url(house))
    other = Client()
    arrive(other, house, "B1", "B2", "B3", who="bruno")
    with django_assert_num_queries(5):
        other.get(checkout_url(house))


def test_checkout_is_filled_in_with_what_the_account_knows(client, house, amina):
    arrive_known(client, house, amina, "A1")
    page = client.get(checkout_url(house))
    assert page.context["form"].initial == {"name": "Amina Yilmaz", "email": "amina@foyer.example", "mobile": None}
    assert "register" not in page.text


def test_checkout_is_kept_by_no_cache(client, house):
    arrive(client, house, "A1")
    assert "no-store" in client.get(checkout_url(house))["Cache-Control"]


# --- reckoning again


def test_choosing_a_ticket_type_reckons_again_and_books_nothing(client, house):
    arrive(client, house, "A1", "A2")
    form = filled(client, house)
    first = next(name for name in form if name.startswith("type-"))
    part = client.post(checkout_url(house), form | {first: "child", "update": "1"}, headers=HTMX)
    assert part.status_code == 200
    assert part.text.lstrip().startswith('<div id="order"')
    assert total_in(part) == "20.00 EUR"
    assert nothing_booked()


def test_choosing_without_a_script_keeps_what_was_typed(client, house):
    arrive(client, house, "A1", "A2")
    page = shown(
        client, client.post(checkout_url(house), filled(client, house, name="Amina", mobile="0664", update="1"))
    )
    assert page.status_code == 200
    form = page.context["form"]
    assert (form["name"].value(), form["mobile"].value(), form.errors) == ("Amina", "0664", {})
    assert nothing_booked()


def test_the_chosen_ticket_type_is_what_is_booked(client, house, stripe_desk):
    arrive(client, house, "A1")
    form = filled(client, house)
    name = next(name for name in form if name.startswith("type-"))
    part = client.post(checkout_url(house), form | {name: "child", "update": "1"}, headers=HTMX)
    client.post(checkout_url(house), form | {name: "child", "seen": token_in(part)})
    line = Booking.objects.get().lines.get()
    assert (line.ticket_type, line.price, line.booking.total) == ("child", 800, 800)


def test_a_ticket_type_that_is_not_sold_is_refused_by_its_seat(client, house):
    arrive(client, house, "A1", "A2")
    form = filled(client, house)
    name = next(name for name in form if name.startswith("type-"))
    page = shown(client, client.post(checkout_url(house), form | {name: "senior"}))
    assert page.status_code == 422
    assert page.context["form"].non_field_errors() == ["Choose a ticket type for A1."]
    assert [row.error for row in page.context["order"].rows] == ["Choose a ticket type for A1.", ""]
    assert nothing_booked()


# --- promo codes


def test_a_promo_code_is_asked_for_only_where_there_are_some_and_takes_its_part_off(client, house, stripe_desk):
    PromoCode.objects.create(organizer=house.organizer, word="HALF", percent=50)
    arrive(client, house, "A1", "A2")
    part = client.post(checkout_url(house), filled(client, house, promo="half", update="1"), headers=HTMX)
    assert (part.status_code, total_in(part)) == (200, "12.00 EUR")
    assert "−12.00 EUR" in part.text
    client.post(checkout_url(house), filled(client, house, promo="half", seen=token_in(part)))
    booking = Booking.objects.get()
    assert (booking.promo_code.word, booking.discount, booking.total) == ("HALF", 1200, 1200)
    assert PromoCode.objects.get().used == 1


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("NOPE", "This code is not known here. Check it, or go on without."),
        ("NO\0PE", "This code is not known here. Check it, or go on without."),
        ("OVER", "This code is not valid any more."),
        ("ONCE", "This code has been used as often as it can be."),
    ],
)
def test_a_promo_code_that_does_not_hold_is_said_and_books_nothing(client, house, word, said):
    before = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    PromoCode.objects.create(organizer=house.organizer, word="OVER", percent=50, valid_until=before)
    PromoCode.objects.create(organizer=house.organizer, word="ONCE", percent=50, most_uses=1, used=1)
    arrive(client, house, "A1", "A2")
    part = client.post(checkout_url(house), filled(client, house, promo=word, update="1"), headers=HTMX)
    assert (part.status_code, total_in(part), said in part.text) == (422, "24.00 EUR", True)
    page = refused(client, house, promo=word)
    assert (page.status_code, page.context["form"].non_field_errors()) == (422, [said])
    assert nothing_booked()


def test_another_organizers_promo_code_is_not_known_here(client, house):
    house.organizer.pk, house.organizer.slug = None, "other"
    house.organizer.save()
    PromoCode.objects.create(organizer=house.organizer, word="HALF", percent=50)
    arrive(client, house, "A1")
    page = refused(client, house, promo="HALF")
    assert page.context["order"].promo_error == "This code is not known here. Check it, or go on without."


# --- paying


def test_paying_books_and_leads_to_stripe_bo1(client, house, stripe_desk):
    arrive(client, house, "A1", "A2")
    response = pay_button(client, house, mobile="0664 1234567")
    booking, attempt = Booking.objects.get(), PaymentAttempt.objects.get()
    assert (response.status_code, response["Location"]) == (302, attempt.session_url)
    assert attempt.session_url.startswith(stripe_desk.url)
    assert (booking.name, booking.email, booking.mobile) == ("Amina Yilmaz", "amina@foyer.example", "+436641234567")
    assert (booking.status, booking.total, booking.payment.amount) == ("awaiting_payment", 2400, 2400)
    back = f"http://testserver/b/{booking.access_key}/"
    assert attempt.parameters["success_url"] == f"{back}?to=payment"
    assert attempt.parameters["cancel_url"] == f"{back}?to=cancelled"
    assert Place.objects.filter(under_payment=True).count() == 2


def test_pressing_the_button_twice_books_once(client, house, stripe_desk):
    arrive(client, house, "A1", "A2")
    form = filled(client, house)
    first = client.post(checkout_url(house), form)
    second = client.post(checkout_url(house), form)
    booking = Booking.objects.get()
    assert first["Location"] == PaymentAttempt.objects.get().session_url
    assert second["Location"] == reverse("customer:payment", args=[booking.code])
    assert stripe_desk.requests("/v1/checkout/sessions") == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Say in whose name the tickets are."),
        ("name", "Ami\0na", "Null characters are not allowed."),
        ("email", "", "Say where the tickets go."),
        ("email", "amina", "This is not a complete email address, such as name@example.org."),
        ("mobile", "12", "This is not a complete number, such as +43 664 1234567. You may leave it out."),
    ],
)
def test_a_contact_that_is_not_complete_is_said_by_its_field_and_books_nothing(client, house, field, value, said):
    arrive(client, house, "A1", "A2")
    page = refused(client, house, **{field: value})
    assert (page.status_code, page.context["form"].errors) == (422, {field: [said]})
    assert nothing_booked()


def test_a_refused_form_is_shown_once_with_all_that_was_typed(client, house):
    """Looking at the page again, as the browser's Back does, finds the checkout as it is; nothing is sent twice."""
    arrive(client, house, "A1", "A2")
    types = {name: "child" for name in filled(client, house) if name.startswith("type-")}
    page = refused(client, house, name="Amina", email="", mobile="0664", **types)
    form, order = page.context["form"], page.context["order"]
    assert (page.status_code, [form[name].value() for name in form.fields]) == (422, ["Amina", "", "0664"])
    assert set(order.types.values()) == {"child"}
    again = client.get(checkout_url(house))
    assert (again.status_code, again.context["form"].errors) == (200, {})
    assert "typed" not in client.session
    assert nothing_booked()


def test_what_was_typed_at_another_showtime_is_not_shown_here(client, house):
    arrive(client, house, "A1")
    session = client.session
    session["typed"] = {"showtime": 0, "said": {"name": "Amina"}, "judged": True, "refusal": "No.", "status": 409}
    session.save()
    page = client.get(checkout_url(house))
    assert (page.status_code, page.context["form"]["name"].value()) == (200, None)


def test_a_form_with_endless_fields_is_kept_no_longer_than_its_fields_are(client, house):
    arrive(client, house, "A1", "A2")
    page = refused(client, house, name="A" * 5000, other="B" * 5000)
    assert page.context["form"].errors == {"name": ["Ensure this value has at most 120 characters (it has 300)."]}
    assert "B" * 50 not in page.text
    assert nothing_booked()


def test_a_changed_price_is_shown_and_not_charged_silently(client, house, stripe_desk):
    arrive(client, house, "A1", "A2")
    form = filled(client, house)
    PriceTier.objects.filter(ticket_type="adult").update(amount=1300)
    page = shown(client, client.post(checkout_url(house), form))
    assert page.status_code == 409
    assert "The price has changed since you saw it." in page.text
    assert page.context["order"].quote.total == 2600
    assert nothing_booked()
    client.post(checkout_url(house), form | {"seen": page.context["order"].token})
    assert Booking.objects.get().total == 2600


@pytest.mark.parametrize("seen", ["", "forged", "eyJ0b3RhbCI6MX0:1vMabc:signature"])
def test_a_token_that_is_not_ours_is_worth_nothing(client, house, seen):
    arrive(client, house, "A1", "A2")
    assert refused(client, house, seen=seen).status_code == 409
    assert nothing_booked()


def test_a_token_of_other_seats_is_worth_nothing(client, house):
    arrive(client, house, "A1")
    cheaper = filled(client, house)["seen"]
    arrive(client, house, "A2")
    assert refused(client, house, seen=cheaper).status_code == 409
    assert nothing_booked()


def test_a_token_is_good_for_an_hour(client, house, clock):
    arrive(client, house, "A1", "A2")
    form = filled(client, house)
    Hold.objects.update(expires_at=dt.datetime(2026, 11, 22, tzinfo=dt.UTC))
    Place.objects.exclude(held_until=None).update(held_until=dt.datetime(2026, 11, 22, tzinfo=dt.UTC))
    clock.shift(dt.timedelta(minutes=61))
    assert shown(client, client.post(checkout_url(house), form)).status_code == 409
    assert nothing_booked()


def test_nothing_to_pay_is_confirmed_at_once_bo11(client, house):
    PriceTier.objects.update(amount=0)
    arrive(client, house, "A1", "A2")
    assert "Get the tickets" in client.get(checkout_url(house)).text
    response = pay_button(client, house)
    booking = Booking.objects.get()
    assert response["Location"] == reverse("customer:payment", args=[booking.code])
    assert (booking.status, booking.tickets.count()) == ("confirmed", 2)
    assert heading(client.get(response["Location"])) == "Enjoy the show"


def test_a_total_that_stripe_cannot_charge_is_said_and_books_nothing(client, house):
    PriceTier.objects.update(amount=20)
    arrive(client, house, "A1", "A2")
    page = refused(client, house)
    assert page.status_code == 400
    assert "Less than 0.50 EUR cannot be charged." in page.text
    assert nothing_booked()


def test_stripe_away_keeps_the_seats_and_says_so(client, house, stripe_desk):
    arrive(client, house, "A1", "A2")
    stripe_desk.control("faults", {"api_errors": 5})
    response = pay_button(client, house)
    booking = Booking.objects.get()
    assert response["Location"] == reverse("customer:payment", args=[booking.code])
    assert told(response) == ["The payment service does not answer at the moment. Your seats are kept; try again."]
    assert (booking.status, Place.objects.filter(under_payment=True).count()) == ("awaiting_payment", 2)


# --- what is not there (any more)


def test_a_lapsed_hold_leads_back_to_the_seats_which_are_offered_again(client, house, clock):
    arrive(client, house, "A1", "A2")
    form = filled(client, house)
    clock.shift(dt.timedelta(minutes=6))
    response = client.post(checkout_url(house), form)
    assert response["Location"] == reverse("customer:showtime", args=[house.showtime.pk])
    assert told(response) == ["Your hold has ended, so the seats are free for everyone again."]
    assert "Hold A1, A2 again" in client.get(response["Location"]).text
    assert Booking.objects.count() == 0


def test_a_lapsed_hold_takes_the_whole_page_back_when_only_a_part_was_asked_for(client, house, clock):
    arrive(client, house, "A1")
    form = filled(client, house, update="1")
    clock.shift(dt.timedelta(minutes=6))
    response = client.post(checkout_url(house), form, headers=HTMX)
    assert response["HX-Redirect"] == reverse("customer:showtime", args=[house.showtime.pk])


def test_nothing_held_leads_to_the_seats_and_makes_no_visitor(client, house):
    response = client.get(checkout_url(house))
    assert response["Location"] == reverse("customer:showtime", args=[house.showtime.pk])
    assert "visitor" not in client.session


def test_seats_under_payment_lead_to_the_payment(client, house, stripe_desk):
    booking = book(client, house, "A1")
    assert client.get(checkout_url(house))["Location"] == reverse("customer:payment", args=[booking.code])


def test_somebody_else_finds_nothing_at_the_checkout(client, house, bruno):
    arrive(client, house, "A1", "A2")
    form = filled(client, house)
    stranger = Client()
    stranger.force_login(bruno)
    response = stranger.post(checkout_url(house), form)
    assert response["Location"] == reverse("customer:showtime", args=[house.showtime.pk])
    assert nothing_booked()


@pytest.mark.parametrize("change", [{"status": "draft"}, {"event": "draft"}, {"missing": True}])
def test_a_showtime_that_is_not_public_is_not_found(client, house, change):
    arrive(client, house, "A1")
    url = checkout_url(house)
    if "status" in change:
        Showtime.objects.update(status="draft")
    elif "event" in change:
        house.event.status = "draft"
        house.event.save()
    else:
        url = reverse("customer:checkout", args=[0])
    assert client.get(url).status_code == 404
    assert client.post(url, CONTACT).status_code == 404


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "cancelled"}, "This showtime was cancelled. Seats cannot be held."),
        ({"sale_closes_at": dt.datetime(2026, 11, 21, 16, tzinfo=dt.UTC)}, "The sale for this showtime has closed."),
    ],
)
def test_a_showtime_that_is_not_on_sale_is_refused_with_a_page(client, house, change, said):
    arrive(client, house, "A1", "A2")
    form = filled(client, house)
    Showtime.objects.update(**change)
    page = client.post(checkout_url(house), form)
    assert page.status_code == 400
    assert said in page.text
    assert nothing_booked()
