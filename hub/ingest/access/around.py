"""The things of the book as one turn sees them: what it has changed itself, over what is committed."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import msgspec

from hub.access.asks import By
from hub.access.checks import told_of
from hub.access.types import LIVE, AnyThing, Credential, Kind, id_of, kind_of
from hub.ingest.outcome import Outcome
from hub.store.access_rows import HistoryRow

TOPIC = "access"
TOLD_AT_ONCE = 400
"""Ids in one row of the change log."""
_encode = msgspec.json.Encoder().encode


class AccessArchive(Protocol):
    """What is committed. Raises DatabaseGone."""

    def access_things(self, kind: Kind, names: Sequence[str]) -> list[AnyThing]:
        """Those of that kind and these ids that are there."""
        ...

    def access_live(self, names: Sequence[str]) -> list[Credential]:
        """The live credentials that have these names."""
        ...

    def access_count(self, kind: Kind, *, anew: bool = False) -> int:
        """How many there are. Counting takes a while where there are many: unless `anew` is said, what was counted lately, with
        some added, will do."""
        ...

    def access_of_permits(self, permits: Sequence[str]) -> list[tuple[str, str]]:
        """A permit's id and that of a live credential, for all of these permits."""
        ...

    def access_rules(self) -> list[AnyThing]:
        """All groups, zones, portals and schedules."""
        ...

    def access_user_of_group(self, group: str) -> str:
        """A permit in force that names the group, or empty."""
        ...


class Things:
    """Looks things up and notes what becomes of them. Everything that is noted stands in the turn's outcome, journalled."""

    def __init__(
        self, outcome: Outcome, archive: AccessArchive, change: Callable[[int, str, str, str, bytes], None], now_us: int
    ) -> None:
        self._outcome, self._archive, self._change, self._now_us = outcome, archive, change, now_us
        self._known: dict[tuple[Kind, str], AnyThing | None] = {}
        self._live: dict[str, Credential | None] = {}
        self._counts: dict[Kind, int] = {}
        self._of_permit: dict[str, list[str]] = {}

    def get(self, kind: Kind, name: str) -> AnyThing | None:
        """The thing as this turn has left it."""
        key = (kind, name)
        if key in self._outcome.access:
            return self._outcome.access[key]
        if key not in self._known:
            self.fetch(kind, [name])
        return self._known[key]

    def fetch(self, kind: Kind, names: Iterable[str]) -> None:
        """Look many up at once: an import would wait for each."""
        wanted = sorted({name for name in names if (kind, name) not in self._known})
        self._known.update(dict.fromkeys(((kind, name) for name in wanted), None))
        self._known.update({(kind, id_of(thing)): thing for thing in self._archive.access_things(kind, wanted)})

    def fetch_live(self, names: Iterable[str]) -> None:
        """Likewise who has these names of credentials."""
        wanted = sorted({name for name in names if name not in self._live})
        if not wanted:
            return
        self._live.update(dict.fromkeys(wanted, None))
        self._live.update({one.name: one for one in self._archive.access_live(wanted)})

    def live(self, name: str) -> Credential | None:
        """The live credential of that name."""
        put = self._outcome.access_live.get(name)
        if put is not None:
            found = self._outcome.access.get(("credential", put))
            if isinstance(found, Credential) and found.state in LIVE:
                return found
        self.fetch_live([name])
        was = self._live[name]
        now = None if was is None else self.get("credential", was.credential)
        return now if isinstance(now, Credential) and now.state in LIVE else None

    def count(self, kind: Kind) -> int:
        """How many there are, with those that this turn has made."""
        if kind not in self._counts:
            self._counts[kind] = self._archive.access_count(kind)
        return self._counts[kind] + self._outcome.access_made[kind]

    def count_anew(self, kinds: Iterable[Kind]) -> None:
        """Many are to be made: count first."""
        self._counts.update((kind, self._archive.access_count(kind, anew=True)) for kind in kinds)

    def live_of_permit(self, permit: str) -> list[Credential]:
        """The permit's live credentials."""
        self.fetch_of_permit([permit])
        here = [*self._of_permit[permit], *self._outcome.access_of_permit.get(permit, ())]
        found = (self.get("credential", name) for name in dict.fromkeys(here))
        return [one for one in found if isinstance(one, Credential) and one.state in LIVE and one.permit == permit]

    def fetch_of_permit(self, permits: Iterable[str]) -> None:
        """Likewise the live credentials of permits."""
        wanted = sorted({permit for permit in permits if permit not in self._of_permit})
        if not wanted:
            return
        self._of_permit.update({permit: [] for permit in wanted})
        for permit, name in self._archive.access_of_permits(wanted):
            self._of_permit[permit].append(name)

    def rules(self) -> list[AnyThing]:
        """All groups, zones, portals and schedules, as this turn has left them."""
        found: dict[tuple[Kind, str], AnyThing | None] = {(kind_of(one), id_of(one)): one for one in self._archive.access_rules()}
        rules: tuple[Kind, ...] = ("group", "zone", "portal", "schedule")
        found.update({key: thing for key, thing in self._outcome.access.items() if key[0] in rules})
        return [thing for thing in found.values() if thing is not None]

    def user_of_group(self, group: str) -> str:
        """A permit in force that names the group, or empty."""
        for thing in self._outcome.access.values():
            if getattr(thing, "groups", None) and group in thing.groups and thing.ended_us is None:  # type: ignore[union-attr]
                return id_of(thing)  # type: ignore[arg-type]
        return self._archive.access_user_of_group(group)

    def note(self, thing: AnyThing, act: str, by: By, *, told: bool = True, removed: bool = False) -> AnyThing:
        """Keep the thing as its next version, with its history and, unless `told` is false, a row of the change log."""
        kind, name = kind_of(thing), id_of(thing)
        if thing.version == 0 and (kind, name) in self._outcome.access:  # taken away in this very turn: its history goes on
            versions = [row.version for row in self._outcome.access_history if (row.kind, row.id) == (kind, name)]
            thing = msgspec.structs.replace(thing, version=max(versions))
        kept = msgspec.structs.replace(thing, version=thing.version + 1, changed_us=self._now_us)
        outcome = self._outcome
        if kept.version == 1:
            made = outcome.access_made
            outcome.put(made, kind, made[kind] + 1)
        outcome.put(outcome.access, (kind, name), None if removed else kept)
        if isinstance(kept, Credential):
            outcome.put(outcome.access_live, kept.name, name)
            here = outcome.access_of_permit.get(kept.permit, ())
            outcome.put(outcome.access_of_permit, kept.permit, (*here, name))
        body = _encode(told_of(kept)).decode()
        row = HistoryRow(kind, name, kept.version, self._now_us, act, by.actor, by.reason, body)
        outcome.add(outcome.access_history, row)
        if told:
            permit = kept.permit if isinstance(kept, Credential) else ""
            self._tell(f"{kind}/{name}", act, by, kind=kind, id=name, version=kept.version, permit=permit)
        return kept

    def tell_permits(self, permits: Iterable[str], by: By) -> None:
        """Rows of the change log for many permits at once."""
        names = list(dict.fromkeys(permits))
        for at in range(0, len(names), TOLD_AT_ONCE):
            self._tell(f"import/{at}", "imported", by, kind="import", permits=names[at : at + TOLD_AT_ONCE])

    def _tell(self, key: str, act: str, by: By, **body: object) -> None:
        self._change(self._now_us, TOPIC, key, act, _encode({**body, "actor": by.actor}))
