"""What a person has of Foyer in a browser without a window: cookies, forms, and the patience to try again."""

import html
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import requests

PATIENCE = 60.0  # nothing stays away for so long; who has waited in vain has found a fault
STEP_TIMEOUT = 30.0


class GaveUp(Exception):
    """Foyer, or Stripe, did not answer for a minute."""


@dataclass
class Seen:
    """What all buyers together were answered. `faults` are answers that nobody may ever get."""

    answers: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    told: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, answer: str) -> None:
        """One more answer of that kind."""
        with self._lock:
            self.answers[answer] += 1

    def fault(self, what: str) -> None:
        """Somebody saw what must not be seen."""
        with self._lock:
            self.faults.append(f"{time.strftime('%H:%M:%S')} {what}")

    def ended(self, outcome: str) -> None:
        """A purchase has come to an end, or to its beginning's end."""
        with self._lock:
            self.outcomes[outcome] += 1

    def tell(self, code: str, what: str) -> None:
        """A page has said of a booking that it is confirmed, or given up: from now on that must be true."""
        with self._lock:
            self.told[code] = what


@dataclass(frozen=True)
class Page:
    """One answer: where it came from, and what stands in it."""

    url: str
    status: int
    text: str
    goes_to: str = ""

    def field(self, name: str) -> str:
        """The value of a hidden field; "" where there is none."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        return html.unescape(found[1]) if found else ""

    def all(self, pattern: str) -> list[str]:
        """Everything on the page that the pattern captures."""
        return [html.unescape(found) for found in re.findall(pattern, self.text)]

    @property
    def title(self) -> str:
        """The words in large type."""
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.text, re.DOTALL)
        return html.unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""

    @property
    def code(self) -> str:
        """The booking that this page is about."""
        found = re.search(r"/bookings/([^/]+)/", self.url)
        return found[1] if found else ""


class Browser:
    """One person's session. A request that gets no answer, or is told to come back, is made again as people do."""

    def __init__(self, site: str, till: str, seen: Seen) -> None:
        self.site, self.till, self.seen = site, till, seen
        self.session = requests.Session()
        self.session.headers["Connection"] = "close"  # each step may meet another web worker
        self.csrf = ""

    def get(self, path: str) -> Page:
        """Open a page, following where it leads."""
        return self._ask("GET", path)

    def post(self, path: str, fields: dict[str, Any], *, accept: str = "text/html") -> Page:
        """Send a form; where it leads is not followed."""
        fields = {"csrfmiddlewaretoken": self.csrf, **fields}
        return self._ask("POST", path, data=fields, headers={"Accept": accept}, allow_redirects=False)

    def control(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What the person does at Stripe, by the side door; {} where Stripe says no."""
        page = self._ask("POST", f"{self.till}/_control/{path}", json=body)
        return requests.models.complexjson.loads(page.text) if page.status == 200 else {}

    def _ask(self, method: str, path: str, **given: Any) -> Page:
        url = path if path.startswith("http") else self.site + path
        end = time.monotonic() + PATIENCE
        pause = 0.3
        while True:
            page = self._try(method, url, **given)
            if page is not None:
                self.csrf = page.field("csrfmiddlewaretoken") or self.csrf
                return page
            if time.monotonic() > end:
                self.seen.fault(f"{method} {url}: no answer for {PATIENCE:.0f} s")
                raise GaveUp(url)
            time.sleep(pause)
            pause = min(pause * 1.5, 2.0)

    def _try(self, method: str, url: str, **given: Any) -> Page | None:
        """The answer; None when it is to be asked again."""
        whose = "till" if url.startswith(self.till) else "site"
        try:
            answer = self.session.request(method, url, timeout=STEP_TIMEOUT, **given)
        except requests.Timeout:
            self.seen.count(f"{whose}: timeout")
            return None
        except requests.RequestException:
            self.seen.count(f"{whose}: no connection")
            return None
        if answer.url.startswith(self.till):
            whose = "till"
        page = Page(answer.url, answer.status_code, answer.text, answer.headers.get("Location", ""))
        self.seen.count(f"{whose}: {answer.status_code}" + (f" {page.title}" if answer.status_code >= 500 else ""))
        if answer.status_code < 500:
            return page
        if whose == "site":
            self._look_at_trouble(method, page)
        return None

    def _look_at_trouble(self, method: str, page: Page) -> None:
        """503 with a reason may be while something is away; a page without words, or another status, never."""
        if page.status != 503 or not page.title or "Traceback" in page.text:
            self.seen.fault(f"{method} {page.url}: {page.status} {page.title or page.text[:300]!r}")
