"""Who a person is here (AC7)."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.accounts import actions
from core.accounts.actions.people import UserNameTaken
from core.catalog.queries import cities
from portals.access import logged_in
from portals.account.profile_forms import PictureAddressForm, PictureForm, ProfileForm
from portals.account.reading import read_as
from portals.people import actor_of


@logged_in
@never_cache
@require_http_methods(["GET", "POST"])
def profile(request: Any) -> HttpResponse:
    """Names, language, clock, city, emergency contact; the picture has forms of its own on the same page."""
    if request.method == "GET":
        return profile_page(request)
    now = timezone.now()
    form = _form(request, now=now)
    if not form.is_valid():
        return profile_page(request, status=422, form=form)
    try:
        user = actions.change_profile(user=request.user, values=form.values, actor=actor_of(request), now=now)
    except UserNameTaken as refusal:
        form.add_error("username", str(refusal))
        return profile_page(request, status=409, form=form)
    messages.success(request, _("Your profile is saved."))
    return read_as(redirect("account_profile"), user)


def profile_page(request: Any, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page with its three forms, one of which may come back with what is to put right."""
    context = {
        "form": forms.get("form") or _form(request, now=timezone.now(), blank=True),
        "picture_form": forms.get("picture_form") or PictureForm(),
        "address_form": forms.get("address_form") or PictureAddressForm(),
        "errand": request.user.picture_errands.order_by("-asked_at", "-pk").first(),
    }
    return render(request, "account/profile.html", context, status=status)


def _form(request: Any, *, now: dt.datetime, blank: bool = False) -> ProfileForm:
    known = [city.name for city in cities(now=now)]
    return ProfileForm(None if blank else request.POST, user=request.user, cities=known, now=now)
