"""AC9: the team's pages behind the organizers' and the merchants' door, and joining by the link in the mail."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from core.accounts.models import Invitation, Membership, Organizer, Role, User
from core.catalog.models import Venue
from e2e.cast import NOW, log_in

pytestmark = pytest.mark.django_db
TEAM = reverse("organizer:team")


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owner(client: Client, olga: User) -> Client:
    log_in(client, olga)
    return client


@pytest.fixture
def bruno(bruno: User) -> User:
    """Bruno, who has proved his address."""
    bruno.email_verified_at = NOW
    bruno.save()
    return bruno


def of(user: User) -> Membership:
    return Membership.objects.get(user=user)


def invite(client: Client, email: str = "bruno@foyer.example", role: str = Role.CLERK, team: str = TEAM):
    return client.post(team, {"email": email, "role": role})


def link(run_outbox) -> str:
    run_outbox()
    return re.search(r"http://testserver(/account/invitations/[\w-]+/)", str(mail.outbox[-1].body))[1]


def test_team_lists_everybody_with_role_in_as_many_queries_for_two_as_for_four(
    owner, house, otto, django_assert_max_num_queries
):
    with django_assert_max_num_queries(9) as few:
        page = owner.get(TEAM)
    assert [one.user.name for one in page.context["members"]] == ["Olga Petrova", "Otto Berger"]
    for number in range(2):
        user = User.objects.create_user(f"n{number}@foyer.example", "x", name=f"Nora {number}")
        Membership.objects.create(user=user, organizer=house.organizer, role=Role.USHER, joined_at=NOW)
        invite(owner, f"m{number}@foyer.example")
    owner.get(TEAM)
    with django_assert_max_num_queries(9) as many:
        page = owner.get(TEAM)
    assert (len(page.context["members"]), len(page.context["invitations"])) == (4, 2)
    assert len(many) == len(few)


def test_inviting_says_so_and_lists_the_invitation(owner, run_outbox):
    assert invite(owner)["Location"] == TEAM
    page = owner.get(TEAM)
    assert "An invitation is on its way to bruno@foyer.example." in page.text
    assert [(one.email, one.role) for one in page.context["invitations"]] == [("bruno@foyer.example", Role.CLERK)]


@pytest.mark.parametrize(
    ("email", "role", "status"),
    [("", "clerk", 422), ("bruno@", "clerk", 422), ("b@foyer.example", "emperor", 422), ("b@foyer.example", "", 422),
     ("otto@foyer.example", "clerk", 409)],
)  # fmt: skip
def test_a_wrong_invitation_is_answered_beside_the_form_and_loses_nothing(owner, otto, email, role, status):
    answer = invite(owner, email, role)
    assert (answer.status_code, Invitation.objects.count()) == (status, 0)
    assert f'value="{email}"' in answer.text or not email


def test_joining_as_somebody_with_a_login(owner, house, bruno, run_outbox):
    invite(owner)
    address, his = link(run_outbox), Client()
    page = his.get(address)
    assert (page.status_code, "Lichtspiele" in page.text, "b···@foyer.example" in page.text) == (200, True, True)
    assert "bruno@foyer.example" not in page.text
    assert his.post(address).status_code == 200
    assert Membership.objects.filter(user=bruno).count() == 0
    his.force_login(bruno)
    assert "Join the team" in his.get(address).text
    assert his.post(address)["Location"] == reverse("organizer:home")
    assert (of(bruno).organizer, of(bruno).role) == (house.organizer, Role.CLERK)
    assert his.get(reverse("organizer:home"))["Location"].startswith(reverse("account_second_step"))
    assert his.get(address).status_code == 404


def test_joining_as_somebody_else_is_refused_and_says_to_whom_it_went(owner, bruno, amina, run_outbox):
    invite(owner)
    address, hers = link(run_outbox), Client()
    hers.force_login(amina)
    for page in (hers.get(address), hers.post(address)):
        assert (page.status_code, "b···@foyer.example" in page.text) == (403, True)
        assert ("bruno@" in page.text, "Join the team" in page.text) == (False, False)
        assert f'name="next" value="{address}"' in page.text
    assert hers.post(reverse("account_logout"), {"next": address})["Location"] == address
    assert Membership.objects.filter(user__in=[amina, bruno]).count() == 0


def test_joining_with_an_address_that_is_not_proved_asks_for_that_first(owner, bruno, run_outbox):
    User.objects.filter(pk=bruno.pk).update(email_verified_at=None)
    invite(owner)
    address, his = link(run_outbox), Client()
    his.force_login(bruno)
    for page in (his.get(address), his.post(address)):
        assert (page.status_code, f'href="{reverse("account_email")}"' in page.text) == (409, True)
    assert Membership.objects.filter(user=bruno).count() == 0


def test_an_usher_who_joins_is_led_to_the_door(owner, bruno, run_outbox):
    invite(owner, role=Role.USHER)
    his = Client()
    his.force_login(bruno)
    assert his.post(link(run_outbox))["Location"] == reverse("checkin:home")


def test_a_made_up_key_is_not_there(client, bruno):
    client.force_login(bruno)
    for method in (client.get, client.post):
        assert method(reverse("account_invitation", args=["x" * 32])).status_code == 404


def test_an_invitation_is_withdrawn_and_mailed_again(owner, bruno, run_outbox):
    invite(owner)
    first, visitor = link(run_outbox), Client()
    waiting = Invitation.objects.get()
    with time_machine.travel(NOW.replace(minute=5), tick=False):
        assert owner.post(reverse("organizer:invitation_resending", args=[waiting.pk]))["Location"] == TEAM
        second = link(run_outbox)
        assert (visitor.get(first).status_code, visitor.get(second).status_code) == (404, 200)
        owner.post(reverse("organizer:invitation_withdrawal", args=[waiting.pk]))
        assert visitor.get(second).status_code == 404
    assert owner.post(reverse("organizer:invitation_resending", args=[waiting.pk])).status_code == 404


def test_a_role_is_changed_and_a_member_removed(owner, otto):
    page = reverse("organizer:member", args=[of(otto).pk])
    assert owner.get(page).status_code == 200
    assert owner.post(page, {"role": "supervisor"})["Location"] == TEAM
    assert of(otto).role == Role.SUPERVISOR
    removal = reverse("organizer:member_removal", args=[of(otto).pk])
    assert "Remove Otto Berger?" in owner.get(removal).text
    assert Membership.objects.filter(user=otto).count() == 1
    assert owner.post(removal)["Location"] == TEAM
    assert Membership.objects.filter(user=otto).count() == 0


def test_the_last_owner_is_told_why_not(owner, olga):
    refused = owner.post(reverse("organizer:member", args=[of(olga).pk]), {"role": "clerk"})
    assert (refused.status_code, "This is the only owner." in refused.text) == (409, True)
    refused = owner.post(reverse("organizer:member_removal", args=[of(olga).pk]))
    assert (refused.status_code, "This is the only owner." in refused.text) == (409, True)
    assert of(olga).role == Role.OWNER


def test_a_manager_is_not_offered_owner_and_cannot_take_it(client, house, olga, otto):
    Membership.objects.filter(user=otto).update(role=Role.MANAGER)
    log_in(client, otto)
    assert 'value="owner"' not in client.get(TEAM).text
    assert invite(client, role=Role.OWNER).status_code == 422
    refused = client.post(reverse("organizer:member_removal", args=[of(olga).pk]))
    assert (refused.status_code, Membership.objects.count()) == (403, 2)


def test_otto_sees_no_team_and_reaches_none(client, olga, otto):
    log_in(client, otto)
    assert TEAM not in client.get(reverse("organizer:home")).text
    for address in (TEAM, reverse("organizer:member", args=[of(olga).pk])):
        page = client.get(address)
        assert (page.status_code, "as Clerk" in page.text) == (403, True)
    assert invite(client).status_code == 403
    assert client.post(reverse("organizer:member_removal", args=[of(otto).pk])).status_code == 403
    assert (Invitation.objects.count(), Membership.objects.count()) == (0, 2)


def test_the_merchants_team_is_one_of_its_own(client, mei, olga, otto):
    log_in(client, mei)
    team = reverse("merchant:team")
    page = client.get(team)
    assert [one.user for one in page.context["members"]] == [mei]
    assert 'value="usher"' not in page.text
    assert invite(client, role="counter", team=team)["Location"] == team
    for member in (of(otto).pk, of(olga).pk):
        assert client.get(reverse("merchant:member", args=[member])).status_code == 404
        assert client.post(reverse("merchant:member_removal", args=[member])).status_code == 404
    assert Membership.objects.count() == 3


# --- doors


def test_a_person_of_another_door_is_told_where_theirs_is(client, mei, gus, otto, amina):
    merchant, organizer, checkin = (reverse(f"{door}:home") for door in ("merchant", "organizer", "checkin"))
    for user, tried, doors in (
        (mei, organizer, [merchant]),
        (gus, organizer, [checkin]),
        (otto, checkin, [organizer]),
        (amina, merchant, []),
    ):
        log_in(client, user)
        page = client.get(tried)
        assert page.status_code == 403
        assert [one.home_url for one in page.context["open"]] == [*doors, reverse("customer:tickets")]


def test_a_visitor_is_led_to_the_right_door_and_back(client, house):
    for door in ("organizer", "merchant", "checkin"):
        assert client.get(reverse(f"{door}:home"))["Location"] == f"/{door}/login/?next=%2F{door}%2F"
        assert f'data-portal="{door}"' in client.get(f"/{door}/login/").text


def test_who_works_for_two_houses_chooses_one_and_switches(client, house, otto):
    other = Organizer.objects.create(name="Kammer", slug="kammer")
    second = Membership.objects.create(user=otto, organizer=other, role=Role.USHER)
    third = Organizer.objects.create(name="Oper", slug="oper")
    Membership.objects.create(user=otto, organizer=third, role=Role.MANAGER)
    log_in(client, otto)
    home, houses = reverse("organizer:home"), reverse("organizer:houses")
    assert client.get(home)["Location"] == f"{houses}?next=%2Forganizer%2F"
    page = client.get(houses)
    assert [one.house for one in page.context["request"].memberships] == [house.organizer, third]
    assert client.post(houses, {"house": of_house(otto, third), "next": TEAM})["Location"] == TEAM
    assert client.get(home).context["request"].organizer == third
    assert client.post(houses, {"house": of_house(otto, house.organizer)})["Location"] == home
    assert client.get(home).context["request"].organizer == house.organizer
    assert client.get(TEAM).status_code == 403
    for wrong in (second.pk, 0, "", "x", "9" * 40):
        assert client.post(houses, {"house": wrong}).status_code == 404
    assert client.get(home).context["request"].organizer == house.organizer


def of_house(user: User, organizer: Organizer) -> int:
    return Membership.objects.get(user=user, organizer=organizer).pk


def test_a_role_taken_away_counts_at_the_next_request(client, otto):
    log_in(client, otto)
    home = reverse("organizer:home")
    assert client.get(home).status_code == 200
    Membership.objects.filter(user=otto).update(role=Role.USHER)
    assert client.get(home).status_code == 403
    Membership.objects.filter(user=otto).delete()
    assert client.get(reverse("checkin:home")).status_code == 403


def test_first_pages_show_their_own_house_only(client, house, otto, gus):
    other = Organizer.objects.create(name="Kammer", slug="kammer")
    Venue.objects.create(organizer=other, name="Kammer", slug="kammer", kind="theatre", street="x", city="Graz")
    log_in(client, otto)
    page = client.get(reverse("organizer:home"))
    assert [row["showtime"] for row in page.context["rows"]] == [house.showtime]
    log_in(client, gus)
    assert client.get(reverse("checkin:home")).context["rows"] == []
    with time_machine.travel(house.showtime.starts_at, tick=False):
        log_in(client, gus)
        page = client.get(reverse("checkin:home"))
        assert [row["showtime"] for row in page.context["rows"]] == [house.showtime]
