"""What somebody looks for, as it stands in the URL. What cannot be understood is left out, and said so."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.catalog.models import Category
from core.catalog.queries import City, Wanted
from portals.customer.days import today_in

FURTHEST = dt.timedelta(days=400)
MOST_LETTERS = 80


class Filter(forms.Form):
    """Whatever can be understood counts; for the rest there is a sentence."""

    MESSAGES: dict[str, Any] = {}

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.full_clean()

    @property
    def query(self) -> dict[str, str]:
        """What was understood and is not empty, as it stands in the URL."""
        return {name: str(value) for name, value in sorted(self.cleaned_data.items()) if value}

    @property
    def troubles(self) -> list[Any]:
        """What was left out, in words."""
        return [self.MESSAGES[name] for name in self.errors]

    def url_with(self, **changes: str) -> str:
        """The same wish with some of it changed: "?city=Graz&day=2026-11-22". A change to "" takes it away."""
        return "?" + urlencode({name: value for name, value in sorted((self.query | changes).items()) if value})


class DayFilter(Filter):
    """A day of the programme. `zone` is the time zone in which today is today."""

    day = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    MESSAGES = {"day": gettext_lazy("That is not a day of our programme. Choose another one.")}

    def __init__(self, data: QueryDict, *, zone: str, now: dt.datetime) -> None:
        self.zone = zone
        self.now = now
        super().__init__(data)

    @property
    def today(self) -> dt.date:
        return today_in(self.zone, now=self.now)

    @property
    def last_day(self) -> dt.date:
        return self.today + FURTHEST

    @property
    def day_chosen(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data.get("day")
        return day

    @property
    def any_day_url(self) -> str:
        return self.url_with(day="")

    def clean_day(self) -> dt.date | None:
        """A day that has not passed and is near enough to be planned."""
        day: dt.date | None = self.cleaned_data["day"]
        if day and not self.today <= day <= self.last_day:
            raise forms.ValidationError("past or far")
        return day


class ProgrammeFilter(DayFilter):
    """Day, city, category and words. Today is today in the first city."""

    q = forms.CharField(required=False, max_length=MOST_LETTERS)
    city = forms.CharField(required=False, max_length=80)
    category = forms.CharField(required=False, max_length=50)

    MESSAGES = {
        "q": gettext_lazy("The search is too long or has signs that cannot be searched for. Everything is shown."),
        "city": gettext_lazy("Nothing is on in that city. All cities are shown."),
        "category": gettext_lazy("There is no such category. All are shown."),
        "day": gettext_lazy("That is not a day of our programme. All days are shown."),
    }

    def __init__(
        self,
        data: QueryDict,
        *,
        cities: Sequence[City],
        categories: Iterable[Category],
        now: dt.datetime,
        home_city: str = "",
    ) -> None:
        self.cities = {city.name.casefold(): city.name for city in cities}
        self.categories = {category.slug for category in categories}
        # Where the person lives is meant as long as the URL says nothing of a city; an empty one means all of them.
        self.home_city = self.cities.get(home_city.casefold(), "")
        if self.home_city and "city" not in data:
            data = data.copy()
            data["city"] = self.home_city
        super().__init__(data, zone=cities[0].time_zone if cities else "UTC", now=now)

    @property
    def query(self) -> dict[str, str]:
        """As it would be shared; "all cities" has to be said by somebody who would see their own."""
        return super().query | ({"city": ""} if self.home_city and not self.cleaned_data.get("city") else {})

    def url_with(self, **changes: str) -> str:
        """The same wish with some of it changed; see `query`."""
        wish = self.query | changes
        kept = {name for name, value in wish.items() if value} | ({"city"} if self.home_city else set())
        return "?" + urlencode({name: wish[name] for name in sorted(kept)})

    @property
    def wanted(self) -> Wanted:
        """What could be understood."""
        query = self.query
        return Wanted(
            day=self.day_chosen,
            city=query.get("city", ""),
            category=query.get("category", ""),
            words=query.get("q", ""),
        )

    def clean_city(self) -> str:
        """The city as its venues write it."""
        return _one_of(self.cities, self.cleaned_data["city"].casefold())

    def clean_category(self) -> str:
        """A category that exists."""
        return _one_of({slug: slug for slug in self.categories}, self.cleaned_data["category"])


class VenueFilter(Filter):
    """City and words."""

    q = forms.CharField(required=False, max_length=MOST_LETTERS)
    city = forms.CharField(required=False, max_length=80)

    MESSAGES = {
        "q": gettext_lazy("The search is too long or has signs that cannot be searched for. Everything is shown."),
        "city": gettext_lazy("There is no venue in that city. All cities are shown."),
    }

    def __init__(self, data: QueryDict, *, cities: Sequence[str]) -> None:
        self.cities = {city.casefold(): city for city in cities}
        super().__init__(data)

    def clean_city(self) -> str:
        """The city as its venues write it."""
        return _one_of(self.cities, self.cleaned_data["city"].casefold())


def _one_of(known: Mapping[str, str], typed: str) -> str:
    if typed and typed not in known:
        raise forms.ValidationError("unknown")
    return known.get(typed, "")


@dataclass(frozen=True, slots=True)
class Chip:
    """A category to choose."""

    key: str
    label: str
    url: str
    count: int | None
    current: bool


def category_chips(counted: Iterable[tuple[Category, int]], form: ProgrammeFilter) -> list[Chip]:
    """All categories, and those where something is on or that are chosen, with how many events."""
    chosen = form.query.get("category", "")
    chips = [Chip("all", _("Everything"), form.url_with(category=""), None, not chosen)]
    for category, count in counted:
        if count or category.slug == chosen:
            url = form.url_with(category=category.slug)
            chips.append(Chip(category.slug, category.name, url, count, category.slug == chosen))
    return chips
