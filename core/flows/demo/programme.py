"""Which film runs when, and which evening belongs to whom.

Everything follows from the calendar date alone, so that seeding again tomorrow finds what was seeded today: films
rotate by the day, single evenings return every fourteen days.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.flows.demo.content import stories

TURNOVER = dt.timedelta(minutes=20)
TRAILERS = dt.timedelta(minutes=10)
DAYS_BACK, DAYS_AHEAD = 3, 14
SALE_OPENS_BEFORE = 8

SAAL, SALON, STUDIO = "kronlicht-kino/saal", "kronlicht-kino/salon", "kronlicht-kino/studio"
HALL, CLUB = "konzerthaus-am-muehlgang/grosser-saal", "kesselhaus/halle"

POOLS = {
    "family": ["oskar-and-the-cloud-machine", "pina-goes-under"],
    "main": ["meridian", "velocita", "last-tram-to-andritz", "the-salt-road", "paper-tigers"],
    "salon": ["the-salt-road", "the-moth-collector", "velocita", "meridian", "paper-tigers", "a-house-of-small-doors"],
    "art": ["a-house-of-small-doors", "blackwater-fugue", "northbound", "the-moth-collector", "last-tram-to-andritz"],
    "late": ["the-quiet-hive", "blackwater-fugue", "paper-tigers"],
    "star": ["meridian"],
    "tram": ["last-tram-to-andritz"],
}
# Nominal starts and pools per room: Monday to Thursday, Friday, Saturday, Sunday.
_SAAL_DAY = [("15:00", "family"), ("17:15", "main"), ("20:15", "main")]
_SAAL_FREE_DAY = [("11:00", "family"), ("13:15", "family"), ("15:30", "main"), ("19:30", "star")]
_SALON_DAY = [("17:30", "salon"), ("20:00", "salon")]
_SALON_FREE_DAY = [("14:30", "salon"), ("17:15", "salon"), ("20:15", "salon")]
_STUDIO_DAY = [("16:00", "art"), ("18:20", "art"), ("20:40", "art")]
_STUDIO_FREE_DAY = [("11:30", "art"), ("14:00", "art"), ("16:30", "art"), ("18:45", "art"), ("21:00", "tram")]
WEEK = {
    SAAL: (_SAAL_DAY, [*_SAAL_DAY, ("22:45", "late")], [*_SAAL_FREE_DAY, ("22:30", "late")], _SAAL_FREE_DAY),
    SALON: (_SALON_DAY, [*_SALON_DAY, ("22:30", "late")], [*_SALON_FREE_DAY, ("22:45", "late")], _SALON_FREE_DAY),
    STUDIO: (_STUDIO_DAY, _STUDIO_DAY, _STUDIO_FREE_DAY, _STUDIO_FREE_DAY),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """One showtime to be; times are naive, on the venue's clock."""

    story: str
    room: str
    starts: dt.datetime
    ends: dt.datetime
    tariff: str
    format: str = ""
    language: str = ""
    subtitles: str = ""
    doors: dt.datetime | None = None
    sale_opens: dt.datetime | None = None
    fill: float | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Evening:
    """Something that is on once every fourteen days; day 1 is a Monday, days 0 and 7 are Sundays."""

    day: int
    start: str
    story: str
    room: str
    tariff: str
    format: str = ""
    fill: float | None = None
    cancelled: bool = False
    announced: int = 0
    doors: int = 60
    minutes: int = field(default=0)


EVENINGS = [
    Evening(0, "11:00", "the-elephant-who-played-the-tuba", HALL, "family", doors=45),
    Evening(0, "15:00", "the-elephant-who-played-the-tuba", HALL, "family", doors=45),
    Evening(1, "19:30", "the-cartographers-daughter", STUDIO, "reading", doors=30),
    Evening(4, "10:00", "from-the-new-world", HALL, "free", format="Open rehearsal", doors=30, minutes=150),
    Evening(4, "19:30", "from-the-new-world", HALL, "symphony"),
    Evening(5, "19:30", "from-the-new-world", HALL, "symphony", fill=0.95),
    Evening(5, "23:00", "overpressure", CLUB, "night", doors=0),
    Evening(6, "20:00", "tin-harbour", CLUB, "band", fill=0.95),
    Evening(7, "17:00", "late-schubert", HALL, "recital", announced=22),
    Evening(8, "20:00", "please-hold", HALL, "comedy", cancelled=True),
    Evening(10, "20:00", "blue-hour", HALL, "jazz"),
    Evening(12, "23:00", "overpressure", CLUB, "night", doors=0),
    Evening(13, "20:00", "please-hold", HALL, "comedy", fill=1.0),
    Evening(13, "23:00", "overpressure", CLUB, "night", doors=0),
]


def programme(today: dt.date) -> Iterator[Slot]:
    """Everything from a few days ago to two weeks ahead, and what is announced further ahead than that."""
    furthest = max(evening.announced for evening in EVENINGS)
    for offset in range(-DAYS_BACK, max(DAYS_AHEAD, furthest) + 1):
        day = today + dt.timedelta(days=offset)
        evenings = [evening for evening in EVENINGS if evening.day == day.toordinal() % 14]
        yield from (_slot(evening, day) for evening in evenings if offset <= (evening.announced or DAYS_AHEAD))
        if offset <= DAYS_AHEAD:
            taken = {evening.room: at(day, evening.start) for evening in evenings}
            for room in WEEK:
                yield from films(room, day, until=taken.get(room))


def films(room: str, day: dt.date, *, until: dt.datetime | None = None) -> Iterator[Slot]:
    """A day of films in one room, each begun when the room has been swept; done before `until` if that is given."""
    ready = at(day, "00:00")
    for number, (nominal, pool) in enumerate(WEEK[room][max(0, day.weekday() - 3)]):
        choice = POOLS[pool]
        story = stories()[choice[(day.toordinal() + number) % len(choice)]]
        starts = max(at(day, nominal), _next_five(ready))
        ends = starts + TRAILERS + dt.timedelta(minutes=story.runtime)
        ready = ends + TURNOVER
        if until is None or ready <= until:
            yield _screening(story.slug, room, starts, ends, number)


def at(day: dt.date, clock: str) -> dt.datetime:
    """That time on that day."""
    return dt.datetime.combine(day, dt.time.fromisoformat(clock))


def _next_five(moment: dt.datetime) -> dt.datetime:
    return moment + dt.timedelta(minutes=-moment.minute % 5)


def _screening(story: str, room: str, starts: dt.datetime, ends: dt.datetime, number: int) -> Slot:
    family = story in POOLS["family"]
    film = stories()[story].film or {}
    original = film["original_language"].split(",")[0]
    dubbed = original == "German" or family or (room == SAAL and number != 2)
    wide = room == SAAL and story in ("meridian", "velocita") and starts.hour >= 17
    early = starts.hour < 17 and starts.weekday() < 5
    tariff = "children" if family else "matinee" if early else "wide" if wide else "film"
    sold_out = starts.weekday() == 5 and room == STUDIO and starts.hour >= 20
    nearly = starts.weekday() == 5 and room == SAAL and starts.hour == 19
    return Slot(
        story=story,
        room=room,
        starts=starts,
        ends=ends,
        tariff=f"salon-{tariff}" if room == SALON else tariff,
        format="3D" if wide else "2D",
        language="German" if dubbed else original,
        subtitles="" if dubbed else "German",
        doors=starts - dt.timedelta(minutes=15),
        fill=1.0 if sold_out else 0.95 if nearly else None,
    )


def _slot(evening: Evening, day: dt.date) -> Slot:
    starts = at(day, evening.start)
    minutes = evening.minutes or stories()[evening.story].runtime
    opens = at(day - dt.timedelta(days=SALE_OPENS_BEFORE), "10:00") if evening.announced else None
    return Slot(
        story=evening.story,
        room=evening.room,
        starts=starts,
        ends=starts + dt.timedelta(minutes=minutes),
        tariff=evening.tariff,
        format=evening.format,
        doors=starts - dt.timedelta(minutes=evening.doors),
        sale_opens=opens,
        fill=evening.fill,
        cancelled=evening.cancelled,
    )
