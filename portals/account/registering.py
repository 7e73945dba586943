"""Registering: who, then the code, and in (AC1)."""

from dataclasses import asdict

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.accounts.actions import Newcomer
from core.flows import registering
from core.kernel.errors import Refusal
from portals.access import open_to_all
from portals.account.answering import draw_form
from portals.account.code_step import CodePage, forget, remember, remembered, type_code
from portals.account.forms.registering import RegistrationForm
from portals.doors import entrance_of
from portals.leading import next_address
from portals.people import actor_of

STORY = "signup"


@open_to_all
@never_cache
@sensitive_post_parameters("new_password")
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Ask who it is, and send a code. The answer is the same for whoever has an account already."""
    wanted = next_address(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(wanted or entrance_of(request).home_url)
    form = RegistrationForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        newcomer = form.newcomer()
        try:
            registering.begin(newcomer, actor=actor_of(request), now=timezone.now())
        except Refusal as refused:
            refusal = refused
        else:
            remember(request, STORY, newcomer=asdict(newcomer), next=wanted)
            return redirect("account_signup_code")
    return draw_form(request, "account/signup.html", form, refusal=refusal, next=wanted)


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def register_code(request: HttpRequest) -> HttpResponse:
    """Take the code; there is an account, and its person is in."""
    kept = remembered(request, STORY)
    if kept is None or request.user.is_authenticated:
        return redirect("account_signup")
    newcomer, actor, now = Newcomer(**kept["newcomer"]), actor_of(request), timezone.now()

    def take(code: str) -> HttpResponse:
        person = registering.finish(newcomer, code, actor=actor, now=now)
        forget(request, STORY)
        led: HttpResponse = perform_login(request, person, signup=True, redirect_url=kept["next"] or None)
        return led

    def again() -> None:
        registering.begin(newcomer, actor=actor, now=now)

    return type_code(request, STORY, _page(newcomer), take=take, again=again)


def _page(newcomer: Newcomer) -> CodePage:
    heading = _("Confirm your number") if newcomer.mobile else _("Confirm your address")
    back = {"back": "account_signup", "back_label": _("Correct what I typed")}
    return CodePage.sent_to(newcomer.destination, heading, **back)
