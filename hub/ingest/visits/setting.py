"""What visits are set up with in a turn, who looks at what is personal, and what became of notices."""

from msgspec.structs import replace

from hub.access.types import Group
from hub.cases.types import Refusal
from hub.detectors.types import Raise
from hub.ingest.visits.around import Around
from hub.visits.asks import Looked, NoticeDone, RouteSet, RulesSet, SpaceSet, VisitLook
from hub.visits.hours import HOUR_US
from hub.visits.numbers import SCRAPING, UNTOLD
from hub.visits.rules import LINES_MAX, VERSIONS_MAX, Rules, faults, newest
from hub.visits.types import Looks, Notice, Visit
from hub.visits.words import refused
from hub.visits.workflow import SHAPES

SPACES_MAX, ROUTES_MAX = 2_000, 100
NO_CHANNEL = "no_channel"
"""The settings name no way to residents."""


def space_for(around: Around, visit: Visit, name: str) -> Refusal | None:
    """Why the vehicle may not stand there; None: it may."""
    space = around.site.guests.spaces.get(name)
    if space is None:
        return refused("unknown_space", space=name)
    if space.temporary != (visit.kind == "temporary"):
        zh, en = ("临时停车区", "the temporary area") if visit.kind == "temporary" else ("访客车位", "a visitor's space")
        return refused("wrong_space", wanted_zh=zh, wanted_en=en)
    taken = sum(1 for one in _visits(around) if one.space == name and one.visit != visit.visit)
    return refused("space_taken", space=name) if taken >= space.holds else None


def needs_space(around: Around, visit: Visit) -> bool:
    """Whether the estate has a space that the vehicle is to be sent to."""
    wants = "space" in SHAPES[visit.kind].needs
    spaces = (around.site.guests.spaces.get(name) for name in around.site.guests.spaces)
    return wants and any(one is not None and one.temporary == (visit.kind == "temporary") for one in spaces)


def free_space(around: Around, visit: Visit) -> str:
    """The first space by name that would take the vehicle; empty: none is free."""
    return next((name for name in sorted(around.site.guests.spaces) if space_for(around, visit, name) is None), "")


def plate_in_use(around: Around, visit: Visit) -> bool:
    """Whether another visit that is not over has the plate."""
    return any(one.plate == visit.plate and one.visit != visit.visit for one in _visits(around))


def set_space(around: Around, asked: SpaceSet) -> bool | Refusal:
    """See SpaceSet."""
    spaces = around.site.guests.spaces
    in_use = sum(1 for one in _visits(around) if one.space == asked.name)
    if asked.space is None and asked.name not in spaces:
        return refused("unknown_space", space=asked.name)
    if in_use > (0 if asked.space is None else asked.space.holds):
        return refused("space_in_use", space=asked.name)
    if asked.space is not None and asked.name not in spaces and len(spaces) >= SPACES_MAX:
        return refused("too_many_spaces", limit=SPACES_MAX)
    if asked.space is not None and asked.space.place not in around.book.places:
        return refused("unknown_drop_place", place=asked.space.place)
    spaces.put(asked.name, asked.space)
    return True


def set_route(around: Around, asked: RouteSet) -> bool | Refusal:
    """See RouteSet. What was issued by a route stays as it was."""
    routes = around.site.guests.routes
    if asked.route is None:
        if asked.name not in routes:
            return refused("unknown_visit_route", route=asked.name)
        if any(one.route == asked.name for one in _visits(around)):
            return refused("visit_route_in_use", route=asked.name)
    else:
        if asked.name not in routes and len(routes) >= ROUTES_MAX:
            return refused("too_many_visit_routes", limit=ROUTES_MAX)
        for group in asked.route.groups:
            if not isinstance(around.access.get("group", group), Group):
                return refused("unknown_group", group=group)
    routes.put(asked.name, asked.route)
    return True


def rules_now(around: Around) -> Rules:
    """The rules that trucks' drivers are told."""
    rules = around.site.guests.rules
    return newest(one for no in rules if (one := rules.get(no)) is not None)


def set_rules(around: Around, asked: RulesSet) -> Rules | Refusal:
    """See RulesSet. The shipped ones are kept beside the first of the estate's own, so that what was told before can be read."""
    now, rules = rules_now(around), around.site.guests.rules
    if asked.seen != now.version:
        return refused("rules_changed", version=now.version)
    if faults(asked.lines):
        return refused("wrong_rules", limit=LINES_MAX)
    if asked.lines == now.lines:
        return now
    if len(rules) >= VERSIONS_MAX:
        return refused("too_many_rules", limit=VERSIONS_MAX)
    if now.no not in rules:
        rules.put(now.no, now)
    made = Rules(now.no + 1, asked.lines, around.now_us, asked.who.name)
    rules.put(made.no, made)
    return made


def look(around: Around, asked: VisitLook) -> Looked | Refusal:
    """See VisitLook. Over the limit of an hour it is not shown, and the first time that is an incident."""
    if asked.what != "search" and not asked.reason.strip():
        return refused("reason_missing")
    limits, key = around.limits, (asked.who.name, asked.what)
    per_hour = {"unmask": limits.looks_per_hour, "search": limits.searches_per_hour, "rooms": limits.rooms_per_hour}
    limit = per_hour[asked.what]
    was = around.site.guests.looks.get(key)
    if was is None or not 0 <= around.now_us - was.from_us < HOUR_US:
        was = Looks(asked.who.name, asked.what, around.now_us, 0)
    if was.count < limit:
        around.site.guests.looks.put(key, replace(was, count=was.count + 1))
        return Looked(True, limit - was.count - 1, limit)
    around.counters["visit_looks_refused"] += 1
    if not was.told:
        around.site.guests.looks.put(key, replace(was, told=True))
        facts = {"about_zh": asked.who.name, "about_en": asked.who.name, "what": asked.what, "limit": limit}
        episode = f"{asked.who.name}/{asked.what}/{was.from_us}"
        around.find(SCRAPING, asked.who.name, next(iter(around.book.places)), Raise(episode, around.now_us, facts))
    return Looked(False, 0, limit)


def notice_done(around: Around, asked: NoticeDone) -> bool:
    """See NoticeDone. One that was given up is told to the desk: an incident."""
    was: Notice | None = around.site.guests.notices.get(asked.notice) or around.archive.visit_notice(asked.notice)
    if was is None or was.state != "waiting":
        return False
    state = "failed" if asked.error else "sent"
    done = replace(was, state=state, tries=asked.tries, error=asked.error, done_us=around.now_us)
    around.site.guests.notices.put(was.notice, done)
    around.counters[f"visit_notice_{state}"] += 1
    if asked.error and asked.error != NO_CHANNEL:  # an estate that tells nobody so rings up each time, and knows it
        facts = {"about_zh": was.room, "about_en": was.room, "what": was.what, "error": asked.error, "visit": was.about}
        place = around.place_of(was.room)
        around.find(UNTOLD, was.about, place, Raise(f"{was.about}/{was.what}/{was.made_us}", around.now_us, facts))
    return True


def _visits(around: Around) -> list[Visit]:
    """Those that are not over."""
    visits = around.site.guests.visits
    return [one for name in visits if (one := visits.get(name)) is not None and one.ended_us is None]
