"""Who holds many seats shows that somebody is behind them: by a code that is mailed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.flows import guests, proof
from core.kernel.errors import Refusal
from portals.access import open_to_all
from portals.customer.forms import AddressForm, CodeForm
from portals.customer.mine import keep_open
from portals.people import actor_of, become


@open_to_all
@require_http_methods(["GET", "POST"])
def proof_address(request: HttpRequest) -> HttpResponse:
    """Ask for an address and send a code there; somebody with a login needs none."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(_next(request))
    form = AddressForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                proof.send(form.cleaned_data["email"], actor=actor_of(request), now=timezone.now())
            except Refusal as refusal:
                form.add_error("email", str(refusal))
                status = 429
            else:
                code = CodeForm(initial={"email": form.cleaned_data["email"]})
                return render(request, "customer/proof/code.html", {"form": code, "next": _next(request)})
    return render(request, "customer/proof/address.html", {"form": form, "next": _next(request)}, status=status)


@open_to_all
@require_http_methods(["POST"])
def proof_code(request: HttpRequest) -> HttpResponse:
    """Check the code; what the visitor holds goes on under the proved address."""
    form = CodeForm(request.POST)
    if form.is_valid():
        actor = actor_of(request)
        answers = form.cleaned_data
        try:
            holder = proof.prove(answers["email"], answers["code"].strip(), actor=actor, now=timezone.now())
        except Refusal as refusal:
            form.add_error("code", str(refusal))
        else:
            keep_open(request, actor.holder)
            become(request, holder)
            guests.follow(visitor=actor.holder, actor=actor_of(request), now=timezone.now())
            messages.success(request, _("Thank you. You can go on."))
            return HttpResponseRedirect(_next(request))
    return render(request, "customer/proof/code.html", {"form": form, "next": _next(request)}, status=422)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if safe else reverse("customer:home")
