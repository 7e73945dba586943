"""What a person wants to be told, and by which channel; and their devices."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.kernel.errors import Refusal
from core.notifications import actions, queries
from core.notifications.models import Channel
from portals.access import logged_in
from portals.account.devices import device_of
from portals.people import actor_of


@logged_in
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """One table of kinds and channels, one button."""
    if request.method == "POST":
        actions.choose(user=request.user, wanted=set(request.POST), actor=actor_of(request), now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("notification_preferences")
    context = {
        "table": list(queries.preference_table(request.user)),
        "channels": list(Channel),
        "devices": [(device, device_of(device.user_agent)) for device in queries.devices_of(request.user)],
        "push_key": actions.vapid_public_key(timezone.now()),
        "can_text": bool(request.user.mobile and request.user.mobile_verified_at),
    }
    return render(request, "account/notifications/preferences.html", context)


@logged_in
@require_POST
def devices(request: HttpRequest) -> HttpResponse:
    """This browser is to show notifications; its script says how it can be reached."""
    try:
        actions.register_device(
            user=request.user,
            endpoint=request.POST.get("endpoint", ""),
            p256dh=request.POST.get("p256dh", ""),
            auth=request.POST.get("auth", ""),
            user_agent=request.headers.get("User-Agent", ""),
            actor=actor_of(request),
            now=timezone.now(),
        )
    except Refusal as refusal:
        return HttpResponse(str(refusal), status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@logged_in
@require_POST
def device_removal(request: HttpRequest, device_id: int) -> HttpResponse:
    """Show nothing there any more."""
    device = get_object_or_404(queries.devices_of(request.user), pk=device_id)
    actions.remove_device(device, actor=actor_of(request), now=timezone.now())
    messages.success(request, _("This device is told nothing any more."))
    return redirect("notification_preferences")
