"""Logging in, the same behind every door (AC2)."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.kernel.errors import Refusal
from portals.access import open_to_all
from portals.account.answering import draw_form
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
    refusal = None
    if request.method == "POST":
        come_by(request, door)
        try:
            if form.is_valid():
                led: HttpResponse = form.login(request, redirect_url=wanted or None)
                return led
        except Refusal as refused:
            refusal = refused
    return draw_form(request, "account/login.html", form, refusal=refusal, next=wanted)
