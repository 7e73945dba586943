"""A person's picture: seen by themselves, sent, fetched, taken away (AC7)."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.accounts import actions
from core.accounts.pictures import PictureRefused
from core.kernel.errors import TooOften
from portals.access import logged_in
from portals.account.profile import profile_page
from portals.account.profile_forms import PictureAddressForm, PictureForm
from portals.people import actor_of


@logged_in
@require_safe
def person_picture(request: Any, key: str) -> HttpResponse:
    """The picture itself, for the person who is on it; for everybody else there is none."""
    found = request.user.picture
    if not found or request.user.picture_key != key or not found.storage.exists(found.name):
        raise Http404
    response = FileResponse(found.open("rb"), content_type="image/webp")
    response["Cache-Control"] = "private, max-age=86400"
    return response


@logged_in
@require_POST
def picture(request: Any) -> HttpResponse:
    """Another picture, from a file."""
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["picture"].read()
        try:
            actions.set_picture(user=request.user, data=sent, actor=actor_of(request), now=timezone.now())
        except PictureRefused as refusal:
            form.add_error("picture", str(refusal))
        else:
            messages.success(request, _("Your picture is saved."))
            return redirect("account_profile")
    return profile_page(request, picture_form=form, status=422)


@logged_in
@require_POST
def picture_address(request: Any) -> HttpResponse:
    """Another picture, from an address: fetched by the worker, so that nobody waits."""
    form = PictureAddressForm(request.POST)
    if not form.is_valid():
        return profile_page(request, address_form=form, status=422)
    url, now = form.cleaned_data["url"], timezone.now()
    try:
        actions.ask_for_picture(user=request.user, url=url, actor=actor_of(request), now=now)
    except TooOften as refusal:
        form.add_error("url", str(refusal))
        response = profile_page(request, address_form=form, status=429)
        response["Retry-After"] = str(refusal.retry_after)
        return response
    messages.success(request, _("We fetch the picture now. It takes a moment."))
    return redirect("account_profile")


@logged_in
@require_POST
def picture_removal(request: Any) -> HttpResponse:
    """No picture any more."""
    actions.remove_picture(user=request.user, actor=actor_of(request), now=timezone.now())
    messages.success(request, _("Your picture is gone."))
    return redirect("account_profile")
