"""Opening a showtime's page as a browser does: the page, the plan if it comes apart, the style sheet, the state."""

import html
import re
import time
from collections import defaultdict
from collections.abc import Generator

from e2e.bench.people import Person, text
from e2e.bench.wires import Answer, Ask, Script

WHOLE = re.compile(r'data-whole="([^"]+)"')
STYLES = re.compile(r'href="(/maps/[^"]+)"')
STATE = re.compile(r'data-places="([^"]+)"')

times: dict[str, list[float]] = defaultdict(list)  # milliseconds
sizes: dict[str, int] = {}  # bytes over the wire, heads included


def look_at(person: Person, path: str) -> Script:
    """The page, and the plan of a large hall, which its JavaScript fetches at once."""
    page = yield from _get(person, "page", path)
    if page.status != 200:
        return f"the page answers {page.status}"
    apart = WHOLE.search(text(page))
    if apart:
        plan = yield from _get(person, "plan", html.unescape(apart[1]))
        if plan.status != 200:
            return f"the plan answers {plan.status}"
    return ""


def fetch_rest(person: Person, path: str) -> Script:
    """What is fetched once (the style sheet), and what is fetched after something was missed (the state)."""
    page = text((yield person.get(path)))
    styles, state = STYLES.search(page), STATE.search(page)
    if styles is None or state is None:
        return "the page names no style sheet or no state"
    yield from _get(person, "styles", html.unescape(styles[1]))
    yield from _get(person, "state", html.unescape(state[1]))
    return ""


def _get(person: Person, name: str, path: str) -> Generator[Ask, Answer, Answer]:
    began = time.perf_counter()
    answer = yield person.get(path, fetched=name != "page")
    times[name].append((time.perf_counter() - began) * 1000)
    sizes[name] = len(answer.head) + len(answer.body)
    return answer
