"""What the demo tells: read from the TOML files beside this module."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

HERE = Path(__file__).parent
PLANS = HERE.parents[1] / "catalog" / "seatmap" / "samples"
PASSWORD = "opening-night"  # noqa: S105 -- printed by demo_logins; the demo has no secrets


@dataclass(frozen=True, slots=True)
class Story:
    """An event as its file tells it."""

    slug: str
    house: str
    category: str
    runtime: int
    popularity: float
    fields: dict[str, Any]
    film: dict[str, Any] | None
    cast: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Person:
    """One of the named cast, with a login."""

    name: str
    email: str
    does: str
    organizer: str = ""
    merchant: str = ""
    role: str = ""
    mobile: str = ""
    administrator: bool = False

    @property
    def door(self) -> str:
        """Where this person goes."""
        if self.administrator:
            return f"/{settings.ADMIN_PATH}/"
        if self.merchant:
            return "/merchant/"
        if self.organizer:
            return "/checkin/" if self.role == "usher" else "/organizer/"
        return "/"


@cache
def houses() -> dict[str, Any]:
    """Categories, organizers, venues with rooms, merchants, promo codes and people, as written in houses.toml."""
    return tomllib.loads((HERE / "houses.toml").read_text(encoding="utf-8"))


def people() -> list[Person]:
    """The named cast."""
    return [Person(**person) for person in houses()["person"]]


@cache
def stories() -> dict[str, Story]:
    """All events by slug."""
    return {path.stem: _story(path) for path in sorted((HERE / "events").glob("*.toml"))}


def plan_of(name: str) -> bytes:
    """The seat-map document of that name."""
    return (PLANS / f"{name}.json").read_bytes()


def _story(path: Path) -> Story:
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    return Story(
        slug=path.stem,
        house=written["house"],
        category=written["category"],
        runtime=written["runtime"],
        popularity=written["popularity"],
        fields={
            "title": written["title"],
            "tagline": written["tagline"],
            "description": written["description"].strip(),
            "runtime_minutes": written["runtime"],
            "age_rating": written.get("age_rating", ""),
            "featured": written.get("featured", False),
            "poster": f"demo/posters/{path.stem}.svg",
        },
        film=written.get("film"),
        cast=written.get("cast", []),
    )
