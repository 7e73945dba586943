"""Taking one's data along, and leaving for good (AC7)."""

from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.accounts.actions import second_factor
from core.accounts.models import Code
from core.flows import codes, erasing, own_data
from core.kernel.errors import Refusal
from portals.access import logged_in, open_to_all, step_missing
from portals.account.leaving_forms import DataForm, LeavingForm, destination_for
from portals.account.security_forms import refuse
from portals.account.sessions import came_lately
from portals.people import actor_of


@logged_in
@never_cache
@require_http_methods(["GET", "POST"])
def data(request: Any) -> HttpResponse:
    """What we keep, as a file; who logged in a while ago says once more who they are."""
    if missing := _step_missing(request):
        return missing
    form = DataForm(_sent(request), person=None if came_lately(request) else request.user)
    context = {"form": form, "refused_field": "proof" if "proof" in form.fields else None}
    if request.method == "POST" and form.is_valid():
        actor, now = actor_of(request), timezone.now()
        try:
            form.prove(actor=actor, now=now)
            bag = own_data.take_along(user=request.user, actor=actor, now=now)
        except Refusal as refusal:
            return refuse(request, "account/data.html", context, refusal)
        response = HttpResponse(bag, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="foyer-{now:%Y-%m-%d}.zip"'
        return response
    return render(request, "account/data.html", context, status=422 if request.method == "POST" else 200)


@logged_in
@never_cache
@require_safe
def deletion(request: Any) -> HttpResponse:
    """What it would mean, and what stands in the way."""
    told = erasing.farewell(request.user, now=timezone.now())
    return render(request, "account/deletion.html", {"told": told})


@logged_in
@never_cache
@require_http_methods(["GET", "POST"])
def deletion_proof(request: Any) -> HttpResponse:
    """The second question: who they are, and whether they mean it. Then the account is gone."""
    if missing := _step_missing(request):
        return missing
    now = timezone.now()
    told = erasing.farewell(request.user, now=now)
    if not told.possible:
        return redirect("account_deletion")
    form = LeavingForm(_sent(request), person=request.user)
    context = {"form": form, "told": told, "refused_field": "proof", "to": destination_for(request.user)}
    if request.method == "POST" and form.is_valid():
        try:
            form.prove(actor=actor_of(request), now=now)
            erasing.erase(user=request.user, actor=actor_of(request), now=now)
        except Refusal as refusal:
            return refuse(request, "account/deletion_proof.html", context, refusal)
        logout(request)
        return redirect("account_deleted")
    return render(request, "account/deletion_proof.html", context, status=422 if request.method == "POST" else 200)


@logged_in
@require_POST
def deletion_code(request: Any) -> HttpResponse:
    """A code instead of a password, for who has none."""
    destination = destination_for(request.user)
    if destination:
        codes.send_code(Code.Purpose.CONFIRM, destination=destination, actor=actor_of(request), now=timezone.now())
    return redirect("account_deletion_proof")


@open_to_all
@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    """The last page."""
    return render(request, "account/deleted.html")


def _sent(request: Any) -> Any:
    return request.POST if request.method == "POST" else None


def _step_missing(request: Any) -> HttpResponse | None:
    has_app = second_factor.app_of(request.user) is not None
    return step_missing(request, needs_app=False) if has_app else None
