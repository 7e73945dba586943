"""AC7: an account is deleted; the person is gone from every table, and the books still add up."""

import dataclasses
import datetime as dt
import json

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client

from core.accounts import actions as accounts
from core.accounts.models import Code, Dependent, Invitation, Membership, Role, User
from core.accounts.tests.test_profile import NORA, photograph
from core.audit import actions as audit
from core.audit.models import Record
from core.bookings.models import Booking, BookingChange
from core.flows import erasing, purchase, registering
from core.flows.tests.stage import CONTACT, begin, to_stripe
from core.flows.verification import violations
from core.kernel.actor import Actor
from core.ledger.models import Posting
from core.notifications.models import Delivery, Notification
from core.payments.models import PaymentAttempt
from core.seating import actions as seating
from core.seating.models import Hold, Place
from core.tickets import actions as tickets
from core.tickets.models import Ticket
from e2e.cast import NOW, user_actor

LATER = NOW + dt.timedelta(minutes=20)
AFTER_THE_SHOW = NOW + dt.timedelta(days=3, hours=3)
MOBILE = "+436641234567"
pytestmark = pytest.mark.django_db


@pytest.fixture
def bought(house, amina, stripe_desk):
    """Amina has tickets for A1 and A2."""
    booking = begin(house, "A1", "A2", actor=user_actor(amina))
    stripe_desk.pay(to_stripe(booking))
    purchase.settle(booking, actor=user_actor(amina), now=NOW)
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    return booking


@pytest.fixture
def settled(amina):
    """Amina has one of everything that a person can have."""
    actor = user_actor(amina)
    values = {
        "known_as": "Amina", "time_zone": "Europe/Vienna", "home_city": "Graz", "emergency_name": "Sami Yilmaz",
        "emergency_mobile": "+436649876543",
    }  # fmt: skip
    User.objects.filter(pk=amina.pk).update(mobile=MOBILE, mobile_verified_at=NOW, username="amina-y")
    accounts.change_profile(user=amina, values=values, actor=actor, now=NOW)
    accounts.set_picture(user=amina, data=photograph(), actor=actor, now=NOW)
    accounts.ask_for_picture(user=amina, url="https://yilmaz.example/me.jpg", actor=actor, now=NOW)
    accounts.add_dependent(user=amina, values=NORA | {"name": "Nora Yilmaz"}, actor=actor, now=NOW)
    accounts.make_code(Code.Purpose.CONFIRM, destination=amina.email, actor=actor, now=NOW)
    EmailAddress.objects.create(user=amina, email=amina.email, primary=True, verified=True)
    amina.refresh_from_db()
    return amina


def erase(user, *, now=LATER):
    return erasing.erase(user=user, actor=user_actor(user), now=now)


def everything():
    """Every row of every table as text, but for the two that a last mail needs and Stripe's own words, kept 90 days."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT t::text FROM "{model._meta.db_table}" t')
            found[model._meta.label] = [row[0] for row in cursor.fetchall()]
    return found


def mentions(*words):
    return {
        label: [row for row in rows if any(word.lower() in row.lower() for word in words)]
        for label, rows in everything().items()
        if any(word.lower() in row.lower() for row in rows for word in words)
    }


HERS = ("amina", "yilmaz", "nora", "aisle", "664123", "664987", "192.0.2.10")


def test_erase_leaves_a_pseudonym_and_nothing_of_the_person_in_any_table(settled, bought, run_due):
    picture = settled.picture.name
    assert len(mentions(*HERS)) > 10
    seal_all(now=LATER)
    erase(settled, now=AFTER_THE_SHOW)
    erasing.forget_contacts(now=AFTER_THE_SHOW)
    run_due(now=AFTER_THE_SHOW)
    Delivery.objects.update(status="sent")
    erasing.forget_contacts(now=AFTER_THE_SHOW)
    assert set(mentions(*HERS)) - {"payments.StripeEvent"} == set()
    assert not default_storage.exists(picture)
    settled.refresh_from_db()
    assert settled.email.startswith("deleted-") and settled.email.endswith("@deleted.invalid")
    assert (settled.is_active, settled.erased_at, settled.has_usable_password()) == (False, AFTER_THE_SHOW, False)
    assert (settled.mobile, settled.username, settled.picture.name, settled.name) == (None, None, "", "")
    assert str(settled) == settled.email


def seal_all(*, now):
    audit.seal(now=now + dt.timedelta(minutes=5))


def test_erase_leaves_books_that_add_up_and_a_log_that_is_whole(settled, bought):
    seal_all(now=LATER)
    before = list(Posting.objects.order_by("id").values()), list(Booking.objects.values("total", "status", "user"))
    erase(settled)
    seal_all(now=LATER)
    after = list(Posting.objects.order_by("id").values()), list(Booking.objects.values("total", "status", "user"))
    assert after == before
    assert list(violations()) == []


def test_erase_ends_every_session_and_leaves_none_in_the_table(client, amina, bruno):
    kept = Client()
    kept.force_login(bruno)
    UserSession.objects.create(user=bruno, session_key=kept.session.session_key, ip="192.0.2.7", user_agent="Firefox")
    client.force_login(amina)
    UserSession.objects.create(user=amina, session_key=client.session.session_key, ip="192.0.2.8", user_agent="Firefox")
    erase(amina)
    assert list(Session.objects.values_list("session_key", flat=True)) == [kept.session.session_key]
    assert list(UserSession.objects.values_list("user", flat=True)) == [bruno.pk]


def test_erase_is_recorded_without_who_it_was(settled):
    erase(settled)
    last = Record.objects.get(action="account.erased")
    assert (last.object_id, last.actor_user_id, last.actor_label, last.address) == (str(settled.pk), settled.pk, "", "")


def test_erase_keeps_the_contact_of_a_show_to_come_until_it_is_over(amina, bought):
    erase(amina)
    bought.refresh_from_db()
    assert (bought.name, bought.email, bought.user_id) == (CONTACT.name, CONTACT.email, amina.pk)
    assert Ticket.objects.valid().filter(booking=bought).count() == 2
    assert erasing.forget_contacts(now=AFTER_THE_SHOW - dt.timedelta(hours=2)) == 0
    assert erasing.forget_contacts(now=AFTER_THE_SHOW) == 1
    bought.refresh_from_db()
    amina.refresh_from_db()
    assert (bought.name, bought.email, bought.mobile) == ("", amina.email, "")
    assert erasing.forget_contacts(now=AFTER_THE_SHOW) == 0
    assert [attempt.parameters.get("customer_email") for attempt in PaymentAttempt.objects.all()] == [None]
    assert list(violations()) == []


def test_erase_forgets_the_contact_at_once_when_the_show_is_over(amina, bought):
    erase(amina, now=AFTER_THE_SHOW)
    bought.refresh_from_db()
    assert (bought.name, bought.mobile, bought.email.endswith("@deleted.invalid")) == ("", "", True)
    assert set(BookingChange.objects.values_list("actor_label", flat=True)) == {""}


def test_erase_mails_a_last_word_and_the_tickets_to_come(amina, bought):
    Delivery.objects.update(status="sent")
    erase(amina)
    waiting = Delivery.objects.filter(status="waiting").order_by("id")
    assert list(waiting.values_list("kind", "to", "user")) == [
        ("account_deleted", "amina@foyer.example", None),
        ("tickets_again", "amina@foyer.example", None),
    ]
    assert set(Delivery.objects.exclude(status="waiting").values_list("to", flat=True)) == {""}
    assert Notification.objects.count() == 0


def test_erase_gives_back_what_is_held(house, amina):
    seating.hold(showtime=house.showtime, seat_ids=house.seats("B1"), actor=user_actor(amina), now=LATER)
    erase(amina)
    assert list(Hold.objects.values_list("status", "address")) == [("released", "")]
    assert Place.objects.get(showtime=house.showtime, seat=house.seats("B1")[0]).held_until is None


def test_erase_is_refused_while_a_payment_is_under_way(house, amina, stripe_desk):
    booking = begin(house, "A1", actor=user_actor(amina))
    to_stripe(booking)
    with pytest.raises(erasing.NotErasable) as refused:
        erase(amina)
    assert booking.code in str(refused.value)
    assert untouched(amina)


def untouched(user):
    kept = User.objects.get(pk=user.pk)
    return (kept.email, kept.is_active, kept.erased_at) == (user.email, True, None) and not Delivery.objects.exists()


def test_erase_is_refused_for_the_last_owner_of_a_house(house, olga, bruno):
    with pytest.raises(erasing.NotErasable) as refused:
        erase(olga)
    assert house.organizer.name in str(refused.value)
    assert untouched(olga)
    Membership.objects.create(user=bruno, organizer=house.organizer, role=Role.MANAGER)
    with pytest.raises(erasing.NotErasable):
        erase(olga)
    Membership.objects.filter(user=bruno).update(role=Role.OWNER)
    erase(olga)
    assert list(Membership.objects.values_list("user", flat=True)) == [bruno.pk]


def test_erase_is_refused_for_the_last_administrator(ada):
    with pytest.raises(erasing.NotErasable):
        erase(ada)
    assert untouched(ada)


def test_erase_takes_invitations_along_and_leaves_the_house_to_others(house, olga, bruno, amina):
    Membership.objects.create(user=bruno, organizer=house.organizer, role=Role.OWNER)
    times = {"created_at": NOW, "expires_at": AFTER_THE_SHOW, "organizer": house.organizer, "role": Role.CLERK}
    Invitation.objects.create(email=amina.email, key_digest="1", invited_by=olga, **times)
    Invitation.objects.create(email="otto@foyer.example", key_digest="2", invited_by=olga, **times)
    erase(amina)
    erase(olga)
    kept = list(Invitation.objects.values_list("email", "invited_by", "withdrawn_at"))
    assert kept == [("otto@foyer.example", olga.pk, LATER)]


def test_erase_of_a_clerk_takes_the_name_out_of_the_bookings_they_worked_on(house, bought, bruno, amina):
    audit.record("booking.moved", bought, actor=user_actor(bruno), now=NOW)
    BookingChange.objects.create(booking=bought, at=NOW, status="confirmed", actor_label=str(bruno))
    erase(bruno)
    assert not BookingChange.objects.filter(actor_label=str(bruno)).exists()
    assert BookingChange.objects.filter(actor_label=str(amina)).exists()
    bought.refresh_from_db()
    assert bought.name == CONTACT.name


def test_erase_a_second_time_is_refused(amina):
    erase(amina)
    with pytest.raises(accounts.PersonGone):
        erase(amina)
    assert Record.objects.filter(action="account.erased").count() == 1


def test_erase_frees_the_address_for_a_new_account(amina):
    erase(amina)
    again = User.objects.create_user("amina@foyer.example", "another-night", name="Amina Yilmaz")
    assert not Booking.objects.filter(user=again).exists()


def test_verify_finds_a_deleted_account_of_which_something_is_left(amina):
    pseudonym = erase(amina)
    assert list(violations()) == []
    User.objects.filter(pk=pseudonym.pk).update(known_as="Amina")
    Dependent.objects.create(user=pseudonym, name="Nora", relation="child", created_at=NOW)
    assert [found.where for found in violations()] == [f"accounts.user {amina.pk}"] * 2


def test_farewell_tells_of_tickets_and_houses(house, amina, bought, olga):
    told = erasing.farewell(amina, now=NOW)
    assert [ticket.label for ticket in told.tickets] == ["Stalls, row A, seat 1", "Stalls, row A, seat 2"]
    assert (told.possible, told.obstacles, told.houses) == (True, [], [])
    assert erasing.farewell(amina, now=AFTER_THE_SHOW).tickets == []
    assert dataclasses.asdict(erasing.farewell(olga, now=NOW))["houses"] == [house.organizer.name]


def test_assigned_tickets_outlive_the_dependent(settled, bought):
    ticket = bought.tickets.first()
    nora = settled.dependents.get()
    tickets.assign(ticket=ticket, dependent=nora, actor=user_actor(settled), now=NOW)
    erase(settled)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.dependent) == ("valid", None)
    assert json.dumps(list(Record.objects.exclude(data=None).values_list("data", flat=True))).count("Nora") == 0


def test_erase_leaves_nothing_of_an_address_that_was_never_confirmed(run_outbox):
    actor, kept = Actor(holder="anon:nora"), "nora@elsewhere.example"
    newcomer = accounts.Newcomer.of(name="Nora", email=kept, mobile=MOBILE, password="an evening out", language="en")
    user = accounts.register(newcomer, actor=actor, now=NOW)
    registering.greet_address(user.pk, now=NOW)
    assert Delivery.objects.get().to == kept
    gone = erasing.erase(user=user, actor=user_actor(user), now=LATER)
    assert (gone.unproved_email, gone.email.endswith("@deleted.invalid")) == ("", True)
    run_outbox()
    assert kept not in str([*Delivery.objects.values(), *User.objects.values()])
    assert list(violations()) == []
