"""Why a seat map was refused: every problem with its place in the document."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.kernel.errors import Refusal

MOST_PROBLEMS = 500
WHOLE_DOCUMENT = "document"
_PLAIN_KEY = re.compile(r"[A-Za-z_$][\w$]*\Z")


class Problem(NamedTuple):
    """One fault: where in the document, and what is wrong there."""

    place: str
    reason: str


class SeatMapRefused(Refusal):
    """The document cannot become a seat map. `problems` lists every fault that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        first = self.problems[0]
        super().__init__(
            ngettext(
                "The seat map was refused because of %(count)d problem. %(place)s: %(reason)s",
                "The seat map was refused because of %(count)d problems. The first, at %(place)s: %(reason)s",
                len(self.problems),
            )
            % {"count": len(self.problems), "place": first.place, "reason": first.reason}
        )


class Findings:
    """Gathers problems until it is time to refuse."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._left_out = 0

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, place: str, reason: str) -> None:
        """Note a fault; beyond a readable number faults are only counted."""
        if len(self._found) < MOST_PROBLEMS:
            self._found.append(Problem(place, reason))
        else:
            self._left_out += 1

    def refuse_if_any(self) -> None:
        """Raise SeatMapRefused with everything noted so far."""
        if self._left_out:
            more = ngettext("%(count)d more problem.", "%(count)d more problems.", self._left_out)
            self._found.append(Problem(WHOLE_DOCUMENT, more % {"count": self._left_out}))
        if self._found:
            raise SeatMapRefused(self._found)


def place_of(path: Iterable[str | int]) -> str:
    """Write a path as people read it in JSON: zones[0].rows[3].seats[7]."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.match(step):
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return text or WHOLE_DOCUMENT


def seat_words(row_label: str, seat_number: str) -> str:
    """Name a seat inside a reason."""
    return _("row %(row)s, seat %(seat)s") % {"row": row_label, "seat": seat_number}
