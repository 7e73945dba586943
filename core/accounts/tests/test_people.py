"""People: one address, one person."""

import pytest
from django.db import IntegrityError, transaction

from core.accounts.addresses import normalise_email
from core.accounts.models import Membership, Role, User
from e2e.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["Amina@Foyer.Example", " amina@foyer.example ", "AMINA@FOYER.EXAMPLE\n"])
def test_an_address_is_the_same_however_it_is_typed(typed):
    assert normalise_email(typed) == "amina@foyer.example"


def test_a_person_keeps_the_address_in_small_letters():
    user = User.objects.create_user(" Amina@Foyer.example", "opening-night", name="Amina")
    user.refresh_from_db()
    assert (user.email, user.holder, str(user)) == ("amina@foyer.example", f"user:{user.pk}", "Amina")
    assert User.objects.get_by_natural_key("AMINA@foyer.example") == user


def test_a_person_without_a_name_is_called_by_the_address():
    assert str(User.objects.create_user("amina@foyer.example")) == "amina@foyer.example"


def test_two_people_cannot_have_one_address(amina):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("AMINA@foyer.example")
    with pytest.raises(IntegrityError, match="user_email_lower"), transaction.atomic():
        User.objects.filter(pk=amina.pk).update(email="Amina@foyer.example")
    assert User.objects.count() == 1


def test_nobody_logs_in_without_a_password():
    user = User.objects.create_user("amina@foyer.example")
    assert (user.has_usable_password(), user.check_password("")) == (False, False)


def test_an_administrator_is_made_as_one(ada, amina):
    assert (ada.is_staff, ada.is_superuser, amina.is_staff, amina.is_superuser) == (True, True, False, False)


def test_a_person_works_for_an_organizer_in_one_role(house, olga):
    with pytest.raises(IntegrityError, match="membership_once"), transaction.atomic():
        Membership.objects.create(user=olga, organizer=house.organizer, role=Role.CLERK)
    assert olga.memberships.get().role == "owner"
    assert olga.joined_at == NOW
