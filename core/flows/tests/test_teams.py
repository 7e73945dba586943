"""AC9: teams. Invited by a key that is kept as a digest, joined once, given a role, removed with all sessions."""

import datetime as dt
import re
import threading
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection

from core.accounts.actions import second_factor, teams
from core.accounts.models import Invitation, Membership, Role, User
from core.audit.models import Record
from core.flows import teams as flows
from core.flows.erasing import erase
from core.kernel.errors import Missing, Refusal, TooOften
from core.notifications.models import Notification
from e2e.cast import NOW, shown_by_app, user_actor

pytestmark = pytest.mark.django_db
WEEK = dt.timedelta(days=7)


def membership(user: User) -> Membership:
    return Membership.objects.get(user=user)


def invite(by: User, email: str = "nora@foyer.example", role: str = Role.CLERK, now: dt.datetime = NOW) -> Invitation:
    return flows.invite(email=email, role=role, by=membership(by), actor=user_actor(by), now=now)


def key_in_mail(run_outbox) -> str:
    run_outbox(now=NOW)
    return re.search(r"/account/invitations/([\w-]+)/", str(mail.outbox[-1].body))[1]


def accept(key: str, person: User, now: dt.datetime = NOW) -> Membership:
    return flows.accept(key, person=person, actor=user_actor(person), now=now)


def change(member: User, role: str, by: User) -> Membership:
    return teams.change_role(membership(member), role, by=membership(by), actor=user_actor(by), now=NOW)


def remove(member: User, by: User) -> None:
    flows.remove(membership(member), by=membership(by), actor=user_actor(by), now=NOW)


@pytest.fixture
def bruno(bruno: User) -> User:
    """Bruno, who has proved his address."""
    bruno.email_verified_at = NOW
    bruno.save()
    return bruno


@pytest.fixture
def manager(house) -> User:
    user = User.objects.create_user("max@foyer.example", "opening-night", name="Max Gruber")
    Membership.objects.create(user=user, organizer=house.organizer, role=Role.MANAGER)
    return user


def test_an_invitation_is_mailed_and_joins_once(olga, house, bruno, amina, run_outbox):
    invitation = invite(olga, "Bruno@Foyer.example ")
    assert (invitation.email, invitation.expires_at) == ("bruno@foyer.example", NOW + WEEK)
    key = key_in_mail(run_outbox)
    assert mail.outbox[-1].to == ["bruno@foyer.example"]
    assert key not in str(Invitation.objects.values())
    joined = accept(key, bruno)
    assert (joined.house, joined.role, joined.joined_at) == (house.organizer, Role.CLERK, NOW)
    with pytest.raises(teams.InvitationOver):
        accept(key, amina)
    assert Membership.objects.filter(user=amina).count() == 0
    assert [notice.words["name"] for notice in Notification.objects.filter(user=olga)] == ["Bruno Keller"]


def test_an_invitation_is_taken_by_nobody_but_whose_proved_address_it_went_to(olga, bruno, amina, run_outbox):
    invite(olga, amina.email)
    key = key_in_mail(run_outbox)
    with pytest.raises(teams.ForSomebodyElse) as refused:
        accept(key, bruno)
    assert str(refused.value).startswith("This invitation went to a···@foyer.example.")
    with pytest.raises(teams.AddressUnproved):
        accept(key, amina)
    assert Membership.objects.filter(user__in=[amina, bruno]).count() == 0
    User.objects.filter(pk=amina.pk).update(email_verified_at=NOW)
    assert accept(key, amina).user == amina


@pytest.mark.parametrize("what", ["removed", "made a clerk", "made no owner", "erased"])
def test_who_may_invite_no_longer_has_invited_nobody(olga, manager, bruno, run_outbox, what):
    role = Role.OWNER if what == "made no owner" else Role.CLERK
    change(manager, Role.OWNER if what == "made no owner" else Role.MANAGER, olga)
    invite(manager, bruno.email, role)
    key = key_in_mail(run_outbox)
    kept = invite(olga, "nora@foyer.example")
    if what == "removed":
        remove(manager, olga)
    elif what == "erased":
        erase(user=manager, actor=user_actor(manager), now=NOW)
    else:
        change(manager, Role.MANAGER if what == "made no owner" else Role.CLERK, olga)
    with pytest.raises(teams.InvitationOver):
        accept(key, bruno)
    assert Membership.objects.filter(user=bruno).count() == 0
    assert list(Invitation.objects.filter(withdrawn_at=None)) == [kept]


def test_a_manager_who_is_made_an_owner_has_still_invited(olga, manager, bruno, run_outbox):
    invite(manager, bruno.email)
    change(manager, Role.OWNER, olga)
    assert accept(key_in_mail(run_outbox), bruno).role == Role.CLERK


def joined_told() -> list[str]:
    return [notice.user.email for notice in Notification.objects.filter(kind="team_joined").order_by("pk")]


def test_the_owners_are_told_who_joins_when_the_inviter_is_gone(olga, manager, bruno, run_outbox):
    invite(manager, bruno.email)
    Membership.objects.filter(user=manager).update(role=Role.CLERK)  # as it was before that withdrew anything
    accept(key_in_mail(run_outbox), bruno)
    assert joined_told() == [olga.email]


def test_who_mailed_it_again_is_told_who_joins(olga, manager, bruno, run_outbox):
    later = NOW + dt.timedelta(minutes=2)
    invitation = invite(olga, bruno.email)
    flows.invite_again(invitation, by=membership(manager), actor=user_actor(manager), now=later)
    run_outbox(now=later)
    accept(re.search(r"/account/invitations/([\w-]+)/", str(mail.outbox[-1].body))[1], bruno, now=later)
    assert joined_told() == [manager.email]


@pytest.mark.parametrize("what", ["withdrawn", "too old", "mailed again", "asked again"])
def test_an_invitation_that_is_over_opens_nothing(olga, bruno, run_outbox, what):
    invitation = invite(olga)
    key, now = key_in_mail(run_outbox), NOW + dt.timedelta(minutes=2)
    if what == "withdrawn":
        teams.withdraw(invitation, by=membership(olga), actor=user_actor(olga), now=now)
    elif what == "too old":
        now = NOW + WEEK
    elif what == "mailed again":
        flows.invite_again(invitation, by=membership(olga), actor=user_actor(olga), now=now)
    else:
        invite(olga, now=now)
    with pytest.raises(teams.InvitationOver):
        accept(key, bruno, now=now)
    assert Membership.objects.filter(user=bruno).count() == 0


def test_inviting_again_waits_a_minute_and_revives_an_old_one(olga, bruno, run_outbox):
    invitation = invite(olga, bruno.email)
    with pytest.raises(TooOften):
        flows.invite_again(invitation, by=membership(olga), actor=user_actor(olga), now=NOW + dt.timedelta(seconds=59))
    later = NOW + 2 * WEEK
    flows.invite_again(invitation, by=membership(olga), actor=user_actor(olga), now=later)
    run_outbox(now=later)
    key = re.search(r"/account/invitations/([\w-]+)/", str(mail.outbox[-1].body))[1]
    assert accept(key, bruno, now=later).role == Role.CLERK


def test_invitations_are_limited_by_the_hour(olga):
    for number in range(30):
        invite(olga, f"nora{number}@foyer.example")
    with pytest.raises(TooOften) as refused:
        invite(olga)
    assert refused.value.retry_after == 3601
    assert Invitation.objects.count() == 30


@pytest.mark.parametrize("role", ["emperor", Role.COUNTER, ""])
def test_a_role_that_the_house_does_not_know_is_refused(olga, otto, role):
    with pytest.raises(teams.NoSuchRole):
        invite(olga, role=role)
    with pytest.raises(teams.NoSuchRole):
        change(otto, role, olga)
    assert (Invitation.objects.count(), membership(otto).role) == (0, Role.CLERK)


def test_only_an_owner_makes_changes_and_removes_owners(olga, otto, manager):
    for forbidden in (
        lambda: invite(manager, role=Role.OWNER),
        lambda: change(otto, Role.OWNER, manager),
        lambda: change(olga, Role.CLERK, manager),
        lambda: remove(olga, manager),
        lambda: change(manager, Role.OWNER, manager),
    ):
        with pytest.raises(teams.NotAllowed):
            forbidden()
    assert [membership(one).role for one in (olga, otto, manager)] == [Role.OWNER, Role.CLERK, Role.MANAGER]
    assert change(otto, Role.ACCOUNTANT, manager).role == Role.ACCOUNTANT
    assert change(otto, Role.OWNER, olga).role == Role.OWNER


@pytest.mark.parametrize("name", ["otto", "gus"])
def test_who_may_not_manage_the_team_cannot_by_the_action_either(olga, request, name):
    who = request.getfixturevalue(name)
    for forbidden in (lambda: invite(who), lambda: remove(who, who), lambda: change(who, Role.MANAGER, who)):
        with pytest.raises(teams.NotAllowed):
            forbidden()
    assert (Invitation.objects.count(), Membership.objects.count()) == (0, 2)


def test_the_last_owner_stays(olga, otto):
    for refused in (lambda: remove(olga, olga), lambda: change(olga, Role.MANAGER, olga)):
        with pytest.raises(teams.LastOwner):
            refused()
    assert membership(olga).role == Role.OWNER
    change(otto, Role.OWNER, olga)
    assert change(olga, Role.MANAGER, otto).role == Role.MANAGER


def test_members_of_another_house_are_not_there(olga, mei):
    for refused in (lambda: change(mei, Role.MANAGER, olga), lambda: remove(mei, olga)):
        with pytest.raises(Missing):
            refused()
    assert membership(mei).role == Role.OWNER


def test_who_was_removed_a_moment_ago_can_do_nothing_more(olga, otto, manager):
    by = membership(manager)
    remove(manager, olga)
    with pytest.raises(teams.NotAllowed):
        teams.remove(membership(otto), by=by, actor=user_actor(manager), now=NOW)
    assert membership(otto).role == Role.CLERK


def test_removing_ends_every_session(olga, otto, client):
    client.force_login(otto)
    remove(otto, olga)
    assert client.get("/account/security/").status_code == 302
    otto.refresh_from_db()
    client.force_login(otto)
    assert client.get("/account/security/").status_code == 200


def test_everything_is_in_the_log_with_before_and_after(olga, otto, house):
    invite(olga)
    change(otto, Role.SUPERVISOR, olga)
    remove(otto, olga)
    told = Record.objects.filter(action__startswith="team.").order_by("pk")
    assert [(one.action, one.organizer_id, one.actor_user_id) for one in told] == [
        (action, house.organizer.pk, olga.pk) for action in ("team.invited", "team.role_changed", "team.removed")
    ]
    assert [one.data.get("changes") for one in told] == [
        None,
        {"role": ["clerk", "supervisor"]},
        {"role": ["supervisor", None]},
    ]


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_at_the_same_moment_leave_one(olga, otto):
    change(otto, Role.OWNER, olga)
    pairs, refused = [(membership(olga), membership(otto)), (membership(otto), membership(olga))], []
    start = threading.Barrier(2)

    def strike(member: Membership, by: Membership) -> None:
        start.wait()
        try:
            teams.remove(member, by=by, actor=user_actor(by.user), now=NOW)
        except Refusal as refusal:
            refused.append(type(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=strike, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == [teams.NotAllowed]
    assert Membership.objects.filter(role=Role.OWNER).count() == 1


def test_a_house_gets_its_first_owner_by_a_command(house, bruno, run_outbox):
    call_command("invite_owner", "lichtspiele", bruno.email, stdout=StringIO())
    run_outbox()
    key = re.search(r"/account/invitations/([\w-]+)/", str(mail.outbox[-1].body))[1]
    assert accept(key, bruno).role == Role.OWNER
    for wrong in (("nowhere", "x@foyer.example"), ("lichtspiele", bruno.email)):
        with pytest.raises(CommandError):
            call_command("invite_owner", *wrong)
    assert Invitation.objects.count() == 1


def test_a_lost_app_is_taken_off_by_a_command_and_every_session_ends(olga, client):
    """AC3: by whoever runs Foyer and knows who asks; then a sent code, and a new app."""
    offered = second_factor.offer(olga)
    typed = shown_by_app(offered.text, now=NOW)
    second_factor.set_up(olga, sealed=offered.sealed, typed=typed, actor=user_actor(olga), now=NOW)
    client.force_login(olga)
    with pytest.raises(CommandError):
        call_command("take_app_off", "nobody@foyer.example")
    assert second_factor.app_of(olga) is not None
    call_command("take_app_off", olga.email, stdout=StringIO())
    assert second_factor.app_of(olga) is None
    assert client.get("/account/security/").status_code == 302
    assert Record.objects.filter(action="account.second_factor_taken_off").count() == 1
