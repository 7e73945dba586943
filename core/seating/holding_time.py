"""How long one person has kept places of one showtime from everybody else (R8).

Releasing and holding again starts no new clock: what counts is the time in which at least one place was held,
within the last while. Plain values in, plain values out.
"""

import datetime as dt
from collections.abc import Iterable

# Within any such while one person keeps places of one showtime for at most (1 + extensions) hold times without
# paying, and one lease more in all, however often a payment is begun and given up.
WINDOW = dt.timedelta(minutes=45)


def time_held(
    spans: Iterable[tuple[dt.datetime, dt.datetime]], *, since: dt.datetime, now: dt.datetime
) -> dt.timedelta:
    """Length of the union of `spans` (from, to), cut to [since, now]."""
    total = dt.timedelta()
    reached = since
    for start, end in sorted(spans):
        start, end = max(start, reached), min(end, now)
        if end > start:
            total += end - start
            reached = end
    return total
