"""How strong a password is (AC6). One rule: what is shown while somebody types is what is asked of them at the end."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from zxcvbn import zxcvbn

LEAST_LENGTH = 10
LEAST_SCORE = 3
# What zxcvbn looks at: twice as much costs four times the time, up to seconds for what is made to be slow.
LOOKED_AT = 32
LEVELS = (
    gettext_lazy("Very weak"),
    gettext_lazy("Weak"),
    gettext_lazy("Not quite enough"),
    gettext_lazy("Good"),
    gettext_lazy("Strong"),
)
# What zxcvbn finds, in our words. What is not here is not said.
FEEDBACK: dict[str, str | Promise] = {
    "Straight rows of keys are easy to guess.": gettext_lazy("Keys that lie side by side are guessed soon."),
    "Short keyboard patterns are easy to guess.": gettext_lazy("Keys that lie side by side are guessed soon."),
    'Repeats like "aaa" are easy to guess.': gettext_lazy("The same again and again adds little."),
    'Repeats like "abcabcabc" are only slightly harder to guess than "abc".': gettext_lazy(
        "The same again and again adds little."
    ),
    'Sequences like "abc" or "6543" are easy to guess.': gettext_lazy("Rows such as abc or 6543 are guessed soon."),
    "Recent years are easy to guess.": gettext_lazy("Years are guessed soon."),
    "Dates are often easy to guess.": gettext_lazy("Dates are guessed soon."),
    "This is a top-10 common password.": gettext_lazy("This is one of the ten most common passwords."),
    "This is a top-100 common password.": gettext_lazy("This is one of the most common passwords."),
    "This is a very common password.": gettext_lazy("Many people use this password."),
    "This is similar to a commonly used password.": gettext_lazy("This is close to a password that many people use."),
    "A word by itself is easy to guess.": gettext_lazy("A single word is guessed soon."),
    "Names and surnames by themselves are easy to guess.": gettext_lazy("Names are guessed soon."),
    "Common names and surnames are easy to guess.": gettext_lazy("Names are guessed soon."),
    "Capitalization doesn't help very much.": gettext_lazy("A capital letter at the beginning adds little."),
    "All-uppercase is almost as easy to guess as all-lowercase.": gettext_lazy("Capital letters alone add little."),
    "Reversed words aren't much harder to guess.": gettext_lazy("Words spelt backwards add little."),
    "Predictable substitutions like '@' instead of 'a' don't help very much.": gettext_lazy(
        "Signs instead of letters, such as @ for a, add little."
    ),
    "Add another word or two. Uncommon words are better.": gettext_lazy("Add a word or two, the rarer the better."),
    "Use a few words, avoid common phrases.": gettext_lazy("Use some words that do not usually stand together."),
}


@dataclass(frozen=True, slots=True)
class Classes:
    """Which kinds of characters there are."""

    small: bool
    capital: bool
    digits: bool
    signs: bool


@dataclass(frozen=True, slots=True)
class Strength:
    """A password, judged: score from 0 to 4, and what would make it better."""

    score: int
    length: int
    classes: Classes
    feedback: tuple[str, ...]

    @property
    def level(self) -> str:
        """The score as a word."""
        return str(LEVELS[self.score])

    @property
    def is_long_enough(self) -> bool:
        """Whether it has as many characters as are asked for."""
        return self.length >= LEAST_LENGTH

    @property
    def is_enough(self) -> bool:
        """Whether it is accepted."""
        return self.is_long_enough and self.score >= LEAST_SCORE

    def as_json(self) -> dict[str, Any]:
        """As the programming interface tells it."""
        return asdict(self) | {"level": self.level, "is_enough": self.is_enough, "least_length": LEAST_LENGTH}


def judge(password: str, *, about: Iterable[str] = ()) -> Strength:
    """How strong it is for somebody of whom `about` (name, address, number) is known. Keeps and tells nothing."""
    words = [word for told in about for word in (told, *told.replace("@", " ").replace(".", " ").split()) if word]
    found: dict[str, Any] = zxcvbn(password[:LOOKED_AT] or " ", user_inputs=list(words[:20]))
    said = [found["feedback"]["warning"], *found["feedback"]["suggestions"]] if password else []
    heard = [str(FEEDBACK[one]) for one in said if one in FEEDBACK]
    return Strength(
        # Too short is never good, whatever it is made of.
        score=found["score"] if len(password) >= LEAST_LENGTH else min(found["score"], LEAST_SCORE - 1),
        length=len(password),
        classes=Classes(
            small=any(sign.islower() for sign in password),
            capital=any(sign.isupper() for sign in password),
            digits=any(sign.isdigit() for sign in password),
            signs=any(not sign.isalnum() for sign in password),
        ),
        feedback=tuple(dict.fromkeys(heard)),
    )


class StrongPassword:
    """The rule, as Django's validators have it."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with what would make it better, if it is not good enough."""
        told = (user.name, user.known_as, user.shown_email, user.mobile) if user else ()
        about = [str(one) for one in told if one]
        strength = judge(password, about=about)
        if not strength.is_long_enough:
            raise ValidationError(_("Use at least %(least)s characters.") % {"least": LEAST_LENGTH})
        if not strength.is_enough:
            raise ValidationError(" ".join([_("This password is too easy to guess."), *strength.feedback]))

    def get_help_text(self) -> str:
        """What is asked for."""
        return _("At least %(least)s characters. A short sentence is easy to keep in mind.") % {"least": LEAST_LENGTH}
