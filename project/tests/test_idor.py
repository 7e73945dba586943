"""AC9: nothing of another house or person is reachable by any id. Walks the URLconf, so that a new page is tried by
being there; a new kind of id has to be told here first."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.test import Client

from core.accounts.models import Dependent, Invitation, Membership, Merchant, Organizer, User
from core.accounts.roles import OF_MERCHANT, OF_ORGANIZER, Door, May
from core.notifications.models import Notification, PushDevice
from e2e.cast import NOW, log_in
from project.tests.hostile.addresses import ADDRESSES, Address
from project.tests.hostile.digest import digest

pytestmark = pytest.mark.django_db
MEMBER = "member_id"
DOORS = {door.value for door in Door}


@dataclass
class Houses:
    """Something of Olga's and of Mei's house that somebody might be after; and rivals with every right elsewhere."""

    things: dict[tuple[str, str], int]
    rivals: dict[str, User]


def door_of(address: Address) -> str:
    return address.name.partition(":")[0] if ":" in address.name else ""


def entry_of(address: Address) -> tuple[str, set[str]]:
    """Who may enter, as the view says: the door, and what the role must allow."""
    door, _, needed = getattr(address.view, "entry", "").partition(": ")
    return door, set() if needed == "all" else set(needed.split(", "))


STAFF = [address for address in ADDRESSES if door_of(address) in DOORS]
WITH_ID = [address for address in STAFF if address.arguments]
PERSONAL = [address for address in ADDRESSES if getattr(address.view, "entry", "") == "logged in" and address.arguments]
DESK = [address for address in ADDRESSES if address.name.startswith("admin:")]


def _invitation(**house: Organizer | Merchant) -> int:
    later = NOW + dt.timedelta(days=7)
    digest_of = f"{next(iter(house))}".ljust(64, "x")
    return Invitation.objects.create(
        **house, email="nora@foyer.example", role="manager", key_digest=digest_of, created_at=NOW, expires_at=later
    ).pk


@pytest.fixture
def houses(house, merchant, olga, otto, gus, mei) -> Houses:
    things = {
        ("organizer", MEMBER): Membership.objects.get(user=otto).pk,
        ("merchant", MEMBER): Membership.objects.get(user=mei).pk,
        ("organizer", "invitation_id"): _invitation(organizer=house.organizer),
        ("merchant", "invitation_id"): _invitation(merchant=merchant),
    }
    kammer = Organizer.objects.create(name="Kammer", slug="kammer")
    rivals = {
        door: User.objects.create_user(f"rival-{door}@foyer.example", "opening-night", name="Rita Rival")
        for door in DOORS
    }
    Membership.objects.create(user=rivals["organizer"], organizer=kammer, role="owner")
    Membership.objects.create(user=rivals["checkin"], organizer=kammer, role="supervisor")
    other_shop = Merchant.objects.create(name="Eck", slug="eck")
    Membership.objects.create(user=rivals["merchant"], merchant=other_shop, role="owner")
    return Houses(things, rivals)


PERSONAL_THINGS: dict[str, Callable[[User], str]] = {
    "account_dependent": lambda user: _dependent(user),
    "account_dependent_removal": lambda user: _dependent(user),
    "account_session_end": lambda user: str(
        UserSession.objects.create(user=user, ip="192.0.2.1", session_key="x" * 32, user_agent="").pk
    ),
    "notification": lambda user: str(
        Notification.objects.create(user=user, kind="new_login", once_key="x", created_at=NOW).pk
    ),
    "push_device_removal": lambda user: str(
        PushDevice.objects.create(user=user, endpoint="https://push.example/x", created_at=NOW).pk
    ),
    "person_picture": lambda user: _pictured(user),
}


def _dependent(user: User) -> str:
    return str(Dependent.objects.create(user=user, name="Noor", relation="child", created_at=NOW).pk)


def _pictured(user: User) -> str:
    user.picture = "people/amina-key.webp"
    user.save()
    return user.picture_key


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def path_of(address: Address, houses: Houses) -> str:
    door = door_of(address)
    return address.path(**{argument: str(houses.things[door, argument]) for argument in address.arguments})


def answers(client: Client, path: str) -> list[int]:
    return [client.get(path).status_code, client.post(path, {}).status_code]


def test_every_id_is_known_here(houses):
    """A new one: add one of Olga's or Mei's to `houses`, or one of Amina's to PERSONAL_THINGS."""
    assert {
        (door_of(address), argument) for address in WITH_ID for argument in address.arguments
    } <= houses.things.keys()
    assert {address.name for address in PERSONAL} == PERSONAL_THINGS.keys()


@pytest.mark.parametrize("address", STAFF, ids=str)
def test_a_visitor_is_led_to_the_door(client, houses, address):
    before = digest()
    for method in (client.get, client.post):
        answer = method(path_of(address, houses))
        assert answer.status_code == 302
        assert answer["Location"].startswith(f"/{door_of(address)}/login/?next=")
    assert digest() == before


@pytest.mark.parametrize("address", STAFF, ids=str)
def test_a_customer_and_the_staff_of_other_doors_are_refused(client, houses, amina, ada, address):
    before, path = digest(), path_of(address, houses)
    for user in (amina, ada, *(rival for door, rival in houses.rivals.items() if door != door_of(address))):
        if any(door_of(address) in one.powers.doors for one in user.memberships.all()):
            continue
        log_in(client, user)
        User.objects.update(last_login=None)
        assert answers(client, path) == [403, 403], user
    assert digest() == before


@pytest.mark.parametrize("address", WITH_ID, ids=str)
def test_an_owner_of_another_house_finds_nothing(client, houses, address):
    before = digest()
    log_in(client, houses.rivals[door_of(address)])
    User.objects.update(last_login=None)
    for status in answers(client, path_of(address, houses)):
        assert status in {404, 405}
    assert client.post(path_of(address, houses), {"role": "owner", "house": "1"}).status_code == 404
    assert digest() == before


@pytest.mark.parametrize("address", STAFF, ids=str)
def test_a_role_opens_what_it_allows_and_nothing_else(client, houses, olga, mei, address):
    """One person of the house in every role there is, at every page: as the table of roles says."""
    door, needed = entry_of(address)
    user, roles = (mei, OF_MERCHANT) if door == "merchant" else (olga, OF_ORGANIZER)
    for role, powers in roles.items():
        Membership.objects.filter(user=user).update(role=role)
        log_in(client, user)
        opens = door in powers.doors and needed <= {str(one) for one in powers.may}
        status = client.get(path_of(address, houses)).status_code
        assert (status in {200, 405}) is opens, f"{role} got {status}"
        assert opens or status == 403


def test_every_page_of_a_portal_says_what_it_needs():
    known = {str(one) for one in May}
    for address in STAFF:
        door, needed = entry_of(address)
        assert (door, needed <= known) == (door_of(address), True), address.name


@pytest.mark.parametrize("address", PERSONAL, ids=str)
def test_what_is_aminas_is_not_there_for_others(client, amina, bruno, olga, ada, address):
    path = address.path(**{argument: PERSONAL_THINGS[address.name](amina) for argument in address.arguments})
    before = digest()
    assert [status in {302, 405} for status in answers(client, path)] == [True, True]
    for user in (bruno, olga, ada):
        log_in(client, user)
        User.objects.update(last_login=None)
        assert [status in {404, 405} for status in answers(client, path)] == [True, True], user
    assert digest() == before


@pytest.mark.parametrize("address", DESK, ids=str)
def test_the_desk_is_there_for_administrators_only(client, olga, amina, ada, address):
    """Without the second step not even for them."""
    known = {"object_id": "1", "app_label": "accounts", "content_type_id": "1", "url": "anything/"}
    path = address.path(**{argument: known[argument] for argument in address.arguments})
    for method in (client.get, client.post):
        answer = method(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/login/?next=")
    for user in (olga, amina):
        log_in(client, user)
        assert answers(client, path) == [404, 404]
    client.force_login(ada)
    assert client.get(path)["Location"].startswith("/account/second-step/?next=")
    assert client.post(path)["Location"].startswith("/account/second-step/?next=")


def test_the_apps_that_are_asked_about_are_there():
    """The walk above would be empty without them."""
    assert (len(STAFF) > 10, len(WITH_ID) > 5, len(DESK) > 20) == (True, True, True)
    assert apps.is_installed("portals.checkin")
    assert any(address.template.startswith(settings.ADMIN_PATH) for address in DESK)
