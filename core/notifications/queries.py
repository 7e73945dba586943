"""Who is told by which channel, and what a person finds in their list."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from core.accounts.addresses import normalise_email
from core.accounts.models import User
from core.notifications.kinds import KINDS, Group, Kind
from core.notifications.models import Channel, Notification, Preference, PushDevice


def unread_count(user: User) -> int:
    """How much this person has not looked at; out of a small index of what is unread."""
    return Notification.objects.of(user).unread().count()


def notifications_of(user: User) -> QuerySet[Notification]:
    """A person's list, newest first."""
    return Notification.objects.of(user).order_by("-created_at", "-id")


def channels_for(kind: Kind, user: User) -> list[Channel]:
    """By which channels a person with a login is told of a kind."""
    if not kind.optional:
        return list(kind.always)
    chosen = dict(Preference.objects.filter(user=user, kind=kind.name).values_list("channel", "wanted"))
    return [*kind.always, *(channel for channel in kind.optional if chosen.get(channel, channel in kind.default))]


def may_mail(kind: Kind, address: str) -> bool:
    """Whether an address without a login is written to."""
    if Channel.MAIL in kind.always:
        return True
    unwanted = Preference.objects.filter(user=None, address=normalise_email(address), kind=kind.name, wanted=False)
    return Channel.MAIL in kind.default and not unwanted.exists()


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind by one channel: whether it goes, and whether the person may decide."""

    name: str
    channel: Channel
    offered: bool
    fixed: bool
    wanted: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One kind on the preferences page."""

    kind: Kind
    cells: list[Cell]


def cell_name(kind: str, channel: str) -> str:
    """The name of the form field of a kind and channel."""
    return f"{kind}.{channel}"


def preference_table(user: User) -> Iterator[tuple[Group, list[Row]]]:
    """The kinds by group, with each channel's state for this person."""
    chosen = {(kind, channel): wanted for kind, channel, wanted in _preferences(user)}
    for group in Group:
        rows = [
            Row(kind, [_cell(kind, channel, chosen) for channel in Channel])
            for kind in KINDS.values()
            if kind.group == group and kind.label
        ]
        if rows:
            yield group, rows


def preferences_of(user: User) -> dict[str, bool]:
    """What a person has chosen, by `cell_name`; nothing for those who never did."""
    return {cell_name(kind, channel): wanted for kind, channel, wanted in _preferences(user)}


def _preferences(user: User) -> QuerySet[Preference, tuple[str, str, bool]]:
    return Preference.objects.filter(user=user).values_list("kind", "channel", "wanted")


def _cell(kind: Kind, channel: Channel, chosen: dict[tuple[str, str], bool]) -> Cell:
    return Cell(
        name=cell_name(kind.name, channel),
        channel=channel,
        offered=channel in kind.channels,
        fixed=channel in kind.always,
        wanted=channel in kind.always or chosen.get((kind.name, channel), channel in kind.default),
    )


def devices_of(user: User) -> QuerySet[PushDevice]:
    """The devices on which this person is told things."""
    return PushDevice.objects.filter(user=user)
