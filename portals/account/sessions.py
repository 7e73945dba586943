"""Where a person is logged in, and ending that (AC2)."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.accounts import actions as accounts
from core.accounts.models import User
from core.flows import security as flows
from portals.access import logged_in
from portals.account.devices import device_of
from portals.people import actor_of, address_of

SEEN, SINCE = "seen", "since"
LATELY = dt.timedelta(minutes=10)
# How exact "last seen" is. Each time it moves on it costs a write; between, a request costs nothing.
SEEN_EVERY = dt.timedelta(minutes=10)

Handler = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True)
class Shown:
    """One session as the person sees it."""

    pk: int
    device: str
    address: str
    since: dt.datetime
    seen: dt.datetime
    is_this: bool


def last_seen(get_response: Handler) -> Handler:
    """Middleware: note now and then that a session is in use. Sessions that nobody opened by a login are left alone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.session.accessed and SEEN in request.session:
            _note(request)
        return response

    return middleware


def begin(request: HttpRequest) -> None:
    """From now on it is noted when this session is in use: called at the login."""
    request.session[SEEN] = request.session[SINCE] = timezone.now().timestamp()


def came_lately(request: HttpRequest) -> bool:
    """Whether the login was a few minutes ago, so that nobody needs to be asked again who it is."""
    return timezone.now().timestamp() - request.session.get(SINCE, 0) < LATELY.total_seconds()


def sessions_of(request: Any) -> list[Shown]:
    """The sessions of the person, this one first."""
    this = request.session.session_key
    living = sorted(_living(request.user), key=lambda one: (one.session_key != this, -one.last_seen_at.timestamp()))
    return [
        Shown(one.pk, device_of(one.user_agent), one.ip, one.created_at, one.last_seen_at, one.session_key == this)
        for one in living
    ]


def _living(user: User) -> list[UserSession]:
    """Those that would be let in: neither over, nor made void by a new password. The others go at the next login."""
    rows = list(UserSession.objects.filter(user=user))
    kept = Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=timezone.now())
    hashes = {one.session_key: one.get_decoded().get(HASH_SESSION_KEY) for one in kept}
    wanted = user.get_session_auth_hash()
    return [row for row in rows if hashes.get(row.session_key) == wanted]


@logged_in
@require_POST
def session_end(request: Any, session_id: int) -> HttpResponse:
    """Log out somewhere else."""
    found = get_object_or_404(UserSession, pk=session_id, user=request.user)
    found.end()
    flows.note_session_ended(request.user, actor=actor_of(request), now=timezone.now())
    messages.success(request, _("That session has ended."))
    return redirect("account_security")


@logged_in
@require_POST
def sessions_end(request: Any) -> HttpResponse:
    """Log out everywhere but here."""
    accounts.void_sessions(request.user)
    go_on_alone(request)
    flows.note_session_ended(request.user, actor=actor_of(request), now=timezone.now())
    messages.success(request, _("You are logged in here only."))
    return redirect("account_security")


def go_on_alone(request: Any) -> None:
    """After what made every session void: this one counts again, under a new key, and the others are gone."""
    mine = UserSession.objects.filter(user=request.user)
    this = mine.filter(session_key=request.session.session_key).first()
    update_session_auth_hash(request, request.user)
    if this:
        mine.exclude(pk=this.pk).delete()
        mine.update(session_key=request.session.session_key)


def _note(request: HttpRequest) -> None:
    now = timezone.now()
    if now.timestamp() - request.session[SEEN] < SEEN_EVERY.total_seconds():
        return
    request.session[SEEN] = now.timestamp()
    UserSession.objects.filter(session_key=request.session.session_key).update(
        last_seen_at=now, ip=address_of(request), user_agent=request.META.get("HTTP_USER_AGENT", "")[:200]
    )
