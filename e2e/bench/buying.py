"""A whole purchase, as a browser makes it: hold, checkout, Stripe's page, and back to the tickets."""

import html
import re
import time
from collections import defaultdict
from collections.abc import Generator
from urllib.parse import urlencode, urlsplit

from e2e.bench.people import Person, text
from e2e.bench.wires import Answer, Ask, Pause, Script

CARD = {
    "method": "card",
    "email": "amina@foyer.example",
    "billingName": "Amina Yilmaz",
    "cardNumber": "4242424242424242",
    "cardExpiry": "12 / 34",
    "cardCvc": "123",
}
SEEN = re.compile(r'name="seen" value="([^"]+)"')
TYPE = re.compile(r'<select [^>]*name="(type-\d+)"')
THERE = "Enjoy the show"
steps: dict[str, list[float]] = defaultdict(list)  # how long each took, in milliseconds
POLLS = 15  # the page asks again every two seconds


def step(name: str, ask: Ask) -> Generator[Ask, Answer, Answer]:
    """Ask, and note how long the answer took."""
    began = time.perf_counter()
    answer = yield ask
    steps[name].append((time.perf_counter() - began) * 1000)
    return answer


def buy(person: Person, showtime: int, seat: int) -> Script:
    """From holding a seat to the page that shows the ticket."""
    held = yield from step("hold", person.post(f"/showtimes/{showtime}/holds/", {"add": str(seat)}))
    if held.status != 200:
        return _wrong("holding", held)
    checkout = f"/showtimes/{showtime}/checkout/"
    page = yield from step("checkout", person.get(checkout))
    said = text(page)
    seen, kind = SEEN.search(said), TYPE.search(said)
    if seen is None or kind is None:
        return _wrong("checkout", page)
    contact = {"name": "Amina Yilmaz", "email": f"amina-{seat}@foyer.example", "mobile": ""}
    order = contact | {"seen": html.unescape(seen[1]), kind[1]: "adult"}
    to_till = yield from step("order", person.submit(checkout, order))
    if to_till.status != 302:
        return _wrong("sending the order", to_till)
    back = yield from step("Stripe's page", pay(to_till.header(b"location").decode()))
    if back.status != 303:
        return _wrong("paying", back)
    return (yield from _arrive(person, back.header(b"location").decode()))


def pay(url: str) -> Ask:
    """What the customer's browser sends from Stripe's page."""
    parts, body = urlsplit(url), urlencode(CARD).encode()
    head = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    return Ask(parts.port or 80, f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


def _arrive(person: Person, url: str) -> Script:
    """Follow the way back until the ticket is shown."""
    path = _path(url)
    for poll in range(POLLS):
        page = yield from step("link back" if not poll else "payment page", person.get(path))
        if page.status == 302:
            path = _path(page.header(b"location").decode())
        elif page.status == 200 and THERE in text(page):
            return ""
        elif page.status == 200:
            yield Pause(2.0)
        else:
            return _wrong("coming back", page)
    return "the ticket did not appear"


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _wrong(what: str, answer: Answer) -> str:
    return f"{what}: {answer.status} {text(answer)[:200]}"
