"""A day of rounds with everything that a record has to show: kept, missed, withdrawn, late, odd and hostile."""

from typing import Any

from contract.readings import Observed
from hub.duties.types import Shift
from hub.estate import Estate, EstateFile, PersonRow, Phone, Place, RouteRow
from hub.ingest.ports import CaseAct, Item, RosterAct
from hub.reports.asking import RecordAsked, record
from hub.reports.record import Record
from hub.store.reports import ReportReads
from tests.support.duty_rig import PLACES, Rounds, estate, seen, us
from tests.support.site_rig import SITE

HOSTILE = '=HYPERLINK("http://evil.example","巡更")'
MARKUP = "#emph[no markup] $x$ *bold* \\ @ref <label> `raw`"


def busy_day(url: str, **more: Any) -> Rounds:
    """From 08:00 to 20:00 in Shanghai on the first day: rounds every two hours. 10:00 kept; 12:00 the roof is missed, and its
    incident closed; 14:00 the roof is withdrawn by evidence that came late; 16:00 the pump was scanned by
    somebody who is not on the roster."""
    rounds = Rounds.on(url, sources=("wand-1", "phone-1", "hub"), **more)
    rounds.hub.ask(RosterAct(Shift("li", "", us(-1), us(11)), "boss"))
    rounds.hub.ask(RosterAct(Shift("zhang", "north", us(11), us(23)), "boss"))
    rounds.at(3)
    rounds.phone(*(seen("phone-1", f"a{at}", place, 2.5 + at / 60, person="li") for at, place in enumerate(PLACES)), up_to=3)
    rounds.at(4.5, rounds.beat(wand_1=4.5))
    rounds.phone(*(seen("phone-1", f"b{at}", place, 4.3 + at / 60, person="li") for at, place in enumerate(PLACES[:2])))
    rounds.phone(Item("o1", us(4.4), reading=Observed("消防", f"{HOSTILE} {MARKUP}", severity=3, place="roof")))
    rounds.phone(Item("o2", us(4.45), reading=Observed("灯", "灯不亮", severity=1, place="pump")), up_to=4.5)
    rounds.at(6.5, rounds.beat(wand_1=6.5))
    rounds.phone(up_to=6.5)
    close(rounds, "duty_gap", "roof", cause="people", note=f"{HOSTILE} 已补巡")
    rounds.at(6.7)
    rounds.phone(*(seen("phone-1", f"c{at}", place, 6.6 + at / 60, person="li") for at, place in enumerate(PLACES[:2])))
    rounds.at(8.5, rounds.beat(wand_1=8.5))
    rounds.at(8.7)
    people = ("li", "zhang", "")
    rounds.phone(
        *(seen("phone-1", f"d{at}", place, 8.6 + at / 60, person=people[at]) for at, place in enumerate(PLACES)), up_to=8.7
    )
    rounds.at(9, rounds.scan("roof", 6.9))
    rounds.at(12, rounds.beat(wand_1=12))
    return rounds


def named_estate(**names: tuple[str, str]) -> Estate:
    """The rig's estate with the names that a real one has; `names` are others, for `gate`, `north` or `li`."""
    known = NAMES | names
    plain = estate()
    places = [Place(place, *known[place]) for place in PLACES]
    staff = [PersonRow(person, *known[person]) for person in ("li", "zhang")]
    routes = [RouteRow("north", "patrol", *known["north"], list(PLACES), ["wand-1"])]
    phones = [Phone("phone-1", "gate", "一号手机", "Phone 1")]
    site = known["site"]
    file = EstateFile(
        SITE,
        *site,
        "Asia/Shanghai",
        places,
        [],
        [row for row in plain.devices.values() if row.id != "phone-1"],
        phones,
        staff,
        routes,
    )
    return Estate(file, {})


NAMES = {
    "site": ("花园小区", "Garden estate"), "gate": ("东门岗亭", "East gatehouse"), "pump": ("消防水泵房", "Fire pump room"),
    "roof": ("三号楼天台", "Roof of house 3"), "north": ("北区路线", "North route"), "li": ("李伟", "Li Wei"),
    "zhang": ("张强", "Zhang Qiang"),
}  # fmt: skip


def close(rounds: Rounds, detector: str, place: str, **fields: str) -> None:
    """A person closes the first live case of a detector at a place."""
    rows = rounds.hub.rows("case_", "case_no", "detector", "place", "state")
    number = next(row[0] for row in rows if row[1:3] == (detector, place) and row[3] == "open")
    rounds.hub.ask(CaseAct(number, "close", "李伟", "manager", fields, None))


def reads(rounds: Rounds) -> ReportReads:
    """The reports' queries on the rig's database."""
    return ReportReads(rounds.hub.engine, SITE)


def record_now(
    rounds: Rounds, day: Any, lang: Any = "both", *, book: Estate | None = None, routes: tuple[str, ...] = ()
) -> Record:
    """The record as it is now."""
    shifts = rounds.hub.policy.shifts
    asked = RecordAsked(day, lang, 300_000_000, routes)
    return record(reads(rounds), book or named_estate(), shifts, asked, rounds.hub.clock.now_us())
