"""Those whom a person buys for (AC11). Every query begins with that person: somebody else's are not found."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.accounts import actions
from core.accounts.actions.people import MOST_DEPENDENTS, BornInFuture, TooManyDependents
from core.tickets.models import Ticket
from portals.access import logged_in
from portals.account.profile_forms import DependentForm
from portals.people import actor_of


@logged_in
@never_cache
@require_safe
def dependents(request: Any) -> HttpResponse:
    """All of them."""
    found = list(request.user.dependents.all())
    context = {"dependents": found, "full": len(found) >= MOST_DEPENDENTS}
    return render(request, "account/dependents.html", context)


@logged_in
@never_cache
@require_http_methods(["GET", "POST"])
def dependent_new(request: Any) -> HttpResponse:
    """One more."""
    now = timezone.now()
    form = DependentForm(_sent(request), now=now)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_dependent(user=request.user, values=form.cleaned_data, actor=actor_of(request), now=now)
        except BornInFuture as refusal:
            form.add_error("born_on", str(refusal))
        except TooManyDependents as refusal:
            form.add_error(None, str(refusal))
        else:
            return _saved(request, form)
    return render(request, "account/dependent.html", {"form": form}, status=422 if request.method == "POST" else 200)


@logged_in
@never_cache
@require_http_methods(["GET", "POST"])
def dependent(request: Any, dependent_id: int) -> HttpResponse:
    """One of them, to be changed."""
    found = get_object_or_404(request.user.dependents, pk=dependent_id)
    now = timezone.now()
    form = DependentForm(_sent(request), now=now, dependent=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_dependent(dependent=found, values=form.cleaned_data, actor=actor_of(request), now=now)
        except BornInFuture as refusal:
            form.add_error("born_on", str(refusal))
        else:
            return _saved(request, form)
    context = {"form": form, "dependent": found}
    return render(request, "account/dependent.html", context, status=422 if request.method == "POST" else 200)


@logged_in
@never_cache
@require_http_methods(["GET", "POST"])
def dependent_removal(request: Any, dependent_id: int) -> HttpResponse:
    """One of them is removed, after a question."""
    found = get_object_or_404(request.user.dependents, pk=dependent_id)
    if request.method == "POST":
        actions.remove_dependent(dependent=found, actor=actor_of(request), now=timezone.now())
        messages.success(request, _("%(name)s is removed.") % {"name": found.name})
        return redirect("account_dependents")
    to_come = Ticket.objects.valid().filter(dependent=found, showtime__ends_at__gt=timezone.now()).count()
    return render(request, "account/dependent_removal.html", {"dependent": found, "tickets": to_come})


def _sent(request: Any) -> Any:
    return request.POST if request.method == "POST" else None


def _saved(request: Any, form: DependentForm) -> HttpResponse:
    messages.success(request, _("%(name)s is saved.") % {"name": form.cleaned_data["name"]})
    return redirect("account_dependents")
