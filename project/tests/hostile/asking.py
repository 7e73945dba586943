"""A request as a stranger could send it, and what must hold of every answer."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.utils.html import strip_tags

from project.health import HEARTBEAT
from project.tests.hostile.digest import belongings, digest, written
from project.tests.hostile.stage import ADA, AMINA, Stage

FORM = "application/x-www-form-urlencoded"
SAFE = {"GET", "HEAD", "OPTIONS"}
# Opening the page of one's own payment asks Stripe how it stands, and keeps the answer: the webhook may be late.
SETTLES = re.compile(r"^/bookings/[^/]+/payment/$")
# Whoever has this key may do what its owner may.
KEYS = ("/b/",)
CANARY = "Amina Canary"


@dataclass(frozen=True)
class Ask:
    """One request. Its repr is what is needed to send it again."""

    who: str
    method: str
    path: str
    query: str = ""
    body: bytes = b""
    content_type: str = FORM
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    cookies: str = ""


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside never has. (Marked as a test's own, so that durable transactions may begin in it.)"""
    cache.clear()
    cache.set(HEARTBEAT, "here")  # else /readyz is right to say 503
    outer = transaction.atomic()
    outer._from_testcase = True
    with outer:
        yield
        transaction.set_rollback(True)


class Asking:
    """Sends requests in the name of the people of a stage, and looks at the answers."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.clients = {csrf: Client(raise_request_exception=False, enforce_csrf_checks=csrf) for csrf in (False, True)}
        self.refresh()

    def refresh(self) -> None:
        """From now on nothing may differ from how it is now."""
        self.before = digest()
        self.hers = belongings(self.stage.amina)

    def alone(self, ask: Ask, *, csrf: bool = False) -> HttpResponseBase:
        """Send it, check the answer and what has changed, and undo it."""
        with undone():
            return self.send(ask, csrf=csrf)

    def send(self, ask: Ask, *, csrf: bool = False) -> HttpResponseBase:
        """Send it; check the answer and what has changed."""
        client = self.clients[csrf]
        client.cookies.clear()
        cookie = f"{settings.SESSION_COOKIE_NAME}={self.stage.sessions[ask.who]}"
        headers = {"Cookie": ask.cookies or cookie} | dict(ask.headers)
        url = f"{ask.path}?{ask.query}" if ask.query else ask.path
        with written() as tables:
            response = client.generic(ask.method, url, ask.body, content_type=ask.content_type, headers=headers)
        look_at(ask, response)
        if tables:
            connection.check_constraints()
            self._nothing_stolen(ask, response)
        self._nothing_told(ask, response)
        return response

    def _nothing_stolen(self, ask: Ask, response: HttpResponseBase) -> None:
        refused = response.status_code >= 400
        harmless = ask.method in SAFE and not SETTLES.match(ask.path)
        if refused or harmless:
            assert digest() == self.before, f"{response.status_code}, and something changed: {ask}"
        if ask.who not in {AMINA, ADA} and not ask.path.startswith(KEYS):
            assert belongings(self.stage.amina) == self.hers, f"Changed what is Amina's: {ask}"

    def _nothing_told(self, ask: Ask, response: HttpResponseBase) -> None:
        if ask.who in {AMINA, ADA} or response.streaming or ask.path.startswith(KEYS):
            return
        assert CANARY.encode() not in response.content, f"Told who Amina is: {ask}"


def look_at(ask: Ask, response: Any) -> None:
    """Never an error; and a refusal that a person can read."""
    assert response.status_code < 500, f"{response.status_code} for {ask}\n{_cause(response)}"
    if response.status_code < 400 or ask.method == "HEAD":
        return
    kind, told = response.headers.get("Content-Type", ""), response.content.decode()
    assert "Traceback" not in told, f"A stack trace for {ask}"
    if kind.startswith("text/html"):
        assert is_readable(told, whole="HX-Request" not in ask.headers), f"No page for {ask}:\n{told[:2000]}"
    elif kind.startswith("application/json"):
        assert json.loads(told), f"Nothing said to {ask}"
    else:
        assert kind.startswith("text/plain") and told, f"{kind} for {ask}:\n{told[:500]}"


def is_readable(told: str, *, whole: bool) -> bool:
    """A page in our layout (or the administration's) with a heading, and in any case a sentence."""
    main = re.search(r"<main.*?</main>|<div[^>]*id=.content.*", told, re.DOTALL)
    if whole and not (main and "<h1" in main[0] and "</html>" in told):
        return False
    words = strip_tags(main[0] if main else told)
    return bool(re.search(r"\w+\W+\w+\W+\w+[^.!?]*[.!?]", words))


def _cause(response: Any) -> str:
    found = getattr(response, "exc_info", None)
    if not found:
        return ""
    frames, last = [], found[2]
    while last is not None:
        frames.append(f"  {last.tb_frame.f_code.co_filename}:{last.tb_lineno}")
        last = last.tb_next
    return "\n".join([*frames[-6:], repr(found[1])])
