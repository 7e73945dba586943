"""What was typed into the checkout, kept in the session for one showing.

Every plain form that is sent there is answered with a redirect, a refused one too: so the browser's Back, from
Stripe's page or from wherever, shows a page again and never asks whether to send something a second time.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from django.http import HttpRequest

from core.kernel.errors import Refusal
from portals.customer.forms import ContactForm
from portals.refusal_status import status_of

KEY = "typed"
LONGEST = 300  # more than any field takes, and little enough to be kept


@dataclass(frozen=True, slots=True)
class Typed:
    """`said` by the form; `judged` once the person wanted to go on with it; with the refusal of that, if any."""

    said: Mapping[str, str] = field(default_factory=dict)
    judged: bool = False
    refusal: str = ""
    status: int = 200

    @classmethod
    def of(cls, sent: Mapping[str, str], *, judged: bool) -> "Typed":
        """The fields of the checkout out of a form that was sent."""
        names = [name for name in sent if name in ContactForm.base_fields or name == "promo" or name[:5] == "type-"]
        return cls({name: sent[name][:LONGEST] for name in names}, judged)

    def refused(self, refusal: Refusal) -> "Typed":
        """The same, and why it could not be done."""
        return replace(self, refusal=str(refusal), status=status_of(refusal))


def keep(request: HttpRequest, showtime_id: int, typed: Typed) -> None:
    """Keep it for the next page of that showtime's checkout."""
    request.session[KEY] = {"showtime": showtime_id, **asdict(typed)}


def take(request: HttpRequest, showtime_id: int) -> Typed:
    """What was kept for this page, once; else nothing."""
    if request.session.get(KEY, {}).get("showtime") != showtime_id:
        return Typed()
    kept = request.session.pop(KEY)
    return Typed(kept["said"], kept["judged"], kept["refusal"], kept["status"])
