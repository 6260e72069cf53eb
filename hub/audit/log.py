"""Appending to the audit log, inside the transaction of what it tells of, from whichever process.

`append` is all that others need: see hub/audit/types.py for an Act.
"""

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Connection, desc, insert, select, text, update

from hub.accounts.secrets import account_key
from hub.audit.chain import START, Entry, hash_of
from hub.audit.seal import KEY_BYTES, NONCE_BYTES, TOKEN, Where, seal, token
from hub.audit.types import NOBODY, PERSONAL_FIELDS, Act, Personal
from hub.cases.types import Refusal
from hub.store import bulk, schema
from hub.store.engine import is_sqlite

T = TypeVar("T")
TEXT_CHARS_MAX = 2_000
BODY_BYTES_MAX = 32 * 1024
"""Of a before or an after: of a longer one its SHA-256 stands in the log."""
_LOCK = 0x57_4B_41_55
_entry, _person, _account = schema.audit_entry, schema.person_key, schema.account


class Last(NamedTuple):
    """Where the chain ends."""

    no: int
    hash: str


def last_of(connection: Connection, site: str) -> Last:
    """The newest entry's number and hash; 0 and START of an empty log."""
    query = select(_entry.c.no, _entry.c.hash).where(_entry.c.site == site).order_by(desc(_entry.c.no)).limit(1)
    row = connection.execute(query).one_or_none()
    return Last(0, START) if row is None else Last(int(row.no), str(row.hash))


def wait_for_turn(connection: Connection, site: str) -> None:
    """First in a transaction beside a running hub that writes rows and appends: the worker has the site's row from the beginning
    of each of its own, so that the two never wait for each other in a ring."""
    row = schema.site.c.site
    connection.execute(select(row).where(row == site).with_for_update()).all()


def append(connection: Connection, site: str, acts: Sequence[Act], at_us: int) -> None:
    """Add entries for these acts, in the caller's transaction: both are committed, or neither. Nothing for no acts."""
    if not acts:
        return
    if not is_sqlite(connection):  # SQLite's transactions have the write lock from their beginning
        lock = int.from_bytes(sha256(site.encode()).digest()[:4], "big", signed=True)
        connection.execute(text("SELECT pg_advisory_xact_lock(:a, :b)"), {"a": _LOCK, "b": lock})
    last = last_of(connection, site)
    keys = _PersonKeys(connection, site, at_us)
    rows = []
    for act in acts:
        entry = _chained(connection, keys, act, last, site, at_us)
        rows.append(tuple(entry))
        last = Last(entry.no, entry.hash)
    bulk.insert(connection, _entry, rows)


def audited(
    run: Callable[[Connection], T], site: str, acts: Callable[[T], Sequence[Act]], at_us: int
) -> Callable[[Connection], T]:
    """`run`, and then entries for what came of it, in one transaction. A Refusal has changed nothing and gets none."""

    def both(connection: Connection) -> T:
        found = run(connection)
        if not isinstance(found, Refusal):
            append(connection, site, acts(found), at_us)
        return found

    return both


class Known(NamedTuple):
    """Somebody whom entries name: the id that stands there, and the key of the name."""

    person: str
    subject: str


def known_person(connection: Connection, site: str, person: str) -> Known | None:
    """Somebody by name, or by the id that stands in entries; None where nobody is known by that."""
    c = _person.c
    known = select(c.person, c.subject).where(c.site == site, c.subject != "")
    # by id first: somebody may once have been called by what is another's id
    for fits in (c.person == person.removeprefix(TOKEN), c.subject == account_key(person)):
        row = connection.execute(known.where(fits)).first()
        if row is not None:
            return Known(str(row.person), str(row.subject))
    return None


def erase_person(connection: Connection, site: str, person: str, at_us: int) -> str | None:
    """Throw the key away of somebody, named as for `known_person`. The id; None where nobody is known by that. Every entry keeps
    its bytes, and the chain holds."""
    found = known_person(connection, site, person)
    if found is None:
        return None
    gone = {"subject": "", "key": b"", "erased_us": at_us}
    connection.execute(update(_person).where(_person.c.site == site, _person.c.person == found.person).values(**gone))
    return found.person


class _PersonKeys:
    """The keys of those whom entries name; a person who has none gets one."""

    def __init__(self, connection: Connection, site: str, at_us: int) -> None:
        self._connection, self._site, self._at_us = connection, site, at_us
        self._known: dict[str, tuple[str, bytes]] = {}

    def of(self, name: str) -> tuple[str, bytes]:
        """The person's id in entries, and the key."""
        subject = account_key(name)
        if subject not in self._known:
            self._known[subject] = self._find(subject) or self._make(subject)
        return self._known[subject]

    def _find(self, subject: str) -> tuple[str, bytes] | None:
        c = _person.c
        row = self._connection.execute(select(c.person, c.key).where(c.site == self._site, c.subject == subject)).first()
        return None if row is None else (str(row.person), bytes(row.key))

    def _make(self, subject: str) -> tuple[str, bytes]:
        person, key = secrets.token_hex(8), os.urandom(KEY_BYTES)
        row = {"person": person, "subject": subject, "key": key, "made_us": self._at_us, "erased_us": None}
        self._connection.execute(insert(_person).values(site=self._site, **row))
        return person, key


class _Boxes:
    """The boxes of one entry: each person's texts, the name first."""

    def __init__(self, keys: _PersonKeys) -> None:
        self._keys = keys
        self._texts: dict[str, list[str]] = {}
        self._key_of: dict[str, bytes] = {}

    def put(self, personal: Personal) -> str:
        """The token that stands for the text. What names nobody stays as it is."""
        name = _clean(personal.person)
        if not account_key(name):  # blanks name nobody
            return name
        person, key = self._keys.of(name)
        texts = self._texts.setdefault(person, [name])
        self._key_of[person] = key
        told = _clean(personal.text)
        if not told or told == texts[0]:
            return token(person)
        if told not in texts:
            texts.append(told)
        return token(person, texts.index(told))

    def sealed(self, where: Where) -> str:
        """All of them, as JSON text."""
        return _json(
            {
                person: seal(self._key_of[person], os.urandom(NONCE_BYTES), where, person, texts)
                for person, texts in self._texts.items()
            }
        )


def _chained(connection: Connection, keys: _PersonKeys, act: Act, last: Last, site: str, at_us: int) -> Entry:
    boxes = _Boxes(keys)
    who = _clean(act.actor)
    is_person = who not in NOBODY
    actor = boxes.put(Personal(who)) if is_person else who
    role = act.role or (_role_of(connection, site, who) if is_person else "")
    subject = boxes.put(act.subject) if isinstance(act.subject, Personal) else _clean(act.subject)
    before, after = (_body(boxes, body) for body in (act.before, act.after))
    sealed = boxes.sealed(Where(site, last.no + 1))
    told = (actor, role, act.act, act.topic, subject, _clean(act.reason), before, after, sealed)
    entry = Entry(site, last.no + 1, at_us, *told, last.hash, "")
    return entry._replace(hash=hash_of(entry))


def _role_of(connection: Connection, site: str, actor: str) -> str:
    query = select(_account.c.role).where(_account.c.site == site, _account.c.account == account_key(actor))
    return str(connection.execute(query).scalar() or "")


def _body(boxes: _Boxes, body: Mapping[str, Any]) -> str:
    told = _json(_sealed(boxes, msgspec.to_builtins(body)))
    if len(told.encode()) > BODY_BYTES_MAX:
        return _json({"too_long_sha256": sha256(told.encode()).hexdigest()})
    return told


def _sealed(boxes: _Boxes, value: Any, key: str = "") -> Any:
    """The value with a token for each personal text."""
    if isinstance(value, dict):
        if value.get("sealed") == "personal":
            return boxes.put(Personal(str(value["person"]), str(value["text"])))
        return {_clean(str(name)): _sealed(boxes, one, str(name)) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_sealed(boxes, one, key) for one in value]
    if not isinstance(value, str):
        return value
    told = _clean(value)
    return boxes.put(Personal(told)) if told not in NOBODY and key in PERSONAL_FIELDS else told


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _clean(told: str) -> str:
    """Text that every database can hold, of a length that a person reads."""
    return told.replace("\0", "")[:TEXT_CHARS_MAX].encode(errors="replace").decode()
