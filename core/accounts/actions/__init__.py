"""What changes people and what proves who they are, one file for each noun."""

from core.accounts.actions.codes import check_limits, forget_codes, make_code, use_code
from core.accounts.actions.credentials import change_email, change_mobile, change_password, reset_password
from core.accounts.actions.erasing import erase
from core.accounts.actions.living import PersonGone
from core.accounts.actions.logins import note_login, note_logout
from core.accounts.actions.people import add_dependent, change_dependent, change_profile, remove_dependent
from core.accounts.actions.pictures import (
    ask_for_picture,
    delete_file,
    drop_picture,
    end_errand,
    forget_errands,
    remove_picture,
    set_picture,
)
from core.accounts.actions.registering import Newcomer, register
from core.accounts.actions.sessions import void_sessions
from core.accounts.actions.tries import begin_try, forget_tries, forgive, forgive_person, was_last_try

__all__ = [
    "Newcomer",
    "PersonGone",
    "add_dependent",
    "ask_for_picture",
    "begin_try",
    "change_dependent",
    "change_email",
    "change_mobile",
    "change_password",
    "change_profile",
    "check_limits",
    "delete_file",
    "drop_picture",
    "end_errand",
    "erase",
    "forget_codes",
    "forget_errands",
    "forget_tries",
    "forgive",
    "forgive_person",
    "make_code",
    "note_login",
    "note_logout",
    "register",
    "remove_dependent",
    "remove_picture",
    "reset_password",
    "set_picture",
    "use_code",
    "void_sessions",
    "was_last_try",
]
