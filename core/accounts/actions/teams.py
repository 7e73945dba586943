"""Who works for a house, an organizer or a merchant: invited, joined, given another role, removed (AC9).

Changes to one team wait for each other by name, so that two owners cannot remove one another at the same moment.
"""

import datetime as dt
import hashlib
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.accounts.actions.living import lock_living
from core.accounts.actions.sessions import void_sessions
from core.accounts.addresses import normalise_email, veiled
from core.accounts.models import Invitation, Membership, Merchant, Organizer, Role, User
from core.accounts.roles import May, roles_for
from core.audit import actions as audit
from core.kernel.actor import Actor
from core.kernel.codes import access_key
from core.kernel.errors import Conflict, Missing, Refusal, TooOften
from core.kernel.locks import lock_name

House = Organizer | Merchant
INVITATION_LIFE = dt.timedelta(days=7)
RESEND_PAUSE = dt.timedelta(minutes=1)
MOST_PER_HOUR = 30
HOUR = dt.timedelta(hours=1)


class NotAllowed(Refusal):
    """The role of who asks does not go so far."""

    kind = "forbidden"

    def __init__(self) -> None:
        super().__init__(_("Only an owner can make somebody an owner, or change what an owner is."))


class NoSuchRole(Refusal):
    """The house knows no such role."""

    def __init__(self) -> None:
        super().__init__(_("Choose one of the roles."))


class LastOwner(Conflict):
    """A house without an owner would belong to nobody."""

    def __init__(self) -> None:
        super().__init__(_("This is the only owner. Make somebody else an owner first."))


class AlreadyInTeam(Conflict):
    """The person works there."""

    def __init__(self) -> None:
        super().__init__(_("This person is in the team already."))


class InvitationOver(Missing):
    """Used, withdrawn, too old, or never there: which of them is not said."""

    def __init__(self) -> None:
        super().__init__(_("This invitation is no longer good. Ask for a new one."))


class ForSomebodyElse(Refusal):
    """It went to another address than that of whoever holds the link now."""

    kind = "forbidden"

    def __init__(self, destination: str) -> None:
        words = _("This invitation went to %(address)s. Only whoever has that address can take it.")
        super().__init__(words % {"address": veiled(destination)})


class AddressUnproved(Conflict):
    """The address fits, but anybody could have typed it into their account."""

    def __init__(self) -> None:
        super().__init__(_("Confirm your email address first; then open the invitation again."))


@transaction.atomic
def invite(
    house: House, *, email: str, role: str, by: Membership | None, actor: Actor, now: dt.datetime
) -> tuple[Invitation, str]:
    """Ask somebody to join; the invitation, and the key that goes into the mail and is kept nowhere.

    `by` is the member who asks; None is the platform, which asks a house's first owner. An earlier invitation to the
    same address ends. Raises NotAllowed, NoSuchRole, AlreadyInTeam, TooOften.
    """
    _lock(house)
    email = normalise_email(email)
    if by is not None:
        _check(by, house, role)
    if house.memberships.filter(user__email=email).exists():
        raise AlreadyInTeam
    recent = house.invitations.filter(created_at__gt=now - HOUR).order_by("-created_at")
    if recent.count() >= MOST_PER_HOUR:
        raise _wait(recent[MOST_PER_HOUR - 1].created_at + HOUR - now)
    house.invitations.filter(email=email, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
    key = access_key()
    invitation = Invitation.objects.create(
        **_of(house), email=email, role=role, key_digest=_digest(key), invited_by_id=actor.user_id,
        created_at=now, expires_at=now + INVITATION_LIFE,
    )  # fmt: skip
    _record("team.invited", invitation, actor=actor, now=now, email=email, role=role)
    return invitation, key


@transaction.atomic
def renew_invitation(invitation: Invitation, *, by: Membership, actor: Actor, now: dt.datetime) -> str:
    """A new key for an invitation, good for seven days again; the one before opens nothing any more.

    Whoever sends it again is the one who invites from now on.
    """
    _lock(by.house)
    found = _waiting_one(invitation, by.house)
    _check(by, by.house, found.role)
    sent = found.expires_at - INVITATION_LIFE
    if now - sent < RESEND_PAUSE:
        raise _wait(sent + RESEND_PAUSE - now)
    key = access_key()
    found.key_digest, found.expires_at = _digest(key), now + INVITATION_LIFE
    found.invited_by_id = actor.user_id
    found.save(update_fields=["key_digest", "expires_at", "invited_by"])
    _record("team.invited_again", found, actor=actor, now=now, email=found.email)
    return key


@transaction.atomic
def withdraw(invitation: Invitation, *, by: Membership, actor: Actor, now: dt.datetime) -> None:
    """It opens nothing any more."""
    _lock(by.house)
    found = _waiting_one(invitation, by.house)
    found.withdrawn_at = now
    found.save(update_fields=["withdrawn_at"])
    _record("team.invitation_withdrawn", found, actor=actor, now=now, email=found.email)


def find_invitation(key: str, *, now: dt.datetime) -> Invitation:
    """The invitation that this key opens. Raises InvitationOver."""
    found = Invitation.objects.filter(key_digest=_digest(key), accepted_at=None, withdrawn_at=None, expires_at__gt=now)
    invitation = found.select_related("organizer", "merchant", "invited_by").first()
    if invitation is None:
        raise InvitationOver
    return invitation


def refuse_others(invitation: Invitation, person: User) -> None:
    """Raise ForSomebodyElse or AddressUnproved unless the person has proved that the invited address is theirs."""
    if person.shown_email != invitation.email:
        raise ForSomebodyElse(invitation.email)
    if person.email != invitation.email or person.email_verified_at is None:
        raise AddressUnproved


@transaction.atomic
def accept(key: str, *, person: User, actor: Actor, now: dt.datetime) -> Membership:
    """Join the team, once. Raises InvitationOver, ForSomebodyElse, AddressUnproved, AlreadyInTeam."""
    house = find_invitation(key, now=now).house
    _lock(house)
    invitation = find_invitation(key, now=now)
    refuse_others(invitation, lock_living(person))
    if house.memberships.filter(user=person).exists():
        raise AlreadyInTeam
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    joined = Membership.objects.create(user=person, role=invitation.role, joined_at=now, **_of(house))
    _record("team.joined", joined, actor=actor, now=now, role=joined.role, invitation=invitation.pk)
    return joined


@transaction.atomic
def change_role(member: Membership, role: str, *, by: Membership, actor: Actor, now: dt.datetime) -> Membership:
    """Another role. Raises NotAllowed, NoSuchRole, LastOwner; and Missing for somebody of another house."""
    found = _member(member, by, role)
    before = found.role
    if before == Role.OWNER and role != Role.OWNER:
        _keep_an_owner(found)
    if role != before:
        found.role = role
        found.save(update_fields=["role"])
        changed = {"before": {"role": before}, "after": {"role": role}}
        _record("team.role_changed", found, actor=actor, now=now, person=found.user_id, **changed)
        may = givable_roles(found) if May.MANAGE_TEAM in found.powers.may else []
        _withdraw_of(found, keeping=may, actor=actor, now=now)
    return found


@transaction.atomic
def remove(member: Membership, *, by: Membership, actor: Actor, now: dt.datetime) -> User:
    """Out of the team, and out of every session. Raises NotAllowed, LastOwner; Missing for another house's."""
    found = _member(member, by, member.role)
    if found.role == Role.OWNER:
        _keep_an_owner(found)
    person = found.user
    _record("team.removed", found, actor=actor, now=now, person=person.pk, before={"role": found.role}, after={})
    _withdraw_of(found, keeping=[], actor=actor, now=now)
    found.delete()
    void_sessions(person)
    return person


def givable_roles(by: Membership) -> list[str]:
    """The roles that this member may give: an owner any, others any but owner."""
    every = roles_for(merchant=by.merchant_id is not None)
    return [role for role in every if role != Role.OWNER or by.role == Role.OWNER]


def waiting_invitations(house: House) -> list[Invitation]:
    """Those without an answer, newest first; some may be too old by now."""
    waiting = house.invitations.filter(accepted_at=None, withdrawn_at=None)
    return list(waiting.select_related("invited_by").order_by("-created_at"))


def who_is_told(invitation: Invitation) -> list[User]:
    """Whom it concerns that somebody took it: who invited, while they may manage the team; else the owners."""
    working = invitation.house.memberships.filter(user__is_active=True).select_related("user")
    by = working.filter(user=invitation.invited_by_id).first()
    if by is not None and May.MANAGE_TEAM in by.powers.may:
        return [by.user]
    return [one.user for one in working.filter(role=Role.OWNER).order_by("pk")]


def _withdraw_of(member: Membership, *, keeping: list[str], actor: Actor, now: dt.datetime) -> None:
    """What somebody has invited to, and may give no longer, opens nothing any more."""
    waiting = member.house.invitations.filter(invited_by=member.user_id, accepted_at=None, withdrawn_at=None)
    for one in waiting.exclude(role__in=keeping).order_by("pk"):
        one.withdrawn_at = now
        one.save(update_fields=["withdrawn_at"])
        _record("team.invitation_withdrawn", one, actor=actor, now=now, email=one.email)


def _member(member: Membership, by: Membership, role: str) -> Membership:
    """The member as they are now, if `by` may make them `role`."""
    _lock(by.house)
    found = by.house.memberships.select_related("user").filter(pk=member.pk).first()
    if found is None:
        raise Missing(_("There is nobody like that in this team."))
    _check(by, by.house, role)
    if found.role == Role.OWNER:
        _check(by, by.house, Role.OWNER)
    return found


def _check(by: Membership, house: House, role: str) -> None:
    """Whether the acting member, as they are now and not as their page was drawn, may give this role here."""
    now_is = house.memberships.filter(pk=by.pk).first()
    if now_is is None or May.MANAGE_TEAM not in now_is.powers.may:
        raise NotAllowed
    if role not in roles_for(merchant=isinstance(house, Merchant)):
        raise NoSuchRole
    if role not in givable_roles(now_is):
        raise NotAllowed


def _keep_an_owner(member: Membership) -> None:
    if not member.house.memberships.filter(role=Role.OWNER).exclude(pk=member.pk).exists():
        raise LastOwner


def _waiting_one(invitation: Invitation, house: House) -> Invitation:
    """One without an answer; too old ones can be renewed."""
    found = house.invitations.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).first()
    if found is None:
        raise InvitationOver
    return found


def _lock(house: House) -> None:
    lock_name(f"team:{house._meta.model_name}:{house.pk}")


def _of(house: House) -> dict[str, House]:
    return {"merchant" if isinstance(house, Merchant) else "organizer": house}


def _record(action: str, about: Invitation | Membership, *, actor: Actor, now: dt.datetime, **data: Any) -> None:
    audit.record(action, about, actor=actor, now=now, organizer_id=about.organizer_id, **data)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _wait(left: dt.timedelta) -> TooOften:
    seconds = int(left.total_seconds()) + 1
    return TooOften(_("Invitations were sent a moment ago. Try again in a few minutes."), retry_after=seconds)
