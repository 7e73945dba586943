"""Who joins a team and who leaves it: done, and told to those whom it concerns."""

import datetime as dt

from django.db import transaction

from core.accounts.actions import teams
from core.accounts.models import Invitation, Membership, Role, User
from core.accounts.queries import find_person
from core.kernel.actor import Actor
from core.notifications import actions as notifications
from core.notifications import live
from core.notifications.links import invitation_link
from core.notifications.messages import seal_words


@transaction.atomic
def invite(*, email: str, role: str, by: Membership, actor: Actor, now: dt.datetime) -> Invitation:
    """Ask somebody by mail to join the house of `by`. Raises what `teams.invite` raises."""
    invitation, key = teams.invite(by.house, email=email, role=role, by=by, actor=actor, now=now)
    _mail(invitation, key, now=now)
    return invitation


@transaction.atomic
def invite_owner(house: teams.House, *, email: str, actor: Actor, now: dt.datetime) -> Invitation:
    """The platform asks somebody to own a house: how each house gets its first owner."""
    invitation, key = teams.invite(house, email=email, role=Role.OWNER, by=None, actor=actor, now=now)
    _mail(invitation, key, now=now)
    return invitation


@transaction.atomic
def invite_again(invitation: Invitation, *, by: Membership, actor: Actor, now: dt.datetime) -> None:
    """Mail it once more, with a new link. Raises what `teams.renew_invitation` raises."""
    _mail(invitation, teams.renew_invitation(invitation, by=by, actor=actor, now=now), now=now)


@transaction.atomic
def accept(key: str, *, person: User, actor: Actor, now: dt.datetime) -> Membership:
    """Join, and tell who had invited, or the owners. Raises what `teams.accept` raises."""
    invitation = teams.find_invitation(key, now=now)
    joined = teams.accept(key, person=person, actor=actor, now=now)
    for told in teams.who_is_told(invitation):
        if told == person:
            continue
        notifications.notify(
            "team_joined",
            user=told,
            once_key=f"joined:{joined.pk}:{told.pk}",
            now=now,
            name=str(person),
            house=str(joined.house),
            role=joined.role,
        )
    return joined


@transaction.atomic
def remove(member: Membership, *, by: Membership, actor: Actor, now: dt.datetime) -> None:
    """Out of the team and logged out everywhere, open pages too. Raises what `teams.remove` raises."""
    person = teams.remove(member, by=by, actor=actor, now=now)
    live.end_sessions(person.pk)


def _mail(invitation: Invitation, key: str, *, now: dt.datetime) -> None:
    notifications.notify(
        "team_invitation",
        user=find_person(invitation.email),
        to=invitation.email,
        about=f"invitation:{invitation.pk}",
        once_key=f"invitation:{invitation.pk}:{now.timestamp():.0f}",
        good_until=invitation.expires_at,
        now=now,
        house=str(invitation.house),
        role=invitation.role,
        sealed=seal_words(link=invitation_link(key)),
    )
