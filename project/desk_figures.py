"""The figures of the desk's start page, as its template draws them (AD1)."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import dateformat, translation
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.flows import statistics
from core.flows.statistics import Sales, Span
from core.kernel.money import format_money

SPANS = {
    Span.WEEK: gettext_lazy("7 days"),
    Span.MONTH: gettext_lazy("30 days"),
    Span.QUARTER: gettext_lazy("90 days"),
    Span.YEAR: gettext_lazy("a year"),
}
BAR, GAP, HEIGHT = 10, 4, 100
MOST_TICKS = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in the units of the drawing."""

    label: str
    value: str
    tick: str
    x: int
    y: float
    width: int
    height: float
    tone: str
    minor: bool


def context(chosen: str, *, now: dt.datetime, zone: dt.tzinfo) -> dict[str, Any]:
    """Everything that the start page says. A period that does not exist is the usual one."""
    span = Span(chosen) if chosen in set(Span) else Span.MONTH
    sold = statistics.sales(span, now=now, zone=zone)
    today = statistics.day(now=now, zone=zone)
    return {
        "spans": [(one.value, words, one == span) for one, words in SPANS.items()],
        "zone": zone,
        "attention": _attention(now),
        "house": statistics.inventory(now=now),
        "today": today,
        "today_revenue": [_money(amount, currency) for currency, amount in today.revenue.items()],
        "totals": {
            "bookings": sum(sold.bookings),
            "tickets": sum(sold.tickets),
            "revenue": [_money(sum(amounts), currency) for currency, amounts in sold.revenue.items()],
            "new_users": sold.new_users,
        },
        "charts": _charts(sold, span),
        "popular": sold.popular,
    }


def chart(
    figures: Sequence[int], *, bars: Sequence[dt.date], span: Span, value: str, say: Callable[[int], str]
) -> dict[str, Any]:
    """Bars and their table for components/_chart.html; what is below nothing is drawn as nothing, and said."""
    most = max(0, *figures)
    labels = [_label(first, span) for first in bars]
    every = -(-len(bars) // MOST_TICKS)
    drawn = [
        Bar(
            label=label,
            value=say(figure),
            tick=_tick(first, span) if (len(bars) - 1 - number) % every == 0 else "",
            x=number * (BAR + GAP) + GAP // 2,
            y=HEIGHT - (height := round(HEIGHT * max(figure, 0) / most, 1) if most else 0),
            width=BAR,
            height=height,
            tone="" if number == len(bars) - 1 else "soft",
            minor=bool(every > 1 and span.bar_days and (len(bars) - 1 - number) % (2 * every)),
        )
        for number, (first, label, figure) in enumerate(zip(bars, labels, figures, strict=True))
    ]
    best = max(range(len(figures)), key=lambda number: figures[number])
    summary = _("%(sum)s in all; most on %(label)s: %(best)s.") % {
        "sum": say(sum(figures)),
        "label": labels[best],
        "best": say(figures[best]),
    }
    return {
        "bars": drawn,
        "width": len(bars) * (BAR + GAP),
        "max_label": say(most),
        "summary": summary,
        "key_label": {0: _("Month"), 1: _("Day")}.get(span.bar_days, _("Week from")),
        "value_label": value,
    }


def _attention(now: dt.datetime) -> list[tuple[str, str]]:
    """What somebody has to look at, and the list with it."""
    found = statistics.attention(now=now)
    said = [
        (
            found.incidents,
            ngettext("%(count)s money incident is open", "%(count)s money incidents are open", found.incidents),
            "payments_moneyincident",
            {"resolved_at__isempty": 1},
        ),
        (
            found.deliveries,
            ngettext(
                "%(count)s message of this week was given up",
                "%(count)s messages of this week were given up",
                found.deliveries,
            ),
            "notifications_delivery",
            {"status__exact": "dropped"},
        ),
        (
            found.messages,
            ngettext("%(count)s task has failed so far", "%(count)s tasks have failed so far", found.messages),
            "outbox_message",
            {"state": "failed"},
        ),
        (
            found.lockouts,
            ngettext("%(count)s lock-out since yesterday", "%(count)s lock-outs since yesterday", found.lockouts),
            "audit_record",
            {"action": "account.locked_out"},
        ),
    ]
    return [
        (words % {"count": _count(count)}, f"{reverse(f'admin:{page}_changelist')}?{urlencode(filters)}")
        for count, words, page, filters in said
        if count
    ]


def _charts(sold: Sales, span: Span) -> list[tuple[str, dict[str, Any]]]:
    def draw(figures: Sequence[int], value: str, say: Callable[[int], str]) -> dict[str, Any]:
        return chart(figures, bars=sold.bars, span=span, value=value, say=say)

    revenue = [
        (
            _("Revenue, %(currency)s") % {"currency": currency},
            draw(amounts, _("Revenue"), lambda amount, currency=currency: _money(amount, currency)),  # type: ignore[misc]
        )
        for currency, amounts in sold.revenue.items()
    ]
    return [*revenue, (_("Tickets sold"), draw(sold.tickets, _("Tickets"), _tickets))]


def _count(count: int) -> str:
    return number_format(count, force_grouping=True)


def _tickets(count: int) -> str:
    return ngettext("%(count)s ticket", "%(count)s tickets", count) % {"count": _count(count)}


def _money(amount: int, currency: str) -> str:
    return format_money(amount, currency, translation.get_language() or "en")


def _label(first: dt.date, span: Span) -> str:
    return dateformat.format(first, "F Y" if not span.bar_days else "D j M Y")


def _tick(first: dt.date, span: Span) -> str:
    return dateformat.format(first, "M" if not span.bar_days else "j M")
