"""Something of everybody's, to be tried at by everybody: bookings, tickets, held seats, links, a mail."""

import dataclasses
import datetime as dt
import io
import itertools
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from django.core.mail import EmailMultiAlternatives
from django.db import models
from PIL import Image

from core.accounts import actions as accounts
from core.accounts.actions import Newcomer, teams
from core.accounts.models import AuthenticatorApp, Code, Dependent, Invitation, Membership, Merchant, Role, User
from core.accounts.models.second_factor import SEALED_FOR
from core.bookings.models import Booking, PromoCode
from core.catalog.models import Showtime
from core.flows import purchase
from core.flows.tests.stage import begin, to_stripe
from core.kernel import sealing, tokens
from core.kernel.actor import Actor
from core.notifications.actions import notify, vapid_public_key
from core.notifications.models import Notification, PushDevice
from core.notifications.unsubscribing import PURPOSE as STOP_PURPOSE
from core.payments import actions as payments
from core.payments.models import MoneyIncident
from core.seating import actions as seating
from core.tickets.actions import qr_text
from e2e.cast import NOW, House, StripeDesk, build_house, user_actor, visitor
from portals.access import SECOND_STEP_KEY
from portals.account import contacts, registering, resetting, shown_once
from portals.people import VISITOR_KEY
from project.mail_folder import FolderBackend
from project.tests.hostile.addresses import Address

AMINA, BRUNO, VISITOR, ADA, OLGA, MEI = "Amina", "Bruno", "a visitor", "Ada", "Olga", "Mei"
GUS, OTTO = "Gus", "Otto"
EVERYBODY = (AMINA, BRUNO, VISITOR, ADA, OLGA, MEI, GUS, OTTO)
PASSWORD = "opening-night"


@dataclasses.dataclass
class Stage:
    """What there is, and the session of each person."""

    house: House
    desk: StripeDesk
    users: dict[str, User] = dataclasses.field(default_factory=dict)
    sessions: dict[str, str] = dataclasses.field(default_factory=dict)
    showtimes: list[Showtime] = dataclasses.field(default_factory=list)
    bookings: dict[str, Booking] = dataclasses.field(default_factory=dict)
    links: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def amina(self) -> User:
        return self.users[AMINA]

    def codes(self, *people: str) -> list[str]:
        """The codes of somebody's bookings and of their tickets."""
        theirs = [booking for name, booking in self.bookings.items() if name.startswith(people)]
        tickets = [code for one in theirs for code in one.tickets.order_by("pk").values_list("code", flat=True)]
        return [*(booking.code for booking in theirs), *tickets]


def build(desk: StripeDesk) -> Stage:
    """The cast, each in the middle of something."""
    stage = Stage(build_house(standing=12), desk)
    house = stage.house
    stage.showtimes = [
        house.showtime,
        house.another_showtime(starts_at=NOW + dt.timedelta(days=4)),
        house.another_showtime(starts_at=NOW - dt.timedelta(days=1)),
        house.another_showtime(starts_at=NOW + dt.timedelta(days=5), status=Showtime.Status.CANCELLED),
    ]
    PromoCode.objects.create(organizer=house.organizer, word="WELCOME", percent=10)
    for name in (one for one in EVERYBODY if one != VISITOR):
        is_staff = name == ADA
        fields = {"name": f"{name} Canary", "joined_at": NOW, "is_staff": is_staff, "is_superuser": is_staff}
        stage.users[name] = User.objects.create_user(f"{name.lower()}@foyer.example", PASSWORD, **fields)
    _teams(stage)
    _families(stage)
    _sessions(stage)
    _bookings(stage)
    _told(stage)
    _links(stage)
    return stage


def _teams(stage: Stage) -> None:
    merchant = Merchant.objects.create(name="Mei & Daughters", slug="mei")
    for name, house in ((OLGA, {"organizer": stage.house.organizer}), (MEI, {"merchant": merchant})):
        owner = Membership.objects.create(user=stage.users[name], role=Role.OWNER, joined_at=NOW, **house)
        actor, email = user_actor(stage.users[name]), f"new-{name.lower()}@foyer.example"
        _row, key = teams.invite(
            owner.house, email=email, role=Role.MANAGER, by=owner, actor=actor, now=NOW - dt.timedelta(hours=1)
        )
        stage.links[f"invited by {name}"] = key
    for name, role in ((GUS, Role.USHER), (OTTO, Role.CLERK)):
        Membership.objects.create(user=stage.users[name], role=role, joined_at=NOW, organizer=stage.house.organizer)
    for name in (AMINA, OLGA):
        key = sealing.encrypt(b"x" * 20, purpose=SEALED_FOR)
        AuthenticatorApp.objects.create(user=stage.users[name], name="app", sealed_key=key, created_at=NOW)


def _families(stage: Stage) -> None:
    face = io.BytesIO()
    Image.new("RGB", (80, 80), "red").save(face, "PNG")
    for name in (AMINA, BRUNO):
        user, actor = stage.users[name], user_actor(stage.users[name])
        said = {"name": f"Child of {name}", "relation": "child", "door_notes": "A canary."}
        accounts.add_dependent(user=user, values=said, actor=actor, now=NOW)
        accounts.set_picture(user=user, data=face.getvalue(), actor=actor, now=NOW)
        user.refresh_from_db()


def _sessions(stage: Stage) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for name in EVERYBODY:
        session = store()
        if user := stage.users.get(name):
            session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
            session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
            if name != OTTO:  # who is still to do it
                session[SECOND_STEP_KEY] = {"user": user.pk, "how": "totp"}
            if name == AMINA:
                for story, wanted in ((contacts.EMAIL, "new@foyer.example"), (contacts.MOBILE, "+436641111111")):
                    session[f"code_step:{story}"] = {"to": wanted, "sent_at": NOW.timestamp()}
                session[shown_once.KEY] = shown_once.sealed(user.pk, ["AAAAA-AAAAA"])
        else:
            session[VISITOR_KEY] = visitor("walker").holder
            session.update(_in_the_middle(stage))
        for _here_and_elsewhere in range(2 if user else 1):
            session.create()
            session.save()
            stage.sessions[name] = session.session_key
            if user:
                UserSession.objects.create(
                    user=user, session_key=session.session_key, ip="192.0.2.10", user_agent="Firefox"
                )


def _in_the_middle(stage: Stage) -> dict[str, object]:
    """What the session of somebody knows who registers, has forgotten the password, and has proved who they are."""
    newcomer = Newcomer("Nobody", "nobody@foyer.example", "", "!", "en")
    proof = Code.objects.create(
        purpose=Code.Purpose.RESET, destination=stage.users[BRUNO].email, bound_to=visitor("walker").holder,
        hash="!", sent_at=NOW, expires_at=NOW, used_at=NOW,
    )  # fmt: skip
    waiting = {"sent_at": NOW.timestamp()}
    return {
        f"code_step:{registering.STORY}": waiting | {"newcomer": dataclasses.asdict(newcomer), "next": ""},
        f"code_step:{resetting.STORY}": waiting | {"to": "nobody@foyer.example", "typed": "nobody@foyer.example"},
        resetting.PROOF_KEY: proof.pk,
    }


def _bookings(stage: Stage) -> None:
    first, second = (dataclasses.replace(stage.house, showtime=one) for one in stage.showtimes[:2])
    people = {AMINA: user_actor(stage.users[AMINA]), BRUNO: user_actor(stage.users[BRUNO]), VISITOR: visitor("walker")}
    for column, (name, actor) in enumerate(people.items(), start=1):
        stage.bookings[f"{name}, confirmed"] = _bought(stage, first, actor, f"A{column}", f"B{column}")
        stage.bookings[f"{name}, waiting"] = begin(second, f"A{column}", actor=actor)
        to_stripe(stage.bookings[f"{name}, waiting"])
        seating.hold(showtime=first.showtime, seat_ids=first.seats(f"C{column}", f"D{column}"), actor=actor, now=NOW)
    ada = user_actor(stage.users[ADA])
    seating.hold(showtime=first.showtime, seat_ids=first.seats("A9"), actor=ada, now=NOW - dt.timedelta(minutes=6))


def _bought(stage: Stage, house: House, actor: Actor, *labels: str) -> Booking:
    booking = begin(house, *labels, actor=actor)
    stage.desk.pay(to_stripe(booking))
    booking = purchase.settle(booking, actor=actor, now=NOW)
    assert booking.status == Booking.Status.CONFIRMED
    qr_text(booking.tickets.earliest("pk"), now=NOW)  # makes the platform's first key
    return booking


def _told(stage: Stage) -> None:
    for name in (AMINA, BRUNO):
        user = stage.users[name]
        PushDevice.objects.create(
            user=user, endpoint=f"https://push.example/{name}", p256dh="x", auth="y", created_at=NOW
        )
        notify("tickets_cancelled", user=user, once_key=f"walk:{name}", now=NOW, booking="ABC")


def _links(stage: Stage) -> None:
    folder = Path(settings.OUTBOX_DIR)
    earlier = set(folder.glob("*.eml"))
    mail = EmailMultiAlternatives("Your tickets", "In the mail.", to=[stage.amina.email])
    mail.attach_alternative("<p>In the mail.</p>", "text/html")
    mail.attach("a.txt", "a", "text/plain")
    FolderBackend().send_messages([mail])
    stage.links["mail"] = (set(folder.glob("*.eml")) - earlier).pop().stem
    Group.objects.create(name="Clerks")
    payments.receive(stage.desk.events()[0], now=NOW)
    payments.note_incident(MoneyIncident.Kind.UNKNOWN, reference="cs_walk", detail="", now=NOW)
    stage.users[AMINA].refresh_from_db()
    stage.links["stop"] = tokens.seal({"k": "new_login", "u": stage.amina.pk, "a": ""}, purpose=STOP_PURPOSE)
    vapid_public_key(NOW)  # the first look at the preferences makes it


# How each argument of a path is filled in with what there is. A new name belongs in here.
VALUES: dict[str, Callable[[Stage], list[str]]] = {
    "id": lambda stage: [str(showtime.pk) for showtime in stage.showtimes],
    "seat_map_id": lambda stage: [str(stage.house.showtime.seat_map_id)],
    "slug": lambda stage: [stage.house.event.slug, stage.house.venue.slug],
    "code": lambda stage: stage.codes(*EVERYBODY),
    "key": lambda stage: [
        *(booking.access_key for booking in stage.bookings.values()),
        *(stage.users[name].picture_key for name in (AMINA, BRUNO)),
        *(stage.links[link] for link in ("mail", f"invited by {OLGA}")),
    ],
    "dependent_id": lambda stage: _ids(Dependent),
    "session_id": lambda stage: _ids(UserSession),
    "member_id": lambda stage: _ids(Membership),
    "invitation_id": lambda stage: _ids(Invitation),
    "number": lambda stage: ["2"],
    "notification_id": lambda stage: _ids(Notification),
    "device_id": lambda stage: _ids(PushDevice),
    "token": lambda stage: [stage.links["stop"]],
    "object_id": lambda stage: sorted({str(pk) for model in admin.site._registry for pk in _some_of(model)}),
    "content_type_id": lambda stage: [str(_content_type("bookings", "booking"))],
    "app_label": lambda stage: ["bookings", "auth"],
    "url": lambda stage: ["anything/"],
}


def _ids(model: type[models.Model]) -> list[str]:
    return [str(pk) for pk in model._default_manager.order_by("pk").values_list("pk", flat=True)]


def _some_of(model: type) -> list[int]:
    return list(model._default_manager.order_by("pk").values_list("pk", flat=True)[:2])


def _content_type(app: str, model: str) -> int:
    return apps.get_model("contenttypes", "ContentType").objects.get_by_natural_key(app, model).pk


def paths(stage: Stage, address: Address) -> list[str]:
    """The address with everything that there is, also what belongs to others or to another address."""
    values = [VALUES[argument](stage) for argument in address.arguments]
    return [address.path(**dict(zip(address.arguments, chosen, strict=True))) for chosen in itertools.product(*values)]


def of_the_desk(address: Address) -> bool:
    """Is it for administrators only?"""
    return address.name.startswith(("admin:", "lapsed_holds", "outbox", "mail"))


def owner(address: Address) -> str:
    """Who gets furthest there."""
    if of_the_desk(address):
        return ADA
    door = re.split(r"[:_]", address.name)[0]
    return {"organizer": OLGA, "checkin": OLGA, "merchant": MEI}.get(door, AMINA)
