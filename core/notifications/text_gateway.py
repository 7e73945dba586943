"""The one place that hands over text messages: to the provider that SMS_URL names, or to the local outbox.

`twilio://SID:TOKEN@host?from=+431234567` speaks Twilio's Messages API over https; without a host it is
api.twilio.com. `twilio+http://` is for a stand-in on this machine.
"""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

import requests
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core.notifications import local_outbox
from core.notifications.outcomes import Refused, Unreachable

HOST = "api.twilio.com"
CONNECT_SECONDS, ANSWER_SECONDS = 3.05, 10
# A wrong key or too many at once are put right, and asked again; every other 4xx is about this one message.
PASSING = {401, 403, 404, 408, 409, 425, 429}


@dataclass(frozen=True, slots=True)
class Provider:
    """Where text messages are handed over, as whom, and from which number or Messaging Service."""

    url: str
    sid: str
    token: str
    sender: str


def provider(address: str) -> Provider:
    """The provider that an SMS_URL names. Raises ImproperlyConfigured, without repeating the token."""
    parts = urlsplit(address)
    sender = parse_qs(parts.query).get("from", [""])[0].strip()
    if parts.scheme not in {"twilio", "twilio+http"} or not parts.username or not parts.password or not sender:
        raise ImproperlyConfigured("SMS_URL must read twilio://SID:TOKEN@api.twilio.com?from=NUMBER")
    sid = unquote(parts.username)
    host = parts.netloc.rpartition("@")[2] or HOST
    scheme = "http" if parts.scheme == "twilio+http" else "https"
    # In a query "+" reads as a space: a number that has lost it has it put back.
    number = f"+{sender}" if sender.isdecimal() else sender
    return Provider(f"{scheme}://{host}/2010-04-01/Accounts/{sid}/Messages.json", sid, unquote(parts.password), number)


def send(*, to: str, text: str) -> None:
    """Hand over one text message. Raises Refused if it will never be taken, Unreachable for everything else."""
    if not settings.SMS_URL:
        local_outbox.keep_text(to=to, text=text)
        return
    chosen = provider(settings.SMS_URL)
    by = "MessagingServiceSid" if chosen.sender.startswith("MG") else "From"
    try:
        answer = requests.post(
            chosen.url,
            data={"To": to, by: chosen.sender, "Body": text},
            auth=(chosen.sid, chosen.token),
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
            allow_redirects=False,
        )
    except requests.Timeout as error:
        raise Unreachable("the provider of text messages did not answer in time") from error
    except requests.RequestException as error:
        raise Unreachable(f"the provider of text messages cannot be reached: {type(error).__name__}") from error
    if not answer.ok or answer.is_redirect:
        _fail(answer)


def _fail(answer: requests.Response) -> None:
    said = f"the provider of text messages answered {answer.status_code}{_reason(answer)}"
    if 400 <= answer.status_code < 500 and answer.status_code not in PASSING:
        raise Refused(said)
    raise Unreachable(said)


def _reason(answer: requests.Response) -> str:
    try:
        told = answer.json()
        return f": {told['message']} ({told['code']})"[:300]
    except (ValueError, KeyError, TypeError):
        return ""
