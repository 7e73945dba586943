"""Typing a code that was sent: one page for every story that needs one.

What a story needs to remember meanwhile lies in the session: to where the code went, never the code.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.accounts.actions.codes import PAUSE
from core.accounts.addresses import is_mobile, legible
from core.kernel.errors import Refusal, TooOften
from portals.account.answering import draw_form
from portals.account.forms.codes import SentCodeForm

# How long a story may wait for its code: several can be asked for meanwhile.
PATIENCE = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class CodePage:
    """What the page says: what stands above it, what the button says, where to go back to, and how the code comes."""

    heading: str | Promise
    lead: str | Promise
    button: str | Promise
    back: str
    back_label: str | Promise
    by_text: bool = False

    @classmethod
    def sent_to(cls, to: str, heading: str | Promise, *, back: str, back_label: str | Promise) -> "CodePage":
        """For a code that is on its way to an address or number of the person's own."""
        lead = _("Six digits are on their way to %(to)s. They are good for five minutes.") % {"to": legible(to)}
        return cls(heading, lead, _("Confirm"), back, back_label, by_text=is_mobile(to))


def remember(request: HttpRequest, story: str, **kept: Any) -> None:
    """The story waits for a code from now on."""
    request.session[_key(story)] = kept | {"sent_at": timezone.now().timestamp()}


def remembered(request: HttpRequest, story: str) -> dict[str, Any] | None:
    """What the story remembers; None if no code is waited for."""
    kept: dict[str, Any] | None = request.session.get(_key(story))
    if kept is None or timezone.now().timestamp() - kept["sent_at"] > PATIENCE.total_seconds():
        return None
    return kept


def forget(request: HttpRequest, story: str) -> None:
    """The story is over."""
    request.session.pop(_key(story), None)


def type_code(
    request: HttpRequest,
    story: str,
    page: CodePage,
    *,
    take: Callable[[str], HttpResponse],
    again: Callable[[], None],
) -> HttpResponse:
    """Ask for the code: `take` it, or send it `again`. Both may refuse."""
    kept = remembered(request, story) or {}
    wants_again = request.method == "POST" and "again" in request.POST
    form = SentCodeForm(request.POST if request.method == "POST" and not wants_again else None)
    refusal = None
    try:
        if wants_again:
            again()
            remember(request, story, **kept)
            messages.success(request, _("Another code is on its way."))
            return HttpResponseRedirect(request.get_full_path())
        if form.is_valid():
            return take(form.cleaned_data["code"])
    except Refusal as refused:
        refusal = refused
    times = {"now": timezone.now(), "again_at": _again_at(kept, refusal)}
    return draw_form(request, "account/code.html", form, refusal=refusal, field="code", page=page, **times)


def _again_at(kept: dict[str, Any], refusal: Refusal | None) -> dt.datetime:
    """From when on another code can be had."""
    if isinstance(refusal, TooOften):
        return timezone.now() + dt.timedelta(seconds=refusal.retry_after)
    return dt.datetime.fromtimestamp(kept.get("sent_at", 0), dt.UTC) + PAUSE


def _key(story: str) -> str:
    return f"code_step:{story}"
