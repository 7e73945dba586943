"""What changes people and what proves who they are, one file for each noun."""

from core.accounts.actions.codes import forget_codes, make_code, use_code
from core.accounts.actions.credentials import change_email, change_mobile, change_password, reset_password
from core.accounts.actions.logins import note_login, note_logout
from core.accounts.actions.registering import Newcomer, register
from core.accounts.actions.sessions import void_sessions
from core.accounts.actions.tries import begin_try, forget_tries, forgive, forgive_person, was_last_try

__all__ = [
    "Newcomer",
    "begin_try",
    "change_email",
    "change_mobile",
    "change_password",
    "forget_codes",
    "forget_tries",
    "forgive",
    "forgive_person",
    "make_code",
    "note_login",
    "note_logout",
    "register",
    "reset_password",
    "use_code",
    "void_sessions",
    "was_last_try",
]
