"""The load, a process of its own: what it costs is told apart from what Foyer costs.

It reads one job as a line of JSON, prepares, says that it is ready, and begins when told to; then it says what came.
"""

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

from e2e.bench import people
from e2e.bench.buying import buy, steps
from e2e.bench.people import Person, text
from e2e.bench.wires import Crowd, Done, Script

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
    """Returning visitors open a showtime's page; a third of its seats are taken."""

    def __init__(self, port: int, showtimes: list[int], seats: list[int], **given: Any) -> None:
        holders = people.gather(port, len(seats) // 3 // PLACES_EACH, showtime=showtimes[0])
        taken = zip(holders * PLACES_EACH, seats[::3], strict=False)
        scripts = iter([hold(person, showtimes[0], seat) for person, seat in taken])
        self.crowd = Crowd(given.get("at_once", AT_ONCE))
        for done in Crowd(1).run(lambda lane: next(scripts, None), seconds=600):
            assert not done.outcome, done.outcome
        self.people = people.gather(port, AT_ONCE, showtime=showtimes[0])
        self.path = f"/showtimes/{showtimes[0]}/"

    def run(self, seconds: float) -> list[Done]:
        """Look for so long."""
        return self.crowd.run(lambda lane: look(self.people[lane], self.path), seconds=seconds)


class Racing:
    """Everybody wants one of the few seats at the same moment, and has a session already."""

    def __init__(
        self, port: int, showtimes: list[int], seats: list[int], racers: int, prizes: int, **given: Any
    ) -> None:
        runners = people.gather(port, racers, showtime=given["arrival"])
        wanted = seats[:prizes]
        scripts = [race(person, showtimes[0], wanted[at % prizes]) for at, person in enumerate(runners)]
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


KINDS = {"hold": Holding, "page": Looking, "race": Racing, "purchase": Buying}


def main() -> None:
    """One job."""
    job = json.loads(sys.stdin.readline())
    work = KINDS[job["kind"]](**job)
    print("ready", flush=True)
    seconds = float(sys.stdin.readline())
    began = time.perf_counter()
    done = work.run(seconds)
    told = {
        "seconds": time.perf_counter() - began,
        "ms": [one.seconds * 1000 for one in done],
        "outcomes": [one.outcome for one in done],
        "reconnected": work.crowd.reconnected,
        "steps": steps,
    }
    print(json.dumps(told), flush=True)
    sys.stdin.readline()  # we are counted among the processes until everything is counted


if __name__ == "__main__":
    main()
