"""What a person was told: the list, the bell's count, marking read, and stopping mails by a link."""

import datetime as dt

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.notifications import actions, queries
from core.notifications.models import Notification
from core.notifications.unsubscribing import read_stop
from core.notifications.wording import worded
from portals.access import by_key, logged_in
from portals.parts import draw
from portals.people import actor_of

PER_PAGE = 20
PARTS = {"notices"}
JUST_NOW = dt.timedelta(minutes=1)
ONE_CLICK = ("List-Unsubscribe", "One-Click")


@logged_in
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """The list, newest first."""
    page = Paginator(queries.notifications_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    zone, now = request.user.time_zone, timezone.now()
    told = [
        (row, worded(row.kind, row.words, time_zone=zone), now - row.created_at < JUST_NOW) for row in page.object_list
    ]
    context = {"page": page, "told": told, "unread": queries.unread_count(request.user), "now": now}
    return draw(request, "account/notifications/list.html", context, parts=PARTS)


@logged_in
@never_cache
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The bell alone, for a page that has heard that something changed."""
    return render(request, "components/_bell.html")


@logged_in
@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """All of it is read."""
    actions.mark_read(user=request.user, now=timezone.now())
    return redirect("notifications")


@logged_in
@require_POST
def notification(request: HttpRequest, notification_id: int) -> HttpResponse:
    """One is read; on to what it is about, unless only that was asked for."""
    found = get_object_or_404(Notification.objects.of(request.user), pk=notification_id)
    actions.mark_read(user=request.user, now=timezone.now(), notification_id=found.pk)
    said = worded(found.kind, found.words)
    if said.path and "stay" not in request.POST:
        return HttpResponseRedirect(said.path)
    return redirect("notifications")


@csrf_exempt  # a mailbox presses the button for the person: the signed address is the proof (RFC 8058)
@by_key
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop mails of one kind, without a login. Looking at the page changes nothing; the button does."""
    field, word = ONE_CLICK
    if request.POST.get(field) == word:
        return _stop(request, token)
    return csrf_protect(_stop)(request, token)


def _stop(request: HttpRequest, token: str) -> HttpResponse:
    asked = read_stop(token)
    if asked is None:
        raise Http404
    if request.method == "POST":
        actions.stop_mails(asked, actor=actor_of(request), now=timezone.now())
    context = {"kind": asked.kind, "done": request.method == "POST", "own": asked.user_id == request.user.pk}
    return render(request, "account/notifications/stop.html", context)
