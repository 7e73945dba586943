"""AC7: what Foyer keeps about somebody, for that person to take along."""

import datetime as dt
import io
import json
import zipfile

import pytest
from django.utils import timezone

from core.accounts import actions as accounts
from core.accounts.addresses import placeholder
from core.accounts.tests.test_profile import NORA, photograph
from core.audit.models import Record
from core.flows import own_data, purchase
from core.flows.tests.stage import begin, to_stripe
from core.kernel.errors import TooOften
from core.tickets import actions as tickets
from e2e.cast import NOW, user_actor

pytestmark = pytest.mark.django_db


def opened(data):
    bag = zipfile.ZipFile(io.BytesIO(data))
    return bag, json.loads(bag.read("my-data.json"))


def test_take_along_brings_everything_about_the_person_and_nothing_of_others(house, amina, bruno, stripe_desk):
    for person, seat in ((amina, "A1"), (bruno, "B1")):
        actor = user_actor(person)
        nora = accounts.add_dependent(user=person, values=NORA | {"name": f"Child of {person}"}, actor=actor, now=NOW)
        accounts.set_picture(user=person, data=photograph(), actor=actor, now=NOW)
        booking = begin(house, seat, actor=actor)
        stripe_desk.pay(to_stripe(booking))
        purchase.settle(booking, actor=actor, now=NOW)
        tickets.assign(ticket=booking.tickets.get(), dependent=nora, actor=actor, now=NOW)
    bag, told = opened(own_data.take_along(user=amina, actor=user_actor(amina), now=NOW))
    assert bag.namelist() == ["my-data.json", "picture.webp"]
    assert bag.read("picture.webp")[8:12] == b"WEBP"
    assert (told["profile"]["name"], told["profile"]["email"]) == ("Amina Yilmaz", "amina@foyer.example")
    assert [child["name"] for child in told["dependents"]] == ["Child of Amina Yilmaz"]
    [booking] = told["bookings"]
    assert [(one["place"], one["for"]) for one in booking["tickets"]] == [
        ("Stalls, row A, seat 1", "Child of Amina Yilmaz")
    ]
    assert (booking["payment"]["amount"], booking["payment"]["status"]) == (booking["total"], "succeeded")
    assert [event["action"] for event in told["security_events"]] == [own_data.ACTION, "account.picture_changed"]
    assert [row["title"] for row in told["notifications"]] == ["Your tickets for The Lantern Room"]
    assert "Bruno" not in json.dumps(told) and "bruno" not in json.dumps(told)


def test_take_along_is_recorded_and_refused_the_sixth_time_in_an_hour(amina):
    for minute in range(5):
        at = NOW + dt.timedelta(minutes=minute)
        own_data.take_along(user=amina, actor=user_actor(amina), now=at)
    with pytest.raises(TooOften) as refused:
        own_data.take_along(user=amina, actor=user_actor(amina), now=NOW + dt.timedelta(minutes=10))
    assert refused.value.retry_after == 50 * 60 + 1
    assert Record.objects.filter(action=own_data.ACTION).count() == 5
    own_data.take_along(user=amina, actor=user_actor(amina), now=NOW + dt.timedelta(hours=1, seconds=1))


def test_take_along_works_for_somebody_who_has_nothing(bruno):
    _bag, told = opened(own_data.take_along(user=bruno, actor=user_actor(bruno), now=timezone.now()))
    assert (told["bookings"], told["dependents"], told["profile"]["picture"]) == ([], [], "")


def test_take_along_says_which_address_is_to_be_confirmed(bruno):
    bruno.email, bruno.unproved_email = placeholder(), "bruno@elsewhere.example"
    bruno.save()
    _bag, told = opened(own_data.take_along(user=bruno, actor=user_actor(bruno), now=NOW))
    profile = told["profile"]
    assert (profile["email"], profile["email_to_be_confirmed"]) == ("", "bruno@elsewhere.example")
