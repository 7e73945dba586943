"""The load, a process of its own: what it costs is told apart from what Foyer costs.

It reads one job as a line of JSON, prepares and says that it is ready. Each further line says for how many seconds to
go; then it says what came.
"""

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

from e2e.bench import buying, opening, people
from e2e.bench.buying import buy
from e2e.bench.people import Person, text
from e2e.bench.wires import Crowd, Done, Pause, Script

AT_ONCE = 8
PLACES_EACH = 4  # so many a person holds, one after the other


class Holding:
    """Hold one seat after the other, each its own; somebody new comes after every fourth."""

    def __init__(self, port: int, showtimes: list[int], seats: list[int], most: int, **given: Any) -> None:
        self.port, self.most = port, most
        self.seats = ((showtime, seat) for showtime in showtimes for seat in seats)
        self.crowd = Crowd(given.get("at_once", AT_ONCE))
        self.waiting: Iterator[Person] = iter(
            people.gather(port, -(-most // PLACES_EACH) + AT_ONCE, showtime=given["arrival"])
        )
        self.now_in: dict[int, list[Any]] = {}

    def next_script(self, lane: int) -> Script | None:
        """The next seat, for the person in that lane."""
        person, left = self.now_in.get(lane, (None, 0))
        if not left:
            person, left = next(self.waiting, None), PLACES_EACH
        place = next(self.seats, None)
        if person is None or place is None:
            return None
        self.now_in[lane] = [person, left - 1]
        return hold(person, *place)

    def run(self, seconds: float) -> list[Done]:
        """Hold for so long."""
        return self.crowd.run(self.next_script, seconds=seconds)


class Looking:
    """Returning visitors open a showtime's page."""

    def __init__(self, port: int, showtimes: list[int], arrival: int, at_once: int = AT_ONCE, **_: Any) -> None:
        self.crowd = Crowd(at_once)
        self.people = people.gather(port, at_once, showtime=arrival)
        self.path = f"/showtimes/{showtimes[0]}/"

    def run(self, seconds: float) -> list[Done]:
        """Look for so long."""
        return self.crowd.run(lambda lane: look(self.people[lane], self.path), seconds=seconds)


class Visiting:
    """Somebody, perhaps with a login, opens a page again and again."""

    def __init__(self, port: int, path: str, session: str = "", **_: Any) -> None:
        self.crowd, self.path, self.person = Crowd(1), path, Person(port, session=session.encode())

    def run(self, seconds: float) -> list[Done]:
        """Look for so long."""
        return self.crowd.run(lambda lane: look(self.person, self.path), seconds=seconds)


class Opening:
    """Somebody opens the page of a hall again and again, with all that belongs to its plan."""

    def __init__(self, port: int, showtimes: list[int], **_: Any) -> None:
        self.crowd, self.port, self.path = Crowd(1), port, f"/showtimes/{showtimes[0]}/"
        first, *_others = self._all([self.script() for _ in range(4)])
        self.cold_ms = first.seconds * 1000
        opening.times.clear()
        self._all([opening.fetch_rest(Person(port), self.path) for _ in range(10)])

    def script(self) -> Script:
        """Opened by somebody new."""
        return opening.look_at(Person(self.port), self.path)

    def run(self, seconds: float) -> list[Done]:
        """Look for so long."""
        return self.crowd.run(lambda lane: self.script(), seconds=seconds)

    def _all(self, scripts: list[Script]) -> list[Done]:
        waiting = iter(scripts)
        return self.crowd.run(lambda lane: next(waiting, None), seconds=60)


class Racing:
    """Everybody wants one of the few seats at the same moment, and has a session already."""

    def __init__(self, port: int, showtimes: list[int], seats: list[int], racers: int, **given: Any) -> None:
        runners = people.gather(port, racers, showtime=given["arrival"])
        scripts = [race(person, showtimes[0], seats[at % len(seats)]) for at, person in enumerate(runners)]
        self.scripts = dict(enumerate(scripts))
        self.crowd = Crowd(racers)

    def run(self, seconds: float) -> list[Done]:
        """One try each."""
        return self.crowd.run(lambda lane: self.scripts.pop(lane, None), seconds=seconds)


class Buying:
    """One purchase after the other, each by somebody else."""

    def __init__(self, port: int, showtimes: list[int], seats: list[int], most: int, **given: Any) -> None:
        buyers = people.gather(port, most, showtime=given["arrival"])
        self.scripts = iter([buy(*wish) for wish in zip(buyers, showtimes * most, seats, strict=False)])
        self.crowd = Crowd(given.get("at_once", AT_ONCE))

    def run(self, seconds: float) -> list[Done]:
        """Buy for so long."""
        return self.crowd.run(lambda lane: next(self.scripts, None), seconds=seconds)


class Pacing:
    """Other people hold nine seats a second, or so many as are said, each at its time."""

    LANES = 3

    def __init__(self, port: int, showtimes: list[int], seats: list[int], most: int, **given: Any) -> None:
        self.showtime, self.crowd, self.events = showtimes[0], Crowd(self.LANES), list[tuple[int, str, float]]()
        holders = people.gather(port, -(-most // PLACES_EACH) + 1, showtime=given["arrival"])
        self.per_s = given.get("per_s", 9)
        self.wishes = zip((person for person in holders for _ in range(PLACES_EACH)), seats, strict=False)

    def script(self) -> Script:
        """Hold a seat, then wait until it is time for the next."""
        began = time.perf_counter()
        person, seat = next(self.wishes)
        self.events.append((seat, "h", time.time() * 1000))
        outcome = yield from hold(person, self.showtime, seat)
        yield Pause(max(0.0, began + self.LANES / self.per_s - time.perf_counter()))
        return outcome

    def run(self, seconds: float) -> list[Done]:
        """Hold for so long."""
        return self.crowd.run(lambda lane: self.script(), seconds=seconds)


def hold(person: Person, showtime: int, seat: int) -> Script:
    """Take a seat by a click."""
    answer = yield person.post(f"/showtimes/{showtime}/holds/", {"add": str(seat)})
    return "" if answer.status == 200 else f"{answer.status} {text(answer)[:200]}"


def look(person: Person, path: str) -> Script:
    """Open the page."""
    answer = yield person.get(path)
    return "" if answer.status == 200 else str(answer.status)


def race(person: Person, showtime: int, seat: int) -> Script:
    """Try to take a seat; whoever loses must be told so, and which seat it was."""
    answer = yield person.post(f"/showtimes/{showtime}/holds/", {"add": str(seat)})
    if answer.status == 200 and json.loads(text(answer))["mine"] == [seat]:
        return "won"
    if answer.status == 409:
        told = json.loads(text(answer))
        if told["taken"] == {"held": [seat], "sold": []} and "taken by someone else" in told["refusal"]:
            return "lost"
    return f"{answer.status} {text(answer)[:200]}"


KINDS = {
    "grid": Opening,
    "hold": Holding,
    "pace": Pacing,
    "page": Looking,
    "purchase": Buying,
    "race": Racing,
    "visit": Visiting,
}


def tell(work: Any, done: list[Done], seconds: float) -> dict[str, Any]:
    """What came of it."""
    told = {
        "seconds": seconds,
        "ms": [one.seconds * 1000 for one in done],
        "outcomes": [one.outcome for one in done],
        "reconnected": work.crowd.reconnected,
        "steps": buying.steps or opening.times,
    }
    if isinstance(work, Opening):
        told |= {"sizes": opening.sizes, "cold_ms": work.cold_ms}
    if isinstance(work, Pacing):
        told["events"] = work.events
    return told


def main() -> None:
    """One job."""
    job = json.loads(sys.stdin.readline())
    work = KINDS[job.pop("kind")](**job)
    print("ready", flush=True)
    while span := sys.stdin.readline().strip():  # until we are counted and not needed any more
        began = time.perf_counter()
        done = work.run(float(span))
        print(json.dumps(tell(work, done, time.perf_counter() - began)), flush=True)


if __name__ == "__main__":
    main()
