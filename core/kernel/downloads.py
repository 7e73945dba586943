"""Fetching what lies at an address that a person has named, into memory and no further than a limit."""

import time
from urllib.parse import urljoin

import requests
import urllib3
from django.utils.translation import gettext as _

from core.kernel.errors import Refusal
from core.kernel.public_addresses import outward_session, refuse_private

MOST_REDIRECTS = 3
SILENCE = 5.0
SECONDS = 20.0
REDIRECTS = {301, 302, 303, 307, 308}
_CHUNK = 65_536


class NotFetched(Refusal):
    """Nothing useful came from the address; the words say why."""

    @classmethod
    def silent(cls) -> "NotFetched":
        """No connection, no valid certificate, or too slow."""
        return cls(_("Nothing came from this address in time. Check it, or try again later."))

    @classmethod
    def answered(cls, status: int) -> "NotFetched":
        """The server said something else than "here it is"."""
        return cls(_("The server at this address answered %(status)s and sent nothing.") % {"status": status})

    @classmethod
    def led_astray(cls) -> "NotFetched":
        """One redirect after the other."""
        return cls(_("This address leads from one place to the next. Give the last one."))

    @classmethod
    def too_much(cls, most_bytes: int) -> "NotFetched":
        """More than is taken."""
        words = _("What lies at this address is larger than %(most)s MB. Choose something smaller.")
        return cls(words % {"most": most_bytes // 1_000_000})


def download(url: str, *, most_bytes: int) -> bytes:
    """What lies at a public https address. Raises NotPublic for any other, also on the way, or NotFetched.

    Each step of a redirect is judged like the first. It takes 20 seconds at most in all, and no more than `most_bytes`
    and a chunk are ever in memory.
    """
    until = time.monotonic() + SECONDS
    for _step in range(MOST_REDIRECTS + 1):
        refuse_private(url)
        left = until - time.monotonic()
        if left <= 0:
            raise NotFetched.silent()
        with outward_session(seconds=left) as session:
            found = _ask(session, url, most_bytes)
        if time.monotonic() > until:
            raise NotFetched.silent()  # cut in the middle, it may look like all of it
        if isinstance(found, bytes):
            return found
        url = urljoin(url, found)
    raise NotFetched.led_astray()


def _ask(session: requests.Session, url: str, most_bytes: int) -> bytes | str:
    """The bytes, or the address that they are said to lie at."""
    plain = {"Accept": "image/webp,image/jpeg,image/png", "Accept-Encoding": "identity", "User-Agent": "Foyer"}
    try:
        with session.get(url, headers=plain, timeout=SILENCE, stream=True, allow_redirects=False) as answer:
            if answer.status_code in REDIRECTS and "Location" in answer.headers:
                return str(answer.headers["Location"])
            if answer.status_code != 200:
                raise NotFetched.answered(answer.status_code)
            return _body(answer, most_bytes)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise NotFetched.silent() from error


def _body(answer: requests.Response, most_bytes: int) -> bytes:
    told = answer.headers.get("Content-Length", "")
    if told.isdecimal() and int(told) > most_bytes:
        raise NotFetched.too_much(most_bytes)
    body = bytearray()
    # As it comes off the line: what is packed stays packed, so nothing unfolds here.
    while chunk := answer.raw.read(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > most_bytes:
            raise NotFetched.too_much(most_bytes)
    return bytes(body)
