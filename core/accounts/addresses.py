"""Mail addresses and mobile numbers as Foyer keeps them, however people type them."""

import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException, PhoneNumberType, number_type, region_code_for_number

# What is left of the address of somebody whose account was deleted; no mail is ever delivered there.
PSEUDONYM_HOST = "deleted.invalid"
# Where the address of an account would be that has none proved yet.
PLACEHOLDER_HOST = "pending.invalid"


LONGEST_EMAIL = 254
# The region of numbers that belong to no country: satellites and the like.
NOWHERE = "001"


def normalise_email(email: str) -> str:
    """Lower-cased and trimmed: nobody runs two mailboxes that differ by case, and people type both."""
    return email.strip().lower()


def normalise_mobile(typed: str) -> str:
    """The number in E.164: +436641234567. Typed nationally it is one of our country; "" if it is no number."""
    try:
        number = PhoneNumber.from_string(typed.strip(), region=settings.PHONENUMBER_DEFAULT_REGION)
    except NumberParseException:
        return ""
    return str(number.as_e164) if number.is_valid() and takes_texts(number) else ""


def takes_texts(number: PhoneNumber) -> bool:
    """Whether it is a mobile number, as far as one can tell: no landline, no premium or toll-free one, no satellite."""
    if region_code_for_number(number) == NOWHERE:
        return False
    return number_type(number) in {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


def destination_of(typed: str) -> str:
    """Where a code to what was typed goes: a mail address, a number in E.164, or "" if it is neither."""
    if "@" not in typed:
        return normalise_mobile(typed)
    try:
        validate_email(normalise_email(typed))
    except ValidationError:
        return ""
    email = normalise_email(typed)
    return email if len(email) <= LONGEST_EMAIL else ""


def placeholder() -> str:
    """What an account has for an address until one is proved: nobody's, and nobody guesses it."""
    return f"pending-{secrets.token_hex(12)}@{PLACEHOLDER_HOST}"


def is_placeholder(email: str) -> bool:
    """Whether that is no address but stands for one that is not proved yet."""
    return email.endswith(f"@{PLACEHOLDER_HOST}")


def is_mobile(destination: str) -> bool:
    """Whether a destination is a number; else it is a mail address."""
    return destination.startswith("+")


def legible(destination: str) -> str:
    """As people read it: +43 664 1234567."""
    return str(PhoneNumber.from_string(destination).as_international) if is_mobile(destination) else destination


def veiled(destination: str) -> str:
    """So much of it as its owner knows it by, and nobody learns it from: ···· 34, o···@foyer.example."""
    if is_mobile(destination):
        return f"···· {destination[-2:]}"
    name, _at, host = destination.partition("@")
    return f"{name[:1]}···@{host}"
