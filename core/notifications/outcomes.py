"""How sending can fail. Anything else that is raised is tried again as well."""


class Unreachable(Exception):
    """No answer, or one that promises nothing: to be tried again. The words are for administrators."""


class Refused(Exception):
    """The other side says that it will never take this; trying again is of no use."""
