"""Scans are taken in: named, placed, flagged, and each once. Which windows they keep is found afterwards, for all of a turn
together."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from contract.readings import CardRead, TagScanned
from hub.detectors.types import Event
from hub.duties import flags
from hub.duties.lookup import PlanView
from hub.duties.types import HUB_SOURCE, PERSON_TOLD, Flag, LaneKey, Scan, ScanKey, Seen, Shift, Taken, Window
from hub.ingest.duties.rows import HOUR_US
from hub.ingest.site import Site

MEMORY_US = 96 * HOUR_US
"""A day more than the policy may let evidence be late. Scans and windows of the last days are in memory; what is older changes no
verdict any more."""
AHEAD_US = 24 * HOUR_US
"""A scan's time is believed to lie so far ahead at most; what lies a minute ahead is flagged, and counts for nothing."""
_OFF_MAX_S = 1e9
REDO_MAX = 10_000
"""So many scans are tried again at most whose flags could not be found; of more, those are left as they are, and counted."""
_EVER = -(2**62)
NEAR_MAX = 200
"""So many scans around one are looked at, the nearest first: a source that pours out thousands in a minute is no guard."""


def seen_of(event: Event, offset_us: int, place: str | None) -> Seen | None:
    """The scan in a reading, if it is one. `offset_us`: the agent's clock less the hub's; `place`: where the device stands, None
    where no route names it. What a fixed reader reads is the person's; what a wand reads is the place's, and it says whose it
    is."""
    reading = event.reading
    if isinstance(reading, TagScanned):
        made_us = event.at_us if reading.made_at_us is None else reading.made_at_us - offset_us
        at_us = min(max(0, made_us), event.hub_at_us + AHEAD_US)
        off_us = round(min(max(-_OFF_MAX_S, reading.clock_off_s or 0.0), _OFF_MAX_S) * 1_000_000)
        key = reading.scan or event.name
        guard = reading.guard or ""
        return Seen(
            event.device, key, at_us, reading.medium, reading.tag, guard, device_at_us=event.device_at_us, clock_off_us=off_us
        )
    if isinstance(reading, CardRead) and place is not None and reading.card is not None:
        return Seen(event.device, event.name, event.at_us, "card", person_tag=reading.card, place=place)
    return None


class Round(NamedTuple):
    """One walk over a route by one person or source."""

    route: str
    opens_us: int
    source: str
    person: str


class OldScans(Protocol):
    """Scans that are not in memory any more. Raises DatabaseGone."""

    def scan(self, key: ScanKey) -> Scan | None:
        """The scan of that name."""
        ...

    def scans_there(self, keys: Sequence[ScanKey]) -> set[ScanKey]:
        """Which of these names are on record."""
        ...


class Scanning:
    """The scans of one turn. `says_who`: whether a source could tell who made a scan; a wand that reads no people's tags, and a
    reader, cannot."""

    def __init__(
        self,
        site: Site,
        archive: OldScans,
        view: Callable[[], PlanView | None],
        says_who: Callable[[str], bool],
        now_us: int,
        count: Counter[str],
    ) -> None:
        self._site = site
        self._archive = archive
        self._view = view
        self._says_who = says_who
        self._now_us = now_us
        self._count = count
        self._new = [key for key, when_us in site.scans.redo.items() if when_us <= now_us]
        self._unheard: set[ScanKey] = set()
        self.older: set[ScanKey] = set()
        """The turn's new scans that were made before the time of which memory is whole."""
        self.touched: dict[LaneKey, int] = {}
        """Lanes of which windows have to be judged anew, each with the time of the first scan that is new or counts otherwise."""

    def take(self, seen: Seen) -> tuple[Taken, Scan]:
        """One scan. A repetition changes nothing; the same name with another content is kept beside the first, flagged."""
        scan, altered = self._placed(seen), False
        was = self._known(scan.id)
        if was is not None and not _same(was, scan):
            digest = blake2b(repr(_told(scan, scan.device_at_us is not None)).encode(), digest_size=4)
            scan = replace(scan, key=f"{scan.key}~{digest.hexdigest()}", flags=(*scan.flags, "altered"))
            altered, was = True, self._known(scan.id)
        if was is not None:
            self._count["scans_repeated"] += 1
            return "duplicate", was
        self._site.scans.put(scan.id, scan)
        self._count["scans"] += 1
        for flag in scan.flags:
            self._count[f"scans_{flag}"] += 1
        self._new.append(scan.id)
        if scan.at_us < self._site.scans.whole_since_us:
            self.older.add(scan.id)
        self._touch(scan)
        return ("altered" if altered else "new"), scan

    def last_place(self, source: str, at_us: int) -> str:
        """Where the source was last seen, in the hour before."""
        places = [scan.place for scan in self._site.scans.by_source(source, at_us - HOUR_US, at_us) if scan.place]
        return places[-1] if places else ""

    def roster_changed(self, shift: Shift) -> None:
        """Whose scans are whose duty has changed: those of the shift are looked at again."""
        keys = ((key, self._site.scans.get(key)) for key in self._site.scans)
        self._new += [key for key, scan in keys if scan is not None and shift.from_us <= scan.at_us < shift.until_us]

    def windows_made(self, windows: Iterable[Window]) -> None:
        """Windows were made for a time that has begun: what was scanned in it is looked at again."""
        for window in windows:
            found = self._site.scans.at(window.place, window.opens_us, window.ends_us)
            if found:
                self._new += [scan.id for scan in found]
                self.touched[window.lane] = _EVER

    def unflagged(self) -> list[ScanKey]:
        """The scans whose flags are to be found: the turn's, and those that were to be tried again by now."""
        return list(self._new)

    def try_again(self, key: ScanKey, when_us: int) -> Scan | None:
        """Have a later turn find the flags of a scan that this one cannot. Returns the scan."""
        redo = self._site.scans.redo
        if key in redo or len(redo) < REDO_MAX:
            redo[key] = when_us
        else:
            self._count["flags_given_up"] += 1
        return self._site.scans.get(key)

    def reflag(self, keys: Sequence[ScanKey]) -> None:
        """Find anew what is odd about these scans, and about those that have got them as new neighbours."""
        view = self._view()
        if view is None or not keys:
            return
        again: dict[ScanKey, Scan] = {}
        around: dict[ScanKey, dict[ScanKey, Scan]] = {}
        for key in keys:
            scan = self._site.scans.get(key)  # gone, where its message was undone
            if scan is not None and scan.place:
                again[key] = scan
                near = around[key] = self._near(scan, view)
                again.update(near)
        for one in self._rounds(again.values(), view):
            again.update({walked.id: walked for walked in self._walked(one, view)})
        wrong = self._out_of_order(self._rounds(again.values(), view), view)
        for key, scan in again.items():
            near = around[key] if key in around else self._near(scan, view)
            odd = self._odd(scan, list(near.values()), view)
            if key in wrong:
                odd.add("out_of_order")
            if not (odd or scan.flags):
                continue
            found = flags.with_context(scan, odd.__contains__)
            if found != scan.flags:
                self._site.scans.put(key, replace(scan, flags=found))
                self._touch(scan)
        done = set(keys)
        self._new = [key for key in self._new if key not in done]
        for key in done:
            self._site.scans.redo.pop(key, None)

    def _placed(self, seen: Seen) -> Scan:
        """With the place and the person that its tags stand for."""
        tag = self._site.tags.at(seen.tag, seen.at_us) if seen.tag else None
        # A person's tag is enrolled by the agent's hash, as any tag in capitals; agents write hashes in small letters.
        holder = self._site.tags.at(seen.person_tag.upper(), seen.at_us) if seen.person_tag else None
        place = seen.place or (tag.place if tag is not None else "")
        scan = Scan(
            source=seen.source,
            key=seen.key,
            place=place,
            at_us=seen.at_us,
            received_us=self._now_us,
            person=seen.person or (holder.person if holder is not None else ""),
            medium=seen.medium,
            tag=seen.tag,
            person_tag=seen.person_tag,
            duty=seen.duty,
            device_at_us=seen.device_at_us,
            fields=dict(seen.fields),
        )
        view = self._view()
        if view is None:
            return scan
        phone = seen.source != HUB_SOURCE and self._says_who(seen.source)
        # An answer or a report is no proof that somebody was there, so no tag would be a better one.
        better = (
            seen.medium in ("qr", "hand")
            and not seen.duty
            and any(one.medium not in ("qr", "hand") for one in self._site.tags.of_place(place, seen.at_us))
        )
        own = flags.own_flags(
            scan,
            tag,
            ever_known=bool(seen.tag) and self._site.tags.ever(seen.tag),
            better_tag=better,
            clock_off_us=seen.clock_off_us,
            limits=view.limits,
            ends_us=self._ends_us(scan, view),
            time_proven=seen.time_proven and not (phone and flags.contradicts(scan, self._site.watermarks.get(scan.source))),
        )
        nobody = flags.unknown_person(scan, view.staff, asked=False)  # what is at no place gets no other flag of its context
        return replace(scan, flags=(*own, "unknown_person") if nobody else own)

    def _ends_us(self, scan: Scan, view: PlanView) -> int:
        """When the last of the windows ends that the scan lies in, and may be meant for."""
        routes = {route.id for route in view.routes_of(scan) if scan.duty in ("", route.duty)}
        around = self._site.windows.around(scan.place, scan.at_us)
        return max((window.ends_us for window in around if window.route in routes), default=0)

    def _known(self, key: ScanKey) -> Scan | None:
        """What was reported under that name before, however long ago: nothing that is on record is written over."""
        known = self._site.scans.get(key)
        return known if known is not None or key in self._unheard else self._archive.scan(key)

    def ask_for(self, keys: Iterable[ScanKey]) -> None:
        """Look all of these up at once: one by one this was a quarter of what a wand's read-out cost."""
        wanted = [key for key in keys if self._site.scans.get(key) is None and key not in self._unheard]
        if len(wanted) > 1:
            self._unheard.update(set(wanted) - self._archive.scans_there(wanted))

    def _touch(self, scan: Scan) -> None:
        if scan.place:
            for lane in self._site.windows.lanes_at(scan.place):
                self.touched[lane] = min(scan.at_us, self.touched.get(lane, scan.at_us))

    def _near(self, scan: Scan, view: PlanView) -> dict[ScanKey, Scan]:
        """Scans whose flags depend on this one, or its own on them."""
        apart_us, quick_us = view.limits.apart_us, view.limits.checkpoint_min_us
        reach_us, at_us, near, scan_of = max(apart_us, quick_us), scan.at_us, self._site.scans.near, self._site.scans.get
        own = near("source", scan.source, at_us, reach_us, NEAR_MAX)
        found = {key: one for key in own if (one := scan_of(key)) is not None}
        quick = [one for one in found.values() if abs(one.at_us - at_us) <= quick_us]
        keys: list[ScanKey] = []
        if scan.person:
            keys += near("person", scan.person, at_us, reach_us, NEAR_MAX)
        if scan.tag:
            same = near("tag", scan.tag, at_us, reach_us, NEAR_MAX)
            keys += same
            for key in same:
                if key.source != scan.source and (other := scan_of(key)) is not None:
                    keys += near("source", other.source, other.at_us, quick_us, NEAR_MAX)
        for other in quick:
            if other.tag and other.place != scan.place:  # that its source was here too may show its tag to be cloned
                keys += near("tag", other.tag, other.at_us, apart_us, NEAR_MAX)
        for key in keys:
            if key not in found and (one := scan_of(key)) is not None:
                found[key] = one
        return found

    def _rounds(self, scans: Iterable[Scan], view: PlanView) -> list[Round]:
        """The rounds in a set order that the scans are part of."""
        found = set()
        for scan in scans:
            for route in view.routes_of(scan):
                if route.order == "free":
                    continue
                for window in self._site.windows.lane(LaneKey(route.duty, route.id, scan.place)):
                    if window.opens_us <= scan.at_us <= window.ends_us:
                        found.add(Round(route.id, window.opens_us, scan.source, scan.person))
        return sorted(found)

    def _out_of_order(self, rounds: Iterable[Round], view: PlanView) -> set[ScanKey]:
        """The scans of these rounds that came too early."""
        wrong: set[ScanKey] = set()
        for one in rounds:
            order = view.order_of(view.routes[one.route], one.opens_us)
            wrong |= flags.out_of_order(self._walked(one, view), order or ())
        return wrong

    def _walked(self, one: Round, view: PlanView) -> list[Scan]:
        """The scans of a round, in the order of their times."""
        route = view.routes[one.route]
        found = {}
        for place in route.places:
            for window in self._site.windows.lane(LaneKey(route.duty, route.id, place)):
                if window.opens_us == one.opens_us:
                    for scan in self._site.scans.at(place, window.opens_us, window.ends_us):
                        if scan.source == one.source or (one.person and scan.person == one.person):
                            found[scan.id] = scan
        return sorted(found.values(), key=lambda scan: (scan.at_us, scan.id))

    def _odd(self, scan: Scan, near: Sequence[Scan], view: PlanView) -> set[Flag]:
        """The flags that follow from the scans near by, and from the roster."""
        odd: set[Flag] = set()
        if flags.too_fast(scan, near, view.limits):
            odd.add("too_fast")
        if flags.two_places(scan, near, view.limits):
            odd.add("two_places")
        routes = [route for route in view.routes_of(scan) if scan.duty in ("", route.duty)]
        roster = self._site.roster.on_day_of(scan.at_us)
        told = [flags.on_duty(roster, route.id, scan.at_us) for route in routes] if roster else []
        asked = any(told) or any(view.duties[route.duty].by for route in routes if route.duty in view.duties)
        if flags.unknown_person(scan, view.staff, asked=asked and self._says_who(scan.source)):
            odd.add("unknown_person")
        if any(told) and all(flags.wrong_person(scan, one) for one in told if one):
            odd.add("wrong_person")
        return odd


def _same(was: Scan, now: Scan) -> bool:
    """Whether a source told the same of a scan as before."""
    timed = was.device_at_us is not None or now.device_at_us is not None
    return _told(was, timed) == _told(now, timed)


def _told(scan: Scan, timed: bool) -> tuple[object, ...]:
    """What a source tells of a scan, the same each time. `timed`: with the device's own time; the hub's reckoning of it may
    differ by a little each time. Where tags were read, whose they are and where they stand is the hub's word; so is whether the
    staff knows who is said to have made it."""
    who = scan.person_tag or scan.person or scan.person_told
    fields = sorted((name, value) for name, value in scan.fields.items() if scan.duty or name != PERSON_TOLD)
    where = "" if scan.tag or scan.person_tag else scan.place
    return scan.tag, who, where, scan.duty, scan.device_at_us if timed else scan.at_us, fields
