"""Which requests are made: a fixed part that leaves no address and no field out, and what chance adds to it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count, cycle

from hypothesis import strategies as st

from project.tests.hostile import nasty
from project.tests.hostile.addresses import ADDRESSES, Address
from project.tests.hostile.asking import FORM, KEYS, Ask, Asking
from project.tests.hostile.forms import Form, Found
from project.tests.hostile.nasty import Fields, multipart, urlencoded
from project.tests.hostile.stage import ADA, AMINA, BRUNO, EVERYBODY, VALUES, VISITOR, Stage, of_the_desk, owner, paths


def tried(asking: Asking, asks: Iterable[Ask]) -> list[str]:
    """Send each by itself; what went wrong."""
    problems = []
    for ask in asks:
        try:
            asking.alone(ask)
        except AssertionError as problem:
            problems.append(str(problem))
    return problems


def path_asks(stage: Stage) -> Iterator[Ask]:
    """Each argument of each address with a part of what does not belong there, in turn."""
    known = {argument: values(stage)[0] for argument, values in VALUES.items()}
    people, methods, turn = cycle(EVERYBODY), cycle(("GET", "POST", "GET", "DELETE", "HEAD")), count()
    for address in ADDRESSES:
        for argument in address.arguments:
            step = 4 if address.name.startswith("admin:") else 2
            for piece in nasty.PIECES[next(turn) % step :: step]:
                who = owner(address) if step > 2 else next(people)
                yield Ask(who, next(methods), address.path(**known | {argument: piece}))


def form_asks(found: Found) -> Iterator[Ask]:
    """Each field of each form, and each name that its view reads, with what does not belong there."""
    turn, seen = count(), set()
    for form in found.forms:
        for name in sorted({name for name, _ in form.fields} | found.names[form.address.name]):
            if form.method != "POST" or (form.address.name, name) in seen:
                continue
            seen.add((form.address.name, name))
            few = 0 if form.address.name.startswith("admin:") else 2
            others = [(one, value) for one, value in form.fields if one != name]
            for value in [*nasty.VALUES[:3], *(nasty.VALUES[next(turn) % len(nasty.VALUES)] for _ in range(few))]:
                fields = [*others, (name, value)]
                if next(turn) % 3:
                    yield Ask(form.who, "POST", form.path, body=urlencoded(fields).encode())
                else:
                    kind, body = multipart(fields)
                    yield Ask(form.who, "POST", form.path, body=body, content_type=kind)


def query_asks(found: Found, stage: Stage) -> Iterator[Ask]:
    """All names that a view reads at once, each with something else that does not belong there."""
    turn = count()
    for address in ADDRESSES:
        names = sorted(found.names[address.name])
        path = next((form.path for form in found.forms if form.address == address), paths(stage, address)[0])
        for _ in range((2 if of_the_desk(address) else 6) if names else 0):
            fields = [(name, nasty.VALUES[next(turn) % len(nasty.VALUES)]) for name in names]
            yield Ask(owner(address), "GET", path, query=urlencoded(fields)[:6000])
        for name in () if of_the_desk(address) else names:
            yield Ask(owner(address), "GET", path, query=urlencoded([(name, "a\0b")]))


def odd_asks(found: Found, stage: Stage) -> Iterator[Ask]:
    """Every header, cookie and body at a few addresses each, in turn."""
    doors = cycle([(form.who, form.method, form.path) for form in found.forms])
    pages = cycle([(owner(address), "GET", paths(stage, address)[0]) for address in ADDRESSES])
    for headers in nasty.HEADERS:
        for where in (doors, doors, doors, pages, pages):
            yield Ask(*next(where), headers=headers)
    for cookies in nasty.COOKIES:
        for where in (doors, doors, pages):
            yield Ask(*next(where), cookies=cookies)
    posts = cycle([(form.who, form.path) for form in found.forms if form.method == "POST"])
    for kind, body in nasty.BODIES:
        for _ in range(6):
            who, path = next(posts)
            yield Ask(who, "POST", path, body=body, content_type=kind)
        yield Ask(*next(pages), body=body, content_type=kind)
        yield Ask(VISITOR, "POST", "/stripe/webhook/", body=body, content_type=kind)


def fillings(stage: Stage, address: Address) -> st.SearchStrategy[str]:
    """The address with what there is, or with something else."""
    arguments = {
        argument: st.one_of(st.sampled_from(VALUES[argument](stage)), st.sampled_from(nasty.PIECES))
        for argument in address.arguments
    }
    return st.fixed_dictionaries(arguments).map(lambda chosen: address.path(**chosen))


def known_things(stage: Stage, found: Found) -> list[str]:
    """All values that stand in any form or address: ids, codes, signed tokens, of whomever; some of them spoilt."""
    known = {value for form in found.forms for _, value in form.fields} | {user.email for user in stage.users.values()}
    known |= {value for values in VALUES.values() for value in values(stage)}
    tokens = sorted(value for value in known if ":" in value and len(value) > 20)
    return [*sorted(known), *(token[:-1] for token in tokens), *(token.swapcase() for token in tokens)]


@st.composite
def asks(draw: st.DrawFn, stage: Stage, found: Found, *, things: list[str], people: Sequence[str] = EVERYBODY) -> Ask:
    """Any request at all: mostly a form of somebody's, changed here and there, sent by whomever."""
    value = st.one_of(
        st.sampled_from(things),
        st.sampled_from(nasty.VALUES),
        st.integers().map(str),
        st.text(st.characters(exclude_categories=()), max_size=40),
    )
    who = draw(st.sampled_from(people))
    form = draw(st.sampled_from(found.forms))
    if draw(st.integers(0, 3)):
        address, path, method, fields = form.address, form.path, form.method, list(form.fields)
    else:
        address = draw(st.sampled_from(ADDRESSES))
        path, method, fields = draw(fillings(stage, address)), draw(st.sampled_from(nasty.METHODS)), []
    names = st.sampled_from(sorted(found.names[address.name] | {"next", "id"}))
    for name, other in draw(st.lists(st.tuples(names, value), max_size=4)):
        if draw(st.booleans()):
            fields = [(one, old) for one, old in fields if one != name]
        fields.append((name, other))
    return _sent(draw, who, method, path, fields)


def steps(stage: Stage, found: Found) -> st.SearchStrategy[Ask]:
    """What people do as it is meant, in any order, and now and then something else."""
    customers = [form for form in found.forms if form.who != ADA]
    things = known_things(stage, found)
    meant = st.sampled_from(customers).map(as_meant)
    # Whoever has Amina's link may do what she may: only she uses it here.
    return st.one_of(
        meant, meant, meant, asks(stage, found, things=things, people=(AMINA, BRUNO, VISITOR)).map(_in_her_name)
    )


def as_meant(form: Form) -> Ask:
    """The form as it stands there, sent by whom it is meant for."""
    sent = urlencoded(form.fields)
    return Ask(
        form.who, form.method, form.path, **({"query": sent} if form.method == "GET" else {"body": sent.encode()})
    )


def _in_her_name(ask: Ask) -> Ask:
    return replace(ask, who=AMINA) if ask.path.startswith(KEYS) else ask


def _sent(draw: st.DrawFn, who: str, method: str, path: str, fields: Fields) -> Ask:
    headers = draw(st.one_of(st.just({}), st.just({}), st.sampled_from(nasty.HEADERS)))
    if method in {"GET", "HEAD"}:
        return Ask(who, method, path, query=urlencoded(fields), headers=headers)
    how = draw(st.sampled_from(["form", "form", "form", "multipart", "odd", "query"]))
    if how == "multipart":
        kind, body = multipart(fields)
    elif how == "odd":
        kind, body = draw(st.sampled_from(nasty.BODIES))
    else:
        kind, body = FORM, urlencoded(fields).encode()
    return Ask(who, method, path, urlencoded(fields) if how == "query" else "", body, kind, headers)
