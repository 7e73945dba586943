"""Logging in, the same behind every door (AC2)."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.kernel.errors import TooOften
from portals.access import open_to_all
from portals.account.forms.login import LoginForm
from portals.doors import come_by, entrance_at
from portals.leading import next_address


@open_to_all
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Ask who it is; what follows (a second step, where it leads) is said by the adapter and its stages."""
    wanted, door = next_address(request), entrance_at(request.path)
    if request.user.is_authenticated:
        return HttpResponseRedirect(wanted or door.home_url)
    form = LoginForm(request.POST if request.method == "POST" else None, request=request)
    status, wait = 200, 0
    if request.method == "POST":
        come_by(request, door)
        try:
            if form.is_valid():
                led: HttpResponse = form.login(request, redirect_url=wanted or None)
                return led
            status = 422
        except TooOften as refusal:
            form.add_error(None, str(refusal))
            status, wait = 429, refusal.retry_after
    response = render(request, "account/login.html", {"form": form, "next": wanted}, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response
