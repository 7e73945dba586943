"""The words of what people are told, in the language that is active: for lists, devices, text messages, plain mails."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.accounts.roles import Role
from core.kernel.dates import day_and_time
from core.kernel.money import format_money
from core.notifications.kinds import KINDS

# What may have changed, said in a sentence; the word is given as `what`.
WHAT: dict[str, Promise] = {
    "totp_on": gettext_lazy("An authenticator app was set up."),
    "totp_off": gettext_lazy("The authenticator app was removed."),
    "recovery_codes": gettext_lazy("New recovery codes were made."),
    "recovery_used": gettext_lazy("A recovery code was used."),
    "text_on": gettext_lazy("Codes by text message were switched on."),
    "text_off": gettext_lazy("Codes by text message were switched off."),
    "email": gettext_lazy("The mail address was changed."),
    "mobile": gettext_lazy("The mobile number was changed."),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said, and where it leads; `path` is "" where it leads nowhere."""

    title: str
    text: str
    path: str
    button: str
    icon: str


class _Words(dict[str, Any]):
    def __missing__(self, _key: str) -> str:
        return ""  # what was told before a word was asked for still reads


def worded(kind: str, words: Mapping[str, Any], *, time_zone: str = "") -> Wording:
    """Put the words of one thing together; a kind that is no more says only that."""
    spec = KINDS.get(kind)
    if spec is None:
        return Wording(_("A message of an earlier time"), "", "", "", "bell")
    filled = _filled(words, time_zone)
    return Wording(
        title=_fill(spec.title, filled),
        text=_fill(spec.text, filled),
        path=_fill(spec.path, filled),
        button=str(spec.button),
        icon=spec.icon,
    )


def _fill(pattern: str | Promise, words: Mapping[str, Any]) -> str:
    return (str(pattern) % words).strip()


def _filled(words: Mapping[str, Any], time_zone: str) -> _Words:
    filled = _Words(words)
    language = translation.get_language() or "en"
    if "starts" in words:
        filled["when"] = day_and_time(dt.datetime.fromisoformat(words["starts"]))
    if "at" in words:
        local = dt.datetime.fromisoformat(words["at"]).astimezone(ZoneInfo(time_zone or settings.TIME_ZONE_OF_PEOPLE))
        filled["when"] = day_and_time(local) + ("" if time_zone else f" {local.tzname()}")
    if "amount" in words and "currency" in words:
        filled["money"] = format_money(int(words["amount"]), words["currency"], language)
        filled["refund"] = (
            _("%(money)s go back the way they came.") % filled if int(words["amount"]) else _("Nothing was to refund.")
        )
    if words.get("role") in Role.values:
        filled["role"] = str(Role(words["role"]).label)
    if words.get("what") in WHAT:
        filled["what"] = str(WHAT[words["what"]])
    return filled
