"""PostgreSQL away: a page in words and the right status, never the page of a fault."""

from unittest import mock

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, InterfaceError, OperationalError
from psycopg import errors
from psycopg_pool import PoolTimeout

from core.accounts.models import User
from project.views import database_is_away


def raised(kind: type[Exception], cause: Exception) -> Exception:
    """As Django raises what psycopg has raised."""
    error = kind(str(cause))
    error.__cause__ = cause
    return error


AWAY = [
    raised(OperationalError, PoolTimeout("couldn't get a connection after 5.00 sec")),
    raised(OperationalError, psycopg.OperationalError("connection failed: No such file or directory")),
    raised(OperationalError, errors.AdminShutdown("terminating connection due to administrator command")),
    raised(OperationalError, errors.CannotConnectNow("the database system is starting up")),
    raised(OperationalError, errors.TooManyConnections("sorry, too many clients already")),
    raised(InterfaceError, psycopg.InterfaceError("the connection is closed")),
]
FAULTS = [
    raised(OperationalError, errors.DeadlockDetected("deadlock detected")),
    raised(OperationalError, errors.QueryCanceled("canceling statement due to statement timeout")),
    ValueError("a bug"),
    None,
]


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error.__cause__).__name__)
def test_database_that_does_not_answer_is_away(error):
    assert database_is_away(error) is True


@pytest.mark.parametrize("error", FAULTS, ids=repr)
def test_fault_is_not_the_database_being_away(error):
    assert database_is_away(error) is False


@pytest.mark.parametrize(
    ("error", "status", "title", "again"),
    [(AWAY[0], 503, "Closed for a moment", "5"), (FAULTS[0], 500, "Something broke on our side", None)],
)
def test_page_says_what_is_wrong_when_a_view_meets_the_database(client, error, status, title, again):
    client.raise_request_exception = False
    with mock.patch("project.views.url_has_allowed_host_and_scheme", side_effect=error):
        page = client.post("/scheme/", {"scheme": "dark"})
    assert (page.status_code, page.get("Retry-After")) == (status, again)
    assert f"<h1>{title}</h1>" in page.content.decode()


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [(AWAY[0], 503, "Closed for a moment"), (DatabaseError("no such row"), 400, "We could not read that")],
)
def test_session_that_cannot_be_saved_is_no_mistake_of_the_person(db, client, settings, error, status, title):
    """Chaos: somebody back from paying was told that the request could not be read; PostgreSQL had gone meanwhile."""
    client.force_login(User.objects.create_user("amina@foyer.example"))
    settings.SESSION_SAVE_EVERY_REQUEST = True
    with mock.patch("django.contrib.sessions.models.Session.save", side_effect=error):
        page = client.post("/scheme/", {"scheme": "dark"})
    assert page.status_code == status
    assert f"{title}</h1>" in page.content.decode()


def test_nobody_waits_long_for_a_database_that_is_back():
    """The pool gives up soon and begins anew: its waits double, so after a long outage it would come back late."""
    pool = django_settings.DATABASES["default"]["OPTIONS"]["pool"]
    assert (pool["timeout"], pool["reconnect_timeout"]) == (5, 5)
