from core.accounts.models.codes import Code
from core.accounts.models.organisations import Invitation, Membership, Merchant, MerchantLocation, Organizer
from core.accounts.models.people import Dependent, User, UserManager
from core.accounts.models.pictures import PictureErrand
from core.accounts.models.second_factor import AuthenticatorApp, RecoveryCode
from core.accounts.models.tries import LoginTry
from core.accounts.roles import Role

__all__ = [
    "AuthenticatorApp",
    "Code",
    "Dependent",
    "Invitation",
    "LoginTry",
    "Membership",
    "Merchant",
    "MerchantLocation",
    "Organizer",
    "PictureErrand",
    "RecoveryCode",
    "Role",
    "User",
    "UserManager",
]
