"""How a person's logins are proved, and what happened to their account (AC3)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.actions import second_factor
from core.audit.queries import security_events
from core.flows import security as flows
from core.kernel.errors import Refusal
from portals.access import logged_in, note_second_step, step_missing
from portals.account import shown_once
from portals.account.events import told
from portals.account.qr_drawing import draw_qr
from portals.account.security_forms import AppForm, AppWithProofForm, ProofForm, refuse
from portals.account.sessions import came_lately, sessions_of
from portals.leading import leading_on, next_address
from portals.people import actor_of

EVENTS_SHOWN = 20


@logged_in
@never_cache
@require_safe
def security(request: Any) -> HttpResponse:
    """The second step, the sessions, and what happened (AC2, AC3)."""
    app = second_factor.app_of(request.user)
    if app is not None and (missing := step_missing(request, needs_app=False)):
        return missing
    context = {
        "app": app,
        "codes_left": second_factor.codes_left(app) if app else 0,
        "needs_app": second_factor.needs_app(request.user),
        "needs_step": second_factor.needs_second_step(request.user),
        "sessions": sessions_of(request),
        "events": [told(record) for record in security_events(request.user.pk)[:EVENTS_SHOWN]],
    }
    return render(request, "account/security.html", context)


@logged_in
@never_cache
@require_http_methods(["GET", "POST"])
def app(request: Any) -> HttpResponse:
    """Set an app up, or another one instead: a QR code to be read, a code to prove it."""
    before = second_factor.app_of(request.user)
    staff = second_factor.needs_second_step(request.user)
    if staff and (missing := step_missing(request, needs_app=False)):
        return missing
    asks = before is not None or not came_lately(request)
    form = (AppWithProofForm if asks else AppForm)(request.POST or None)
    try:
        offer = second_factor.offer(request.user, sealed=request.POST.get("sealed", ""))
    except second_factor.WrongSecondStep:
        return redirect(leading_on(request, reverse("account_app")))
    context = {
        "form": form,
        "offer": offer,
        "qr": draw_qr(offer.address),
        "before": before,
        "next": next_address(request),
    }
    if request.method == "POST" and form.is_valid():
        try:
            _set_up(request, form.cleaned_data)
        except Refusal as refusal:
            return refuse(request, "account/app.html", context | {"refused_field": _field(refusal)}, refusal)
        return redirect(leading_on(request, reverse("account_recovery_codes")))
    return render(request, "account/app.html", context, status=422 if form.is_bound else 200)


def _set_up(request: Any, data: dict[str, str]) -> None:
    actor, now = actor_of(request), timezone.now()
    if "proof" in data:
        flows.prove_again(request.user, data["proof"], actor=actor, now=now)
    codes = flows.set_up_app(request.user, sealed=data["sealed"], typed=data["code"], actor=actor, now=now)
    note_second_step(request, request.user, second_factor.TOTP)
    shown_once.keep(request, codes)


def _field(refusal: Refusal) -> str:
    return "code" if isinstance(refusal, second_factor.WrongSecondStep) else "proof"


@logged_in
@never_cache
@require_http_methods(["GET", "POST"])
def app_removal(request: Any) -> HttpResponse:
    """Go without the app from now on."""
    if second_factor.app_of(request.user) is None:
        return redirect("account_security")
    if missing := step_missing(request, needs_app=False):
        return missing
    form = ProofForm(request.POST or None)
    context = {"form": form, "refused_field": "proof", "needs_app": second_factor.needs_app(request.user)}
    if request.method == "POST" and form.is_valid():
        actor, now = actor_of(request), timezone.now()
        try:
            flows.prove_again(request.user, form.cleaned_data["proof"], actor=actor, now=now)
            flows.switch_app_off(request.user, actor=actor, now=now)
        except Refusal as refusal:
            return refuse(request, "account/app_removal.html", context, refusal)
        return redirect("account_security")
    return render(request, "account/app_removal.html", context, status=422 if form.is_bound else 200)


@logged_in
@never_cache
@require_http_methods(["GET", "POST"])
def recovery_codes(request: Any) -> HttpResponse:
    """New recovery codes; those just made are shown until they are said to be kept."""
    found = second_factor.app_of(request.user)
    if found is None:
        return redirect("account_security")
    if missing := step_missing(request, needs_app=False):
        return missing
    form = ProofForm(request.POST or None)
    context = {
        "form": form,
        "refused_field": "proof",
        "codes": shown_once.kept(request),
        "left": second_factor.codes_left(found),
        "next": next_address(request),
    }
    if request.method == "POST" and form.is_valid():
        actor, now = actor_of(request), timezone.now()
        try:
            flows.prove_again(request.user, form.cleaned_data["proof"], actor=actor, now=now)
        except Refusal as refusal:
            return refuse(request, "account/recovery_codes.html", context, refusal)
        shown_once.keep(request, flows.new_recovery_codes(request.user, actor=actor, now=now))
        return redirect("account_recovery_codes")
    return render(request, "account/recovery_codes.html", context, status=422 if form.is_bound else 200)


@logged_in
@never_cache
@require_safe
def recovery_codes_file(request: HttpRequest) -> HttpResponse:
    """The codes just made, as a file to keep."""
    codes = shown_once.kept(request)
    if not codes:
        raise Http404
    lines = [_("Recovery codes for Foyer, %(who)s") % {"who": request.user}, _("Each gets you in once."), "", *codes]
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="foyer-recovery-codes.txt"'
    return response


@logged_in
@require_POST
def recovery_codes_kept(request: HttpRequest) -> HttpResponse:
    """They lie in a safe place: forget them here, and go on."""
    way_on = next_address(request) or reverse("account_security")
    shown_once.forget(request)
    return HttpResponseRedirect(way_on)
