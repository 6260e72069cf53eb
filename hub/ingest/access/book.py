"""The book of permits in one turn: what may be made, changed and ended, and what that writes.

`put`, `end`, `issue`, `act_on` and `replace` are also for other parts of the same turn, such as visits: they note the thing, its
history and a row of the change log; the entry of the audit log is that of the ask that the part itself answers.
"""

from collections import Counter
from collections.abc import Callable, Collection
from typing import Any, TypeVar

import msgspec

from hub.access.asks import (
    AccessAsk,
    AccessEnd,
    AccessImport,
    AccessPut,
    By,
    Conflict,
    CredentialAct,
    CredentialDeed,
    CredentialIssue,
)
from hub.access.checks import wrong_times, wrong_with
from hub.access.types import (
    ALWAYS,
    CREDENTIALS_OF_PERMIT_MAX,
    LIMITS,
    AnyThing,
    Credential,
    Group,
    Holder,
    Household,
    Kind,
    Permit,
    Portal,
    Proof,
    Zone,
    ended_us,
    id_of,
    kind_of,
)
from hub.access.words import refused
from hub.cases.types import Refusal
from hub.ingest.access.around import Things
from hub.ingest.access.importing import take_rows
from hub.ingest.ports import SiteBook
from hub.ingest.rows import Journal

T = TypeVar("T")
_DEEDS: dict[CredentialDeed, tuple[tuple[str, ...], str, str]] = {
    # deed: from which states, to which one, and its name in the history
    "lost": (("active", "suspended"), "lost", "lost"),
    "revoke": (("active", "suspended"), "revoked", "revoked"),
    "suspend": (("active",), "suspended", "suspended"),
    "resume": (("suspended", "lost"), "active", "resumed"),
}


class Accessbook:
    """The book as one turn has left it so far."""

    def __init__(
        self,
        things: Things,
        book: SiteBook,
        journal: Journal,
        new_id: Callable[[], str],
        now_us: int,
        count: Counter[str],
    ) -> None:
        self._things, self._book, self._journal = things, book, journal
        self._new_id, self._now_us, self._count = new_id, now_us, count

    def answer(self, asked: AccessAsk) -> Any:
        """See each ask."""
        if isinstance(asked, AccessPut):
            return self.put(asked.thing, asked.seen, asked.by)
        if isinstance(asked, AccessEnd):
            return self.end(asked.kind, asked.id, asked.seen, asked.by, erase=asked.erase)
        if isinstance(asked, CredentialIssue):
            return self.issue(asked.permit, asked.proof, asked.by, from_us=asked.from_us, until_us=asked.until_us, pin=asked.pin)
        if isinstance(asked, CredentialAct):
            return self.act_on(asked.credential, asked.deed, asked.by, seen=asked.seen)
        if isinstance(asked, AccessImport):
            return take_rows(asked, self, self._things, self._journal)
        return self.replace(asked.credential, asked.proof, asked.by, seen=asked.seen)

    def get(self, kind: Kind, name: str) -> AnyThing | None:
        """A thing as it is now, or None."""
        return self._things.get(kind, name)

    def live_of(self, permit: str) -> list[Credential]:
        """The permit's live credentials."""
        return self._things.live_of_permit(permit)

    def put(self, thing: AnyThing, seen: int, by: By, *, told: bool = True) -> AnyThing | Refusal | Conflict:
        """See AccessPut. What ended stays so."""
        kind, name = kind_of(thing), id_of(thing)
        assert kind != "credential"
        was = self._things.get(kind, name)
        if was is None and seen == 0:
            if self._things.count(kind) >= LIMITS[kind]:
                return refused("too_many_things", kind=kind, limit=LIMITS[kind])
        elif was is None or was.version != seen:
            exists = seen == 0 and was is not None
            return refused("thing_exists", kind=kind, id=name) if exists else Conflict(kind, name, seen, was)
        elif ended_us(was) is not None:
            return refused("thing_ended", kind=kind, id=name)
        version = 0 if was is None else was.version
        new = msgspec.structs.replace(thing, version=version, changed_us=0, **_not_ended(thing))
        wrong = wrong_with(new) or self._dangles(new)
        if wrong is not None:
            return wrong
        if was is not None and msgspec.structs.replace(was, changed_us=0) == new:
            return was
        self._count[f"access_{kind}_put"] += 1
        return self._things.note(new, "changed" if was else "added", by, told=told)

    def end(self, kind: Kind, name: str, seen: int | None, by: By, *, erase: bool = False) -> AnyThing | Refusal | Conflict:
        """See AccessEnd; `seen` None: whichever version it is at. What is over already is answered as it is, so that an end may
        be said twice; only `erase` still changes it."""
        was = self._things.get(kind, name)
        if was is None or kind == "credential":
            return refused("unknown_thing", kind=kind, id=name)
        if seen is not None and was.version != seen:
            return Conflict(kind, name, seen, was)
        if not isinstance(was, Household | Holder | Permit):
            user = self._user_of(kind, name)
            if user:
                return refused("thing_in_use", kind=kind, id=name, by=user)
            self._things.note(was, "removed", by, removed=True)
            return was
        bare = {"name": "", "phone": "", "note": ""} if erase and isinstance(was, Holder) else {}
        new = msgspec.structs.replace(was, ended_us=self._now_us if was.ended_us is None else was.ended_us, **bare)
        if new == was:
            return was
        self._count[f"access_{kind}_ended"] += 1
        return self._things.note(new, "erased" if bare else "ended", by)

    def issue(
        self,
        permit: str,
        proof: Proof,
        by: By,
        *,
        from_us: int | None = None,
        until_us: int | None = None,
        pin: str = "",
        told: bool = True,
    ) -> Credential | Refusal:
        """See CredentialIssue."""
        of = self._things.get("permit", permit)
        if not isinstance(of, Permit):
            return refused("unknown_thing", kind="permit", id=permit)
        if of.ended_us is not None:
            return refused("thing_ended", kind="permit", id=permit)
        wrong = wrong_times(from_us, until_us) or self._no_room(permit)
        if wrong is not None:
            return wrong
        if self._things.live(proof.name) is not None:
            return refused("credential_taken")
        new = Credential(
            credential=self._new_id(), permit=permit, **msgspec.structs.asdict(proof), from_us=from_us, until_us=until_us, pin=pin
        )
        return self._note_credential(new, "issued", by, told=told)

    def act_on(self, name: str, deed: CredentialDeed, by: By, *, seen: int | None = None) -> Credential | Refusal | Conflict:
        """See CredentialAct; `seen` None: whichever version it is at."""
        was = self._credential(name, seen)
        if not isinstance(was, Credential):
            return was
        states, state, act = _DEEDS[deed]
        if was.state not in states or (deed == "resume" and was.instead):
            return refused("wrong_credential_state", state=was.state)
        holder = self._things.live(was.name)
        if deed == "resume" and holder is not None and holder.credential != name:
            return refused("credential_taken")
        over = self._now_us if state in ("lost", "revoked") else None
        return self._note_credential(msgspec.structs.replace(was, state=state, ended_us=over), act, by)

    def replace(self, name: str, proof: Proof, by: By, *, seen: int | None = None) -> Credential | Refusal | Conflict:
        """See CredentialReplace. What is lost may be replaced too, and stays lost: it was out of the holder's hands."""
        was = self._credential(name, seen)
        if not isinstance(was, Credential):
            return was
        if was.state not in ("active", "suspended", "lost") or was.instead:
            return refused("wrong_credential_state", state=was.state)
        if self._things.live(proof.name) is not None:
            return refused("credential_taken")
        saved = self._journal.savepoint()
        new_id = self._new_id()
        state = "lost" if was.state == "lost" else "replaced"
        over = self._now_us if was.ended_us is None else was.ended_us
        self._note_credential(msgspec.structs.replace(was, state=state, instead=new_id, ended_us=over), "replaced", by)
        wrong = self._no_room(was.permit)
        if wrong is not None:
            self._journal.rollback(saved)
            return wrong
        new = Credential(
            credential=new_id,
            permit=was.permit,
            **msgspec.structs.asdict(proof),
            from_us=was.from_us,
            until_us=was.until_us,
            pin=was.pin,
        )
        return self._note_credential(new, "issued", by)

    def _note_credential(self, new: Credential, act: str, by: By, *, told: bool = True) -> Credential:
        self._count[f"access_credential_{act}"] += 1
        kept = self._things.note(new, act, by, told=told)
        assert isinstance(kept, Credential)
        return kept

    def _credential(self, name: str, seen: int | None) -> Credential | Refusal | Conflict:
        was = self._things.get("credential", name)
        if not isinstance(was, Credential):
            return refused("unknown_thing", kind="credential", id=name)
        return Conflict("credential", name, seen, was) if seen is not None and seen != was.version else was

    def _no_room(self, permit: str) -> Refusal | None:
        if len(self._things.live_of_permit(permit)) >= CREDENTIALS_OF_PERMIT_MAX:
            return refused("too_many_credentials", limit=CREDENTIALS_OF_PERMIT_MAX)
        if self._things.count("credential") >= LIMITS["credential"]:
            return refused("too_many_things", kind="credential", limit=LIMITS["credential"])
        return None

    def _dangles(self, new: AnyThing) -> Refusal | None:
        """A name in it that names nothing, or something that is over."""
        if isinstance(new, Household | Zone) and new.place and new.place not in self._book.places:
            return Refusal("unknown_place", f"没有位置“{new.place}” / there is no place {new.place!r}: see /places")
        if isinstance(new, Portal) and not self._is_device(new.portal):
            return refused("no_such_reader", id=new.portal)
        for kind, name in _names_in(new):
            found = self._things.get(kind, name)
            if found is None:
                return refused("unknown_thing", kind=kind, id=name)
            if ended_us(found) is not None:
                return refused("thing_ended", kind=kind, id=name)
        return None

    def _is_device(self, name: str) -> bool:
        return name not in self._book.agents and self._book.detector_device(name) is not None

    def _user_of(self, kind: Kind, name: str) -> str:
        """Who names it still, or empty."""
        if kind == "group":
            return self._things.user_of_group(name)
        return next((id_of(one) for one in self._things.rules() if (kind, name) in _names_in(one)), "")


def _names_in(thing: AnyThing) -> Collection[tuple[Kind, str]]:
    """The things that it names."""
    if isinstance(thing, Holder):
        return [("household", thing.household)] if thing.household else []
    if isinstance(thing, Permit):
        return [("holder", thing.holder), *(("group", name) for name in thing.groups)]
    if isinstance(thing, Portal):
        return [("zone", name) for name in (thing.from_zone, thing.to_zone) if name]
    if isinstance(thing, Group):
        portals: list[tuple[Kind, str]] = [("portal", right.portal) for right in thing.rights]
        return [*portals, *(("schedule", right.schedule) for right in thing.rights if right.schedule != ALWAYS)]
    return []


def _not_ended(thing: AnyThing) -> dict[str, None]:
    return {"ended_us": None} if isinstance(thing, Household | Holder | Permit) else {}
