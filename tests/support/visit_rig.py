"""An estate with a household, gates and groups of permits on a manual clock, and what guards, residents and gates do there."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from contract.clock import US_PER_S, ManualClock
from contract.names import code_name, plate_name
from contract.readings import AccessDecided
from hub.access.asks import AccessPut, By
from hub.access.types import AnyThing, Group, GroupRight, Holder, Household, Portal, Zone
from hub.estate import Agent, DeviceRow, Estate, EstateFile, Place
from hub.visits import asks, sealing
from hub.visits.asks import Who
from hub.visits.personal import Personal
from hub.visits.types import Delivery, Kind, Route, Space, Visit
from tests.support.site_rig import KEY, SITE, Hub, ModelAgent

CARD_KEY = bytes(range(2, 34))
NAMES = sealing.Names(bytes(range(3, 35)))
DAY_KEY = bytes(range(4, 36))
ZONE = ZoneInfo("Asia/Shanghai")
GUARD, DESK, LEAD = Who("张三", "guard"), Who("陈静", "desk"), Who("赵敏", "shift_leader")
ROOM, HOST, OTHER = "3-2-501", "r-li", "r-wang"
IDENTITY = "11010519491231002X"
WHOM = Personal("王小明", IDENTITY, "13900001111")
ALL_GIVEN = frozenset(("name", "identity", "phone"))
TEN_MIN_S, HOUR_S, DAY_S = 600, 3_600, 86_400


def estate() -> Estate:
    """A gate with a reader, and a drop-off point."""
    names: Any = {"name_zh": "名", "name_en": "name"}
    file = EstateFile(
        SITE,
        "名",
        "name",
        "Asia/Shanghai",
        [Place("gate", **names), Place("shelf", **names)],
        [Agent("gatehouse", "gate", **names, key=KEY.hex())],
        [
            DeviceRow("door-1", "door", "gate", "gatehouse", **names),
            DeviceRow("reader-1", "reader", "gate", "gatehouse", **names),
        ],
    )
    return Estate(file, {"gatehouse": KEY})


THINGS: tuple[AnyThing, ...] = (
    Household(household=ROOM, building="3", unit="2", room="501", place="gate"),
    Household(household="3-2-502", building="3", unit="2", room="502"),
    Holder(holder=HOST, kind="resident", name="李业主", phone="13800000001", household=ROOM),
    Holder(holder=OTHER, kind="resident", name="李家属", household=ROOM),
    Zone(zone="inside", name_zh="小区", name_en="inside"),
    Portal(portal="reader-1", to_zone="inside"),
    Group(group="visitors", name_zh="访客", name_en="visitors", rights=(GroupRight("reader-1"),)),
)


class Gatehouse:
    """The estate, and what is done in it."""

    def __init__(self, make: Callable[..., Hub], url: str, **more: Any) -> None:
        clock = ManualClock()
        clock.advance_us(20_000 * DAY_S * US_PER_S + 2 * HOUR_S * US_PER_S)  # ten in the morning at the gate
        self.hub = make(url, clock, book=estate(), link_digest=NAMES.link_digest, **more)
        self.hub.take()
        self.agent = ModelAgent(clock)
        self.made = 0
        for thing in THINGS:
            self.hub.ask(AccessPut(thing, 0, By("root")))
        self.hub.ask(asks.RouteSet("main", Route("main", "主路", "main way", "直行", ("visitors",)), LEAD))

    @property
    def now_us(self) -> int:
        """Now."""
        return self.hub.clock.now_us()

    def go(self, seconds: float) -> None:
        """Time passes, with a turn at each moment at which the hub has something to do with visits."""
        until_us = self.now_us + round(seconds * US_PER_S)
        while True:
            site = self.hub.core._site
            assert site is not None
            sweep_us = site.keeping.due_us()  # every ten minutes for half a year, and nothing is recorded here
            due_us = min((one for one in site.due_us() if one != sweep_us), default=2**62)
            if due_us > until_us:
                break
            self.hub.clock.advance_us(max(due_us - self.now_us, 1))
            self.hub.take()
        self.hub.clock.advance_us(max(0, until_us - self.now_us))
        self.hub.take()

    def draft(self, kind: Kind = "visitor", **fields: Any) -> Visit:
        """What a form makes: the box is sealed, credentials are names."""
        self.made += 1
        name = f"v{self.made}"
        box = sealing.seal(DAY_KEY, self.made.to_bytes(12), "2024-10-04", f"{SITE}/{name}", WHOM)
        plate = fields.pop("plate", "" if kind == "visitor" else f"京A1234{self.made % 10}")
        row = Visit(
            name, kind, "registered", fields.pop("room", "" if kind == "temporary" else ROOM),
            fields.pop("reason", "看望家人"), "", plate, plate_name(CARD_KEY, plate) if plate else "",
            code_name(CARD_KEY, "qr", NAMES.pass_text(name)), box, fields.pop("route", "main"), fields.pop("space", ""),
            0, "张三", "guard",
        )  # fmt: skip
        return replace(row, **fields)

    def register(
        self, kind: Kind = "visitor", *, who: Who = GUARD, resident: str = "", admit: bool = False, **fields: Any
    ) -> Any:
        """A visit is registered."""
        return self.hub.ask(asks.VisitRegister(self.draft(kind, **fields), ALL_GIVEN, who, resident, admit))

    def invite(self, token: str, kind: Kind = "visitor", *, hours: float = 4, **fields: Any) -> Any:
        """A resident registers a visitor by their own link."""
        draft = self.draft(kind, room="", **fields)
        until_us = (draft.expected_us or self.now_us) + round(hours * HOUR_S * US_PER_S)
        return self.hub.ask(asks.ResidentRegister(sealing.digest(token), draft, frozenset(("name",)), until_us))

    def cancel(self, token: str, visit: str) -> Any:
        """A resident takes a visit back."""
        return self.hub.ask(asks.ResidentCancel(sealing.digest(token), visit))

    def ask(self, visit: str) -> Any:
        """The resident is asked."""
        return self.hub.ask(asks.VisitAsk(visit, GUARD))

    def token(self, about: str) -> str:
        """What the newest link about it holds, as it was sent."""
        rows = self.hub.rows("visit_link", "about", "made_us", "link")
        return NAMES.link_token(max((made_us, link) for name, made_us, link in rows if name == about)[1])

    def tap(self, about: str, *, yes: bool = True, token: str = "") -> Any:
        """The resident taps on the link."""
        return self.hub.ask(asks.LinkAnswer(sealing.digest(token or self.token(about)), yes))

    def call(self, visit: str, *, yes: bool = True, person: str = HOST, said: str = "是朋友") -> Any:
        """The desk has rung up."""
        return self.hub.ask(asks.VisitCall(visit, DESK, person, "out", said, yes))

    def act(self, visit: str, act: str, reason: str = "", *, who: Who = GUARD, **fields: Any) -> Any:
        """Any other act."""
        return self.hub.ask(asks.VisitAct(visit, act, who, reason, **fields))

    def confirmed(self, kind: Kind = "visitor", **fields: Any) -> str:
        """A visit that the resident has confirmed by a link."""
        made = self.register(kind, **fields)
        self.ask(made.visit)
        self.tap(made.visit)
        return str(made.visit)

    def passes(self, visit: str, *, inward: bool = True, ago_s: float = 0, granted: bool = True) -> None:
        """A gate lets the visit's credential through."""
        qr = next((qr for name, qr in self.hub.rows("visit", "visit", "qr") if name == visit), "")
        reading = AccessDecided(
            qr, granted, "permit" if granted else "expired", medium="qr", gate="door-1", permit=f"visit-{visit}",
            to_zone="inside" if inward else "",
        )  # fmt: skip
        at_us = self.now_us - round(ago_s * US_PER_S)
        self.hub.take(self.agent.says("reader-1", reading, at_us=at_us))

    def drop(self, room: str = ROOM, place: str = "shelf") -> Any:
        """A courier has left goods."""
        self.made += 1
        new = Delivery(f"d{self.made}", "dropped", room, place, "快递", 2, 0, GUARD.name)
        return self.hub.ask(asks.DeliveryDrop(new, GUARD))

    def deed(self, delivery: str, deed: str, *, person: str = "", note: str = "") -> Any:
        """What is done with them."""
        return self.hub.ask(asks.DeliveryAct(delivery, deed, DESK, person, note))

    def space(self, name: str, **fields: Any) -> Any:
        """The estate has that space."""
        return self.hub.ask(asks.SpaceSet(name, Space(name, "车位", "space", "gate", **fields), LEAD))

    def state(self, visit: str) -> str:
        """A visit's state."""
        return next(str(state) for name, state in self.hub.rows("visit", "visit", "state") if name == visit)

    def history(self, about: str) -> list[str]:
        """What was done, in order."""
        return [str(act) for name, act in self.hub.rows("visit_entry", "about", "act") if name == about]

    def cases(self, detector: str) -> list[tuple[str, bool]]:
        """State of each case of the detector, and whether its condition lasts."""
        rows = self.hub.rows("case_", "detector", "state", "active")
        return [(str(state), bool(active)) for name, state, active in rows if name == detector]

    def permit(self, visit: str) -> Any:
        """Its pass: from, until, when it ended; None where there is none."""
        rows = self.hub.rows("permit", "permit", "from_us", "until_us", "ended_us")
        return next((tuple(row[1:]) for row in rows if row[0] == f"visit-{visit}"), None)
