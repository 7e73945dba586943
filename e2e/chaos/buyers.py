"""Sixteen people who buy, each in their own way, and go on whatever is killed meanwhile."""

import itertools
import json
import random
import threading
import time
from dataclasses import dataclass, field

from e2e.chaos.browser import Browser, GaveUp, Page, Seen

GOOD_CARD, BAD_CARD, BANK_CARD = "4242424242424242", "4000000000000002", "4000002500003155"
# How a purchase goes, and how often among a hundred.
PLANS = {
    "pays": 40,
    "closes the tab": 14,
    "is declined, then pays": 8,
    "is declined and leaves": 5,
    "gives up": 8,
    "abandons": 5,
    "pays late": 6,
    "gives back": 10,
    "leaves before paying": 4,
}
TRIES = 6
NARROW = 24  # people want the same seats: they look at so many free ones only


@dataclass(frozen=True)
class Hall:
    """A showtime and its seats."""

    showtime_id: int
    seats: tuple[int, ...]


@dataclass
class Crowd:
    """What the buyers share: what is on, what is still to be bought, and what they were told."""

    site: str
    till: str
    halls: list[Hall]
    seed: int
    purchases: int
    lease_seconds: float
    seen: Seen = field(default_factory=Seen)
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._numbers = iter(range(self.purchases))
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def start(self, people: int) -> None:
        """Let them in."""
        for number in range(people):
            thread = threading.Thread(target=self._shop, name=f"buyer {number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    @property
    def is_shopping(self) -> bool:
        """Whether anybody is still at it."""
        return any(thread.is_alive() for thread in self._threads)

    def _shop(self) -> None:
        while not self.stopping.is_set():
            with self._lock:
                number = next(self._numbers, None)
            if number is None:
                return
            purchase = Purchase(self, number)
            try:
                outcome = purchase.happen()
            except GaveUp as gone:
                outcome = f"gave up waiting for {gone}"
            except Exception as error:  # a fault of ours, or a page that nobody has thought of: both must be seen
                self.seen.fault(f"purchase {number} ({purchase.plan}): {error!r}")
                outcome = "went wrong"
            self.seen.ended(outcome)


class Purchase:
    """One person, one evening."""

    def __init__(self, crowd: Crowd, number: int) -> None:
        self.crowd, self.seen = crowd, crowd.seen
        self.dice = random.Random(f"{crowd.seed}:{number}")
        self.hall = self.dice.choice(crowd.halls)
        self.plan = self.dice.choices(list(PLANS), weights=list(PLANS.values()))[0]
        self.browser = Browser(crowd.site, crowd.till, crowd.seen)
        self.email = f"buyer-{number}@chaos.example"
        self.path = f"/showtimes/{self.hall.showtime_id}/"
        self.cancel_url = ""

    def happen(self) -> str:
        """From the showtime's page to the end; how it ended."""
        for _try in range(TRIES):
            if not self._hold():
                return "no seats"
            self._think()
            if self.plan == "leaves before paying":
                return self.plan
            session = self._to_till()
            if session:
                return self._at_till(session)
        return "never came to pay"

    def _think(self) -> None:
        time.sleep(self.dice.uniform(0.05, 0.8))

    def _hold(self) -> bool:
        """Hold one to three seats next to each other in the list of free ones."""
        self.browser.get(self.path)
        wanted = self.dice.randint(1, 3)
        for _try in range(TRIES):
            state = json.loads(self.browser.get(f"{self.path}places/").text)
            taken = {*state["sold"], *state["blocked"], *map(int, state["held"])}
            free = [seat for seat in self.hall.seats if seat not in taken][:NARROW]
            if not free:
                return False
            first = self.dice.randrange(len(free))
            answer = self.browser.post(
                f"{self.path}holds/", {"add": free[first : first + wanted]}, accept="application/json"
            )
            if answer.status == 200 and json.loads(answer.text)["mine"]:
                return True
            self._think()
        return False

    def _to_till(self) -> str:
        """Through checkout to Stripe's page; the session there, "" when the seats were lost on the way."""
        page = self.browser.get(f"{self.path}checkout/")
        for _try in range(TRIES):
            if "/checkout/" in page.url:
                if self.dice.random() < 0.25:
                    page = self._change_type(page)
                page = self._follow(self._send_order(page))
            elif "/payment/" in page.url and "waiting" in page.title.lower():
                self._think()
                page = self._follow(self.browser.post(f"/bookings/{page.code}/payment/", {}))
            elif "/showtimes/" in page.url or "/payment/" in page.url:
                return ""  # the hold has lapsed, or the booking that was begun has ended
            if page.url.startswith(self.crowd.till):
                self.cancel_url = next(iter(page.all(r'id="cancel" href="([^"]+)"')), "")
                return page.url.rpartition("/")[2].partition("?")[0]
        return ""

    def _send_order(self, page: Page) -> Page:
        contact = {"name": "Amina Yilmaz", "email": self.email, "seen": page.field("seen")}
        return self.browser.post(f"{self.path}checkout/", contact | self._types(page))

    def _types(self, page: Page) -> dict[str, str]:
        places = page.all(r'<select[^>]* name="(type-\d+)"')
        return dict(zip(places, page.all(r'<option value="(\w+)" selected'), strict=True))

    def _change_type(self, page: Page) -> Page:
        types = dict.fromkeys(self._types(page), "child")
        changed = self.browser.post(f"{self.path}checkout/", types | {"update": "1"})
        return self._follow(changed)

    def _follow(self, page: Page) -> Page:
        """Where an answer leads, as a browser goes there; a refusal stays where it is."""
        return self.browser.get(page.goes_to) if page.goes_to else page

    def _at_till(self, session: str) -> str:
        self._think()
        if self.plan == "abandons":
            return self.plan
        if self.plan == "gives up":
            return self._give_up()
        if self.plan == "pays late":
            self.crowd.stopping.wait(self.crowd.lease_seconds * self.dice.uniform(0.8, 1.3))
        if self.plan.startswith("is declined"):
            self._pay(session, BAD_CARD)
            if self.plan == "is declined and leaves":
                return self._give_up()
        paid = self._pay(session, BANK_CARD if self.dice.random() < 0.1 else GOOD_CARD)
        if not paid:
            return "came too late to pay"
        if self.plan == "closes the tab":
            return self.plan
        return self._come_back(paid)

    def _pay(self, session: str, card: str) -> str:
        """Pay at Stripe; where it sends the person then, "" when it was refused."""
        said = self.browser.control(f"sessions/{session}/pay", {"card": card})
        return str(said["url"]) if said.get("outcome") == "done" else ""

    def _come_back(self, url: str) -> str:
        for attempt in itertools.count():
            page = self.browser.get(url)
            if "Enjoy the show" in page.title:
                self.seen.tell(page.code, "confirmed")
                return self._give_back(page.code) if self.plan == "gives back" else "bought"
            if "waiting" not in page.title.lower() and "over" not in page.title.lower():
                self.seen.tell(page.code, page.title)
                return f"paid, and told: {page.title}"
            if attempt == 40:
                return "paid, and told to wait"
            time.sleep(1.0)
        raise AssertionError

    def _give_up(self) -> str:
        page = self.browser.get(self.cancel_url)
        answer = self.browser.post(f"/bookings/{page.code}/payment/end/", {})
        if answer.goes_to.startswith("/showtimes/"):
            self.seen.tell(page.code, "given up")
            return "gave up"
        return "gave up too late"

    def _give_back(self, code: str) -> str:
        self._think()
        page = self.browser.get(f"/bookings/{code}/cancellation/")
        tickets = page.all(r'name="ticket" value="([^"]+)"') or page.all(r'value="([^"]+)" name="ticket"')
        going = tickets[: self.dice.randint(1, len(tickets))]
        self.seen.tell(code, "to be given back")
        answer = self.browser.post(f"/bookings/{code}/cancellation/", {"ticket": going})
        if answer.status != 302:
            # The answer to the first try was lost on its way: the second finds nothing left to give back.
            return "gave back, twice asked"
        self.seen.tell(code, "gave back")
        return "gave back"
