"""Changing one's password (AC5), and how strong a new one is while it is typed (AC6)."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from core.accounts.passwords import LEAST_LENGTH, judge
from core.flows import passwords
from core.kernel.errors import Refusal
from portals.access import logged_in, open_to_all
from portals.account.answering import draw_form
from portals.account.forms.credentials import ChangePasswordForm
from portals.account.sessions import go_on_alone
from portals.people import actor_of


@logged_in
@never_cache
@sensitive_post_parameters("password", "new_password")
@require_http_methods(["GET", "POST"])
def change_password(request: Any) -> HttpResponse:
    """Another password for who knows the present one; here one stays logged in, elsewhere not."""
    form = ChangePasswordForm(request.POST if request.method == "POST" else None, person=request.user)
    refusal = None
    if form.is_valid():
        old, new = form.cleaned_data["password"], form.cleaned_data["new_password"]
        try:
            passwords.change_password(request.user, old, new, actor=actor_of(request), now=timezone.now())
        except Refusal as refused:
            refusal = refused
        else:
            go_on_alone(request)
            messages.success(request, _("Your password is changed. You are logged in here only."))
            return redirect("account_change_password")
    return draw_form(request, "account/password_change.html", form, refusal=refusal, field="password")


@open_to_all
@never_cache
@sensitive_post_parameters("new_password")
@require_POST
def password_strength(request: Any) -> HttpResponse:
    """The part of a form that says how strong the password is that is being typed."""
    if not ratelimit.consume(request, action="password_strength"):
        return HttpResponse(status=204)  # what was said last stays; the form itself says what is wrong
    about = [request.POST.get(name, "")[:254] for name in ("name", "email", "mobile")]
    if request.user.is_authenticated:
        about += [request.user.name, request.user.shown_email]
    password = request.POST.get("new_password", "")
    context = {"strength": judge(password, about=about) if password else None, "least": LEAST_LENGTH}
    return render(request, "account/_strength.html", context)
