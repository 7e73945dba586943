"""Every view says who may enter; the start-up check fails if one does not."""

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from core.accounts.models import User
from core.accounts.roles import Door, May
from portals.doors import CUSTOMER, STAFF

View = Callable[..., HttpResponse]
SECOND_STEP_KEY = "second_step"
BY_APP = {"totp", "recovery"}


def open_to_all(view: View) -> View:
    """Anybody may enter, logged in or not."""
    view.entry = "all"  # type: ignore[attr-defined]
    return view


def logged_in(view: View) -> View:
    """A person with a login; others are sent to the log-in page and come back."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return _lead(request, redirect_to_login(_return_path(request)).url)
        return view(request, *args, **kwargs)

    guarded.entry = "logged in"  # type: ignore[attr-defined]
    return guarded


def administrators(view: View) -> View:
    """Administrators who have proved it by their app; for everybody else there is no such page."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (request.user.is_authenticated and request.user.is_staff):
            raise Http404
        return step_missing(request, needs_app=True) or view(request, *args, **kwargs)

    guarded.entry = "administrators"  # type: ignore[attr-defined]
    return guarded


def by_key(view: View) -> View:
    """Whoever has the unguessable key in the URL, or owns the thing: the view's own query decides."""
    view.entry = "by key"  # type: ignore[attr-defined]
    return view


def organizers(*needed: May) -> Callable[[View], View]:
    """Who works for an organizer, in a role that allows all of `needed`. `request.organizer` says for which."""
    return _staff(Door.ORGANIZER, needed)


def merchants(*needed: May) -> Callable[[View], View]:
    """Who works for a merchant, in a role that allows all of `needed`. `request.merchant` says for which."""
    return _staff(Door.MERCHANT, needed)


def ushers(*needed: May) -> Callable[[View], View]:
    """Who may scan at the door, in a role that allows all of `needed`. `request.usher` is their membership."""
    return _staff(Door.CHECKIN, needed)


def staff_without_house(door: Door) -> Callable[[View], View]:
    """Who may enter by this door, whether or not they have said yet for which house."""
    return _staff(door, (), chosen=False)


def _staff(door: Door, needed: tuple[May, ...], *, chosen: bool = True) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            answer = _refused(request, door, needed, chosen=chosen)
            return answer or view(request, *args, **kwargs)

        guarded.entry = f"{door}: {', '.join(needed) or 'all'}"  # type: ignore[attr-defined]
        return guarded

    return decorate


def _refused(request: Any, door: Door, needed: tuple[May, ...], *, chosen: bool) -> HttpResponse | None:
    """Where somebody is sent who may not go on; None for who may."""
    if not request.user.is_authenticated:
        return _lead(request, f"{reverse(STAFF[door].login)}?{_back(request)}")
    if not request.memberships:
        return wrong_door(request, door)
    asks = [request.membership] if request.membership else request.memberships
    missing = step_missing(request, needs_app=any(one.powers.needs_totp for one in asks))
    if missing:
        return missing
    if chosen and request.membership is None:
        return _lead(request, f"{reverse(STAFF[door].pages['houses'])}?{_back(request)}")
    if not request.may.issuperset(needed) and chosen:
        return render(request, "refusals/roles/role.html", {"role": request.membership.get_role_display()}, status=403)
    return None


def wrong_door(request: Any, door: Door) -> HttpResponse:
    """The person works behind other doors, or none: say which are open to them."""
    works = {one for membership in request.every_membership for one in membership.powers.doors}
    context = {"tried": STAFF[door], "open": [*(STAFF[one] for one in Door if one in works), CUSTOMER]}
    return render(request, "refusals/doors/door.html", context, status=403)


def second_step_done(request: HttpRequest) -> bool:
    """Whether the person at the screen has done the second step of their login in this session."""
    return bool(_step(request))


def proved_by_app(request: HttpRequest) -> bool:
    """Whether it was done by their app or a recovery code, not by a code that was sent."""
    return _step(request) in BY_APP


def note_second_step(request: HttpRequest, user: User, how: str) -> None:
    """Keep in the session that this person has done the second step, and how."""
    request.session[SECOND_STEP_KEY] = {"user": user.pk, "how": how}


def _step(request: HttpRequest) -> str:
    if not request.user.is_authenticated:
        return ""
    kept = request.session.get(SECOND_STEP_KEY, {})
    return str(kept["how"]) if kept and kept["user"] == request.user.pk else ""


def step_missing(request: HttpRequest, *, needs_app: bool) -> HttpResponse | None:
    """Where the second step is done, or the app set up without which nothing opens; None if that is behind them."""
    if not second_step_done(request):
        return _lead(request, f"{reverse('account_second_step')}?{_back(request)}")
    if needs_app and not proved_by_app(request):
        return _lead(request, f"{reverse('account_app')}?{_back(request)}")
    return None


def _return_path(request: Any) -> str:
    """Where somebody comes back to: from a part of a page to the page, which its address bar says."""
    whole: str = (request.htmx and request.htmx.current_url_abs_path) or request.get_full_path()
    return whole


def _back(request: HttpRequest) -> str:
    return urlencode({"next": request.get_full_path() if request.method == "GET" else request.path})


def _lead(request: Any, address: str) -> HttpResponse:
    """There, also from a part of a page."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)
