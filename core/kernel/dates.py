"""Dates as people say them. The instant is given on the clock on which it should be told."""

import datetime as dt

from django.utils import dateformat
from django.utils.translation import pgettext


def day_and_time(local: dt.datetime) -> str:
    """Sat 21 Nov 20:15"""
    return dateformat.format(local, pgettext("date and time, in letters of Django's date filter", "D j M H:i"))


def long_day(local: dt.datetime) -> str:
    """Saturday 21 November 2026"""
    return dateformat.format(local, pgettext("whole date, in letters of Django's date filter", "l j F Y"))


def weekday_and_date(local: dt.datetime) -> str:
    """Saturday 21 November"""
    return dateformat.format(local, pgettext("weekday and date, in letters of Django's date filter", "l j F"))


def clock(local: dt.datetime) -> str:
    """20:15"""
    return dateformat.format(local, pgettext("time, in letters of Django's date filter", "H:i"))
