"""The second step of a login: nobody is logged in before it is done (AC3)."""

import contextlib
from dataclasses import dataclass
from typing import Any

from allauth.account.stages import LoginStage, LoginStageController
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.accounts import actions as accounts
from core.accounts.actions import second_factor
from core.accounts.addresses import is_mobile, veiled
from core.accounts.models import AuthenticatorApp, Code, User
from core.accounts.queries import code_waits
from core.accounts.refusals import CodeTooOften
from core.flows import security
from core.flows.codes import send_code
from core.kernel.errors import Refusal
from portals.access import note_second_step, open_to_all, second_step_done
from portals.account.security_forms import CodeForm, refuse
from portals.doors import entrance_of
from portals.leading import leading_on, next_address
from portals.people import actor_of

# By what a login was proved, beside the app and its recovery codes.
TEXT, MAIL = "text", "mail"
PAGE = "account/second_step.html"


class SecondStepStage(LoginStage):  # type: ignore[misc]
    """Stands between the password and the login."""

    key = "second_step"
    urlname = "account_second_step"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Let those through of whom none is asked; send a code to those who have no app."""
        person = self.login.user
        if person is None or not second_factor.needs_second_step(person):
            return None, True
        if second_factor.app_of(person) is None:
            with contextlib.suppress(CodeTooOften):  # the page says so, and from when on there can be another one
                _send(self.request, Asked(person, None, self))
        return redirect(self.urlname), True


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked for the second step: in the middle of a login, or logged in already (then there is no stage)."""

    person: User
    app: AuthenticatorApp | None
    stage: LoginStage | None

    @property
    def destination(self) -> str:
        """Where a code goes for who has no app: the mobile number if it is proved, else the mail address."""
        person = self.person
        return str(person.mobile) if person.mobile and person.mobile_verified_at else person.email


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The code of the app, a recovery code, or the code that was sent."""
    asked = _asked(request)
    if asked is None:
        return HttpResponseRedirect(next_address(request) or entrance_of(request).home_url)
    form = CodeForm(request.POST or None, with_app=asked.app is not None)
    if request.method == "POST" and form.is_valid():
        try:
            how = _prove(request, asked, form.cleaned_data["code"])
        except Refusal as refusal:
            return refuse(request, PAGE, _context(request, asked, form), refusal)
        return _go_on(request, asked, how)
    status = 422 if form.is_bound else 200
    context = _context(request, asked, form)
    if asked.app is None and not context["waits"]:
        context["refusal"] = _refusal(request, asked)
    return render(request, PAGE, context, status=status)


@open_to_all
@require_POST
def second_step_code(request: HttpRequest) -> HttpResponse:
    """Send a code, or another one."""
    asked, back = _asked(request), leading_on(request, reverse("account_second_step"))
    if asked is None or asked.app is not None:
        return redirect(back)
    try:
        _send(request, asked)
    except CodeTooOften as refusal:
        return refuse(request, PAGE, _context(request, asked, CodeForm(with_app=False)), refusal)
    messages.success(request, _("A code is on its way."))
    return redirect(back)


def _asked(request: HttpRequest) -> Asked | None:
    stage = LoginStageController.enter(request, SecondStepStage.key)
    person = stage.login.user if stage else request.user
    if person.is_anonymous or (stage is None and second_step_done(request)):
        return None
    if stage is None and not second_factor.needs_second_step(person):
        return None
    return Asked(person, second_factor.app_of(person), stage)


def _send(request: HttpRequest, asked: Asked) -> None:
    send_code(Code.Purpose.LOGIN, destination=asked.destination, actor=actor_of(request), now=timezone.now())


def _refusal(request: HttpRequest, asked: Asked) -> str:
    """Why no code can be sent now, and from when on; "" where one can."""
    try:
        accounts.check_limits(
            Code.Purpose.LOGIN, destination=asked.destination, actor=actor_of(request), now=timezone.now()
        )
    except CodeTooOften as refusal:
        return str(refusal)
    return ""


def _prove(request: HttpRequest, asked: Asked, typed: str) -> str:
    """How it was proved. Raises a Refusal if it was not."""
    actor, now = actor_of(request), timezone.now()
    if asked.app is not None:
        return security.prove_by_app(asked.person, typed, actor=actor, now=now)
    accounts.use_code(Code.Purpose.LOGIN, destination=asked.destination, plain=typed, actor=actor, now=now)
    return TEXT if is_mobile(asked.destination) else MAIL


def _go_on(request: HttpRequest, asked: Asked, how: str) -> HttpResponse:
    note_second_step(request, asked.person, how)
    if asked.stage is not None:
        finished: HttpResponse = asked.stage.exit()
        return finished
    return HttpResponseRedirect(next_address(request) or entrance_of(request).home_url)


def _context(request: HttpRequest, asked: Asked, form: CodeForm) -> dict[str, Any]:
    now, holder = timezone.now(), actor_of(request).holder
    waits = asked.app is None and code_waits(Code.Purpose.LOGIN, to=asked.destination, holder=holder, now=now)
    shown = {"by_mail": not is_mobile(asked.destination), "destination": veiled(asked.destination), "waits": waits}
    return {"form": form, "app": asked.app, "in_login": asked.stage is not None, "next": next_address(request), **shown}
