"""One's mail address and mobile number: another one is confirmed by a code that is sent to it (AC5)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.flows import contacts
from core.kernel.errors import Refusal
from portals.access import logged_in
from portals.account.answering import draw_form
from portals.account.code_step import CodePage, forget, remember, remembered, type_code
from portals.account.forms.credentials import EmailForm, MobileForm, PasswordForm
from portals.people import actor_of

EMAIL, MOBILE = "email", "mobile"


@logged_in
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def email(request: Any) -> HttpResponse:
    """The address, whether it is confirmed, and another one instead."""
    if "confirm" in request.POST and request.user.shown_email:
        return _confirm_own(request, EMAIL, request.user.shown_email)
    form = EmailForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        wanted = form.cleaned_data["email"]
        try:
            return _ask(request, EMAIL, wanted, form.cleaned_data["password"])
        except Refusal as refused:
            refusal = refused
    return draw_form(request, "account/email.html", form, refusal=refusal, field="password")


@logged_in
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def mobile(request: Any) -> HttpResponse:
    """The number, and another one instead."""
    if "confirm" in request.POST and request.user.mobile:
        return _confirm_own(request, MOBILE, str(request.user.mobile))
    form = MobileForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        try:
            return _ask(request, MOBILE, str(form.cleaned_data["mobile"]), form.cleaned_data["password"])
        except Refusal as refused:
            refusal = refused
    return draw_form(request, "account/mobile.html", form, refusal=refusal, field="password")


@logged_in
@never_cache
@require_http_methods(["GET", "POST"])
def email_code(request: Any) -> HttpResponse:
    """Take the code: the address is the person's."""
    said = _("Your address is confirmed.")
    return _type(request, EMAIL, _("Confirm your address"), said)


@logged_in
@never_cache
@require_http_methods(["GET", "POST"])
def mobile_code(request: Any) -> HttpResponse:
    """Take the code: the number is the person's."""
    said = _("Your number is confirmed.")
    return _type(request, MOBILE, _("Confirm your number"), said)


@logged_in
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def mobile_removal(request: Any) -> HttpResponse:
    """Go without a number."""
    if not request.user.mobile:
        return redirect("account_mobile")
    form = PasswordForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        try:
            password = form.cleaned_data["password"]
            contacts.remove_mobile(request.user, password, actor=actor_of(request), now=timezone.now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Your number is taken off your account."))
            return redirect("account_mobile")
    return draw_form(request, "account/mobile_removal.html", form, refusal=refusal, field="password")


def _ask(request: Any, story: str, wanted: str, password: str) -> HttpResponse:
    contacts.ask_change(request.user, wanted, password, actor=actor_of(request), now=timezone.now())
    remember(request, story, to=wanted)
    return redirect(f"account_{story}_code")


def _confirm_own(request: Any, story: str, own: str) -> HttpResponse:
    """A code to what is on the account and was never proved."""
    contacts.send_again(request.user, own, actor=actor_of(request), now=timezone.now())
    remember(request, story, to=own)
    return redirect(f"account_{story}_code")


def _type(request: Any, story: str, heading: str, done: str) -> HttpResponse:
    kept = remembered(request, story)
    if kept is None:
        return redirect(f"account_{story}")
    person, actor, now = request.user, actor_of(request), timezone.now()

    def take(code: str) -> HttpResponse:
        contacts.finish_change(person, kept["to"], code, actor=actor, now=now)
        forget(request, story)
        messages.success(request, done)
        return redirect(f"account_{story}")

    def again() -> None:
        contacts.send_again(person, kept["to"], actor=actor, now=now)

    page = CodePage.sent_to(kept["to"], heading, back=f"account_{story}", back_label=_("Leave it as it was"))
    return type_code(request, story, page, take=take, again=again)
