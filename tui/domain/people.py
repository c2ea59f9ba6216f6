"""Who is meant by a name: people are written down as `Ana`, `Ana Sousa`, `ana@example.com`, `Sousa, Ana`.

Pure. Where a name could be two people's, it is nobody's: what is said of the wrong person is worse than nothing.
"""

import re
import unicodedata
from collections.abc import Iterable

from msgspec import Struct

_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")
_WORD = re.compile(r"[^\W\d_]+")
LONGEST = 200
"""Characters of a name that are looked at."""


class Person(Struct, frozen=True):
    """A name with the address it came with, as git or a calendar has them."""

    name: str
    address: str = ""


def name_words(text: str) -> tuple[str, ...]:
    """The words of a name, accents and case aside; of an address what stands before the @."""
    plain = unicodedata.normalize("NFKD", text[:LONGEST].casefold())
    kept = "".join(char for char in plain if unicodedata.category(char)[0] != "M")
    address = _ADDRESS.search(kept)
    words = kept.replace(address[0], " ") if address else kept
    return tuple(_WORD.findall(words)) or tuple(_WORD.findall(address[0].split("@")[0] if address else ""))


def first_name(text: str) -> str:
    """What a person is called in a sentence: the first word as it was written; of `Sousa, Ana` the one behind."""
    head, comma, tail = text.partition(",")
    words = (tail if comma and tail.strip() else head).split()
    return words[0].split("@")[0] if words else ""


def those_meant(name: str, known: Iterable[Person]) -> frozenset[Person]:
    """Of the `known` all entries of the one person `name` can mean; none where it can mean nobody or two.

    Entries with the same words or the same address are one person's. An address means whoever has it. Two or more
    words mean whoever has all of them; a single one whoever begins with it, as long as that is one person.
    """
    people = list(known)
    if address := _ADDRESS.search(name.casefold()):
        having = {person for person in people if person.address.casefold() == address[0]}
        if having:
            return _one(having, people)
    words = name_words(name)
    if not words:
        return frozenset()
    if len(words) > 1:
        wanted = set(words)
        having = {one for one in people if wanted <= {*name_words(one.name)} or wanted <= {*name_words(one.address)}}
        return _one(having, people)
    return _one({person for person in people if name_words(person.name)[:1] == words}, people)


def may_be(word: str, known: Iterable[Person]) -> bool:
    """True where no two people among `known` begin with the first name `word` (folded): it is whoever is meant."""
    names = {name_words(person.name) for person in known}
    return len({words for words in names if words[:1] == (word,) and len(words) > 1}) <= 1


def _one(found: Iterable[Person], people: Iterable[Person]) -> frozenset[Person]:
    """All entries among `people` of the one person in `found`; none where there are two."""
    waiting = sorted(found, key=lambda person: (person.name, person.address))[:1]
    known = list(people)
    one: set[Person] = set()
    while waiting:
        person = waiting.pop()
        one.add(person)
        waiting += [other for other in known if other not in one and other not in waiting and _same(person, other)]
    return frozenset(one) if one.issuperset(found) else frozenset()


def _same(one: Person, other: Person) -> bool:
    """Whether two entries are one person's: the same words, or one address and a word of the name. An address alone
    may be a machine's."""
    words, others = set(name_words(one.name)), set(name_words(other.name))
    address = one.address.casefold()
    return words == others or bool(address and address == other.address.casefold() and words & others)
