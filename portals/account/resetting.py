"""A forgotten password, the same behind every door: who, then the code, then another password (AC4)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.flows import passwords
from core.kernel.errors import Refusal
from portals.access import open_to_all
from portals.account.answering import draw_form
from portals.account.code_step import CodePage, forget, remember, remembered, type_code
from portals.account.forms.credentials import ForgottenForm, NewPasswordForm
from portals.doors import come_by, entrance_at, entrance_of
from portals.people import actor_of

STORY, PROOF_KEY = "reset", "reset_proof"


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask who it is, and send a code. The answer is the same whether or not there is such an account."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        come_by(request, entrance_at(request.path))
        typed = form.cleaned_data["login"]
        try:
            named = passwords.ask_reset(typed, actor=actor_of(request), now=timezone.now())
        except Refusal as refused:
            refusal = refused
        else:
            remember(request, STORY, to=named, typed=typed)
            return redirect("account_reset_code")
    return draw_form(request, "account/password_reset.html", form, refusal=refusal)


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def reset_code(request: HttpRequest) -> HttpResponse:
    """Take the code."""
    kept = remembered(request, STORY)
    if kept is None:
        return HttpResponseRedirect(entrance_of(request).reset_url)
    actor, now = actor_of(request), timezone.now()

    def take(code: str) -> HttpResponse:
        request.session[PROOF_KEY] = passwords.prove_reset(kept["to"], code, actor=actor, now=now)
        forget(request, STORY)
        return redirect("account_new_password")

    def again() -> None:
        passwords.ask_reset(kept["to"], actor=actor, now=now)

    return type_code(request, STORY, _page(request, kept["typed"]), take=take, again=again)


@open_to_all
@never_cache
@sensitive_post_parameters("new_password")
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """Choose another one; every session ends, and one logs in with it."""
    proof, actor, now = request.session.get(PROOF_KEY, 0), actor_of(request), timezone.now()
    door = entrance_of(request)
    try:
        person, _named = passwords.person_of_proof(proof, actor=actor, now=now)
    except Refusal:
        return HttpResponseRedirect(door.reset_url)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, person=person)
    if form.is_valid():
        try:
            passwords.finish_reset(proof, form.cleaned_data["new_password"], actor=actor, now=now)
        except Refusal:
            return HttpResponseRedirect(door.reset_url)
        del request.session[PROOF_KEY]
        messages.success(request, _("Your password is changed. Log in with it."))
        return HttpResponseRedirect(door.login_url)
    return draw_form(request, "account/new_password.html", form, person=person)


def _page(request: HttpRequest, typed: str) -> CodePage:
    lead = _(
        "If there is an account with %(typed)s, six digits are on their way to it. They are good for five minutes."
    )
    back = entrance_of(request).reset
    return CodePage(_("Type the code"), lead % {"typed": typed}, _("Go on"), back, _("Try another address"))
