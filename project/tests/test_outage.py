"""PostgreSQL away: a page in words and the right status, never the page of a fault."""

from unittest import mock

import psycopg
import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError
from psycopg import errors
from psycopg_pool import PoolTimeout

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
    with mock.patch("project.views.redirect", side_effect=error):
        page = client.post("/scheme/", {"scheme": "dark"})
    assert (page.status_code, page.get("Retry-After")) == (status, again)
    assert f"<h1>{title}</h1>" in page.content.decode()


def test_nobody_waits_long_for_a_database_that_is_back():
    """The pool gives up soon and begins anew: its waits double, so after a long outage it would come back late."""
    pool = settings.DATABASES["default"]["OPTIONS"]["pool"]
    assert (pool["timeout"], pool["reconnect_timeout"]) == (5, 5)
