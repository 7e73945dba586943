"""The team of a house, the same behind the organizers' and the merchants' door; and joining one (AC9)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.accounts.actions import teams as actions
from core.accounts.addresses import veiled
from core.accounts.models import Invitation, Membership
from core.accounts.roles import Door, May
from core.flows import teams as flows
from core.kernel.errors import Refusal
from portals.access import by_key, merchants, organizers
from portals.account.team_forms import InvitationForm, RoleForm
from portals.doors import STAFF, entrance_of
from portals.people import actor_of
from portals.refusal_status import status_of

GUARDS = {Door.ORGANIZER: organizers, Door.MERCHANT: merchants}


def team_patterns(door: Door) -> list[URLPattern]:
    """The addresses of the team behind a door."""
    guard = GUARDS[door](May.MANAGE_TEAM)
    invitations = "team/invitations/<int:invitation_id>/"
    return [
        path("team/", guard(team), name="team"),
        path("team/<int:member_id>/", guard(member), name="member"),
        path("team/<int:member_id>/removal/", guard(member_removal), name="member_removal"),
        path(f"{invitations}resending/", guard(invitation_resending), name="invitation_resending"),
        path(f"{invitations}withdrawal/", guard(invitation_withdrawal), name="invitation_withdrawal"),
    ]


@never_cache
@require_http_methods(["GET", "POST"])
def team(request: Any) -> HttpResponse:
    """Who works here, who is invited, and inviting somebody."""
    by, now = request.membership, timezone.now()
    form = InvitationForm(request.POST or None, by=by)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                flows.invite(**form.cleaned_data, by=by, actor=actor_of(request), now=now)
            except Refusal as refusal:
                status = _say(form, refusal)
            else:
                messages.success(request, _("An invitation is on its way to %(email)s.") % form.cleaned_data)
                return redirect(_team(request))
    members = by.house.memberships.select_related("user").order_by("user__name", "user__email")
    context = {"form": form, "members": members, "invitations": actions.waiting_invitations(by.house), "now": now}
    return render(request, "account/team.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def member(request: Any, member_id: int) -> HttpResponse:
    """One member: the role, and what it allows."""
    found = _member(request, member_id)
    form = RoleForm(request.POST or None, by=request.membership, initial={"role": found.role})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.change_role(found, **form.cleaned_data, by=request.membership, actor=actor_of(request),
                                    now=timezone.now())  # fmt: skip
            except Refusal as refusal:
                status = _say(form, refusal)
            else:
                messages.success(request, _("The role is changed."))
                return redirect(_team(request))
    return render(request, "account/member.html", {"form": form, "member": found}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def member_removal(request: Any, member_id: int) -> HttpResponse:
    """Out of the team, after being asked once more."""
    found = _member(request, member_id)
    if request.method == "POST":
        flows.remove(found, by=request.membership, actor=actor_of(request), now=timezone.now())
        messages.success(request, _("%(name)s is out of the team, and logged out.") % {"name": found.user})
        return redirect(_team(request))
    return render(request, "account/member_removal.html", {"member": found})


@require_POST
def invitation_resending(request: Any, invitation_id: int) -> HttpResponse:
    """Mail it once more."""
    found = _invitation(request, invitation_id)
    flows.invite_again(found, by=request.membership, actor=actor_of(request), now=timezone.now())
    messages.success(request, _("The invitation is mailed again; the link before it is good no more."))
    return redirect(_team(request))


@require_POST
def invitation_withdrawal(request: Any, invitation_id: int) -> HttpResponse:
    """It opens nothing any more."""
    found = _invitation(request, invitation_id)
    actions.withdraw(found, by=request.membership, actor=actor_of(request), now=timezone.now())
    messages.success(request, _("The invitation is withdrawn."))
    return redirect(_team(request))


@by_key
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """Join a team: logged in as whom it went to with one click, else after logging in or registering."""
    now = timezone.now()
    found = actions.find_invitation(key, now=now)
    context = {"invitation": found, "house": found.house, "veiled": veiled(found.email)}
    if request.user.is_authenticated:
        try:
            actions.refuse_others(found, request.user)
        except Refusal as refusal:
            context["refusal"] = refusal
            return render(request, "account/invitation.html", context, status=status_of(refusal))
        if request.method == "POST":
            joined = flows.accept(key, person=request.user, actor=actor_of(request), now=now)
            messages.success(request, _("You are in the team of %(house)s.") % {"house": joined.house})
            return redirect(_first_door(joined).home_url)
    return render(request, "account/invitation.html", context)


def _first_door(joined: Membership) -> Any:
    return next(STAFF[door] for door in Door if door in joined.powers.doors)


def _team(request: HttpRequest) -> str:
    return f"{entrance_of(request).key}:team"


def _member(request: Any, member_id: int) -> Membership:
    return get_object_or_404(request.membership.house.memberships.select_related("user"), pk=member_id)


def _invitation(request: Any, invitation_id: int) -> Invitation:
    waiting = request.membership.house.invitations.filter(accepted_at=None, withdrawn_at=None)
    return get_object_or_404(waiting, pk=invitation_id)


def _say(form: Any, refusal: Refusal) -> int:
    """Put what was refused into the form; the status that fits."""
    form.add_error(None, str(refusal))
    return status_of(refusal)
