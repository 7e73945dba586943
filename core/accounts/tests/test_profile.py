"""AC7, AC11: what a person says of themselves, their picture, and those whom they buy for."""

import datetime as dt
import io

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from core.accounts import actions
from core.accounts.actions.living import PersonGone
from core.accounts.actions.people import MOST_DEPENDENTS, BornInFuture, TooManyDependents
from core.accounts.models import Dependent, PictureErrand, User
from core.accounts.pictures import PictureRefused
from core.audit.models import Record
from core.kernel.actor import Actor
from core.kernel.errors import TooOften

NOW = dt.datetime(2026, 11, 21, 17, 0, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(minutes=5)
pytestmark = pytest.mark.django_db


@pytest.fixture
def amina():
    return User.objects.create_user("amina@foyer.example", "opening-night", name="Amina Yilmaz", joined_at=NOW)


@pytest.fixture
def actor(amina):
    return Actor(holder=amina.holder, user_id=amina.pk, label=str(amina))


def photograph(colour="red"):
    file = io.BytesIO()
    Image.new("RGB", (200, 200), colour).save(file, "JPEG")
    return file.getvalue()


def recorded():
    return list(Record.objects.order_by("id").values_list("action", "data"))


def test_change_profile_keeps_it_and_records_before_and_after(amina, actor):
    values = {
        "name": "Amina Haddad",
        "known_as": "Amina",
        "time_zone": "Europe/Vienna",
        "emergency_mobile": "+43664123456",
    }
    actions.change_profile(user=amina, values=values, actor=actor, now=NOW)
    amina.refresh_from_db()
    assert (amina.name, amina.called, amina.time_zone) == ("Amina Haddad", "Amina", "Europe/Vienna")
    [(action, data)] = recorded()
    assert action == "account.profile_changed"
    assert data["changes"] == {
        "name": ["Amina Yilmaz", "Amina Haddad"],
        "known_as": ["", "Amina"],
        "time_zone": ["", "Europe/Vienna"],
        "emergency_mobile": [None, None],
    }
    assert "664123456" not in str(data)


def test_change_profile_records_nothing_when_nothing_is_new(amina, actor):
    actions.change_profile(user=amina, values={"name": "Amina Yilmaz"}, actor=actor, now=NOW)
    assert recorded() == []


def test_change_profile_leaves_alone_what_is_no_part_of_it(amina, actor):
    actions.change_profile(user=amina, values={"is_staff": True, "email": "x@foyer.example"}, actor=actor, now=NOW)
    amina.refresh_from_db()
    assert (amina.is_staff, amina.email) == (False, "amina@foyer.example")


def kept_files():
    return set(default_storage.listdir("people")[1]) if default_storage.exists("people") else set()


def test_change_profile_is_refused_after_the_account_was_deleted(amina, actor):
    before = kept_files()
    User.objects.filter(pk=amina.pk).update(erased_at=NOW)
    with pytest.raises(PersonGone):
        actions.change_profile(user=amina, values={"name": "Amina Haddad"}, actor=actor, now=NOW)
    with pytest.raises(PersonGone):
        actions.set_picture(user=amina, data=photograph(), actor=actor, now=NOW)
    assert kept_files() == before
    amina.refresh_from_db()
    assert (amina.name, recorded()) == ("Amina Yilmaz", [])


def test_initials_and_name_are_told_of_what_is_known():
    assert User(name="Amina Sofia Yilmaz", email="a@foyer.example").initials == "AY"
    assert User(name="Amina", email="a@foyer.example").initials == "A"
    assert User(email="b@foyer.example").initials == "B"
    assert User(name="Amina Yilmaz", known_as="Mina").called == "Mina"


@pytest.fixture
def empty_gallery():
    for name in kept_files():
        default_storage.delete(f"people/{name}")


@pytest.mark.usefixtures("empty_gallery")
def test_set_picture_keeps_a_redrawn_one_and_deletes_the_one_before(amina, actor, run_outbox):
    first = actions.set_picture(user=amina, data=photograph(), actor=actor, now=NOW)
    assert Image.open(default_storage.open(first.picture.name)).format == "WEBP"
    second = actions.set_picture(user=amina, data=photograph("blue"), actor=actor, now=LATER)
    assert first.picture.name != second.picture.name
    assert run_outbox() == ["accounts.delete_picture"]
    assert kept_files() == {second.picture.name.removeprefix("people/")}
    assert [action for action, _data in recorded()] == ["account.picture_changed"] * 2


@pytest.mark.usefixtures("empty_gallery")
def test_set_picture_changes_nothing_when_it_is_refused(amina, actor):
    kept = actions.set_picture(user=amina, data=photograph(), actor=actor, now=NOW)
    with pytest.raises(PictureRefused):
        actions.set_picture(user=amina, data=b"<svg/>", actor=actor, now=LATER)
    amina.refresh_from_db()
    assert amina.picture.name == kept.picture.name
    assert default_storage.exists(kept.picture.name)
    assert len(recorded()) == 1


def test_remove_picture_deletes_the_file_after_the_commit(amina, actor, run_outbox):
    name = actions.set_picture(user=amina, data=photograph(), actor=actor, now=NOW).picture.name
    assert actions.remove_picture(user=amina, actor=actor, now=LATER).picture_key == ""
    assert default_storage.exists(name)
    assert run_outbox() == ["accounts.delete_picture"]
    assert not default_storage.exists(name)
    actions.remove_picture(user=amina, actor=actor, now=LATER)
    assert [action for action, _data in recorded()] == ["account.picture_changed", "account.picture_removed"]


def test_ask_for_picture_posts_an_errand_that_replaces_the_one_before(amina, actor):
    first = actions.ask_for_picture(user=amina, url="https://pictures.example/1", actor=actor, now=NOW)
    second = actions.ask_for_picture(user=amina, url="https://pictures.example/2", actor=actor, now=LATER)
    assert list(PictureErrand.objects.filter(ended_at=None)) == [second]
    first.refresh_from_db()
    assert first.ended_at == LATER


def test_ask_for_picture_is_refused_when_asked_five_times_an_hour(amina, actor):
    for minute in range(5):
        at = NOW + dt.timedelta(minutes=minute)
        actions.ask_for_picture(user=amina, url="https://pictures.example/", actor=actor, now=at)
    with pytest.raises(TooOften) as refused:
        actions.ask_for_picture(user=amina, url="https://pictures.example/", actor=actor, now=LATER)
    assert refused.value.retry_after == 55 * 60 + 1
    assert PictureErrand.objects.count() == 5
    actions.ask_for_picture(user=amina, url="https://pictures.example/", actor=actor, now=NOW + dt.timedelta(hours=1))
    assert actions.forget_errands(before=LATER) == 5


NORA = {"name": "Nora", "relation": "child", "born_on": dt.date(2019, 5, 1), "door_notes": "Sits at the aisle."}


def test_dependent_is_added_changed_and_removed_with_a_record_of_each(amina, actor):
    nora = actions.add_dependent(user=amina, values=NORA, actor=actor, now=NOW)
    actions.change_dependent(dependent=nora, values=NORA | {"name": "Nora Yilmaz"}, actor=actor, now=LATER)
    actions.change_dependent(dependent=nora, values=NORA | {"name": "Nora Yilmaz"}, actor=actor, now=LATER)
    assert list(amina.dependents.values_list("name", "relation", "born_on")) == [
        ("Nora Yilmaz", "child", dt.date(2019, 5, 1))
    ]
    actions.remove_dependent(dependent=nora, actor=actor, now=LATER)
    actions.remove_dependent(dependent=nora, actor=actor, now=LATER)
    assert Dependent.objects.count() == 0
    assert [action for action, _data in recorded()] == ["dependent.added", "dependent.changed", "dependent.removed"]
    private = [None, None]
    assert [data["changes"] for _action, data in recorded()] == [
        dict.fromkeys(NORA, private),
        {"name": private},
        dict.fromkeys(NORA, private),
    ]


def test_add_dependent_is_refused_when_the_day_of_birth_is_to_come(amina, actor):
    """It is the 22nd somewhere when it is the 21st here: that far a birthday is believed."""
    actions.add_dependent(user=amina, values=NORA | {"born_on": dt.date(2026, 11, 22)}, actor=actor, now=NOW)
    with pytest.raises(BornInFuture):
        actions.add_dependent(user=amina, values=NORA | {"born_on": dt.date(2026, 11, 23)}, actor=actor, now=NOW)
    assert Dependent.objects.count() == 1


def test_add_dependent_is_refused_when_there_are_twenty(amina, actor):
    Dependent.objects.bulk_create(
        Dependent(user=amina, name=f"Child {number}", relation="child", created_at=NOW)
        for number in range(MOST_DEPENDENTS)
    )
    with pytest.raises(TooManyDependents):
        actions.add_dependent(user=amina, values=NORA, actor=actor, now=timezone.now())
    assert Dependent.objects.count() == MOST_DEPENDENTS
