"""Every view says who may enter; the start-up check fails if one does not."""

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

View = Callable[..., HttpResponse]
# In the session: the id of the user who has done the second step of this login.
SECOND_STEP_KEY = "second_step"


def second_step_done(request: HttpRequest) -> bool:
    """Whether this login was proved by a second factor: a device of django-otp, or what the session says."""
    if not request.user.is_authenticated:
        return False
    return request.session.get(SECOND_STEP_KEY) == request.user.pk or request.user.is_verified()


def open_to_all(view: View) -> View:
    """Anybody may enter, logged in or not."""
    view.entry = "all"  # type: ignore[attr-defined]
    return view


def logged_in(view: View) -> View:
    """A person with a login; others are sent to the log-in page and come back."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    guarded.entry = "logged in"  # type: ignore[attr-defined]
    return guarded


def administrators(view: View) -> View:
    """Administrators; for everybody else there is no such page."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (request.user.is_authenticated and request.user.is_staff):
            raise Http404
        return view(request, *args, **kwargs)

    guarded.entry = "administrators"  # type: ignore[attr-defined]
    return guarded


def by_key(view: View) -> View:
    """Whoever has the unguessable key in the URL, or owns the thing: the view's own query decides."""
    view.entry = "by key"  # type: ignore[attr-defined]
    return view
