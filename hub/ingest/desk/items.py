"""What is open at a post, from the site's memory: what a handover's list is made of."""

from collections.abc import Iterator

from hub.cases.maintenance import Maintenance
from hub.cases.titles import TITLES, Lang, Names, title
from hub.cases.types import Case
from hub.cases.workflow import LIVE, STATE_NAMES
from hub.desk.handover import Found
from hub.desk.keys import STATE_NAMES as KEY_STATES
from hub.ingest.site import Site

INCIDENTS_MAX = 200
"""Listed one by one, the most urgent first; further ones are one item that says how many."""
REST = "others"
FAULTS = (
    "agent_silent",
    "device_silent",
    "device_clock_off",
    "camera_lost",
    "camera_dark",
    "camera_frozen",
    "camera_defocused",
    "panel_fault",
)
"""Detectors whose condition is a device that is out of order."""


def open_items(site: Site, names: Names) -> list[Found]:
    """Incidents, devices out of order, keys and equipment, maintenance windows; in this order."""
    return [*_incidents(site, names), *_devices(site, names), *_keys(site), *_maintenance(site, names)]


def _incidents(site: Site, names: Names) -> Iterator[Found]:
    live = [case for no in site.cases if (case := site.cases.get(no)) is not None and case.state in LIVE]
    live.sort(key=lambda case: (case.priority, case.case_no))
    for case in live[:INCIDENTS_MAX]:
        zh, en = _words(case, names)
        stamp = f"{case.state}/{case.priority}/{case.dispatch}"
        yield Found("incident", str(case.case_no), zh, en, stamp)
    rest = len(live) - INCIDENTS_MAX
    if rest > 0:
        yield Found("incident", REST, f"另有 {rest} 起未结事件", f"{rest} more open incidents", str(rest))


def _words(case: Case, names: Names) -> tuple[str, str]:
    state_zh, state_en = STATE_NAMES.get(case.state, (case.state, case.state))
    return (
        f"{case.case_no} 号 P{case.priority} {title(case, names, 'zh')}（{state_zh}）",
        f"no. {case.case_no}, P{case.priority}, {title(case, names, 'en')} ({state_en})",
    )


def _devices(site: Site, names: Names) -> Iterator[Found]:
    """By the detectors' own states: closing an incident does not mend a device."""
    wrong: dict[str, set[str]] = {}
    for key in site.states:
        row = site.states.get(key)
        if key[0] in FAULTS and row is not None and getattr(row.state, "told", False) not in (False, "nothing"):
            wrong.setdefault(row.device, set()).add(key[0])
    for device in sorted(wrong):
        causes = sorted(wrong[device])
        zh, en = ("、".join(TITLES[one][0] for one in causes), ", ".join(TITLES[one][1].lower() for one in causes))
        yield Found(
            "device",
            device,
            f"{names.device_name(device, 'zh')}：{zh}",
            f"{names.device_name(device, 'en')}: {en}",
            "/".join(causes),
        )


def _keys(site: Site) -> Iterator[Found]:
    for name in sorted(site.keys):
        item = site.keys.get(name)
        if item is not None and item.state != "in":
            zh, en = KEY_STATES[item.state]
            who = f" {item.holder}" if item.holder else ""
            yield Found(
                "key",
                name,
                f"{item.name_zh}（{name}）：{zh}{who}",
                f"{item.name_en} ({name}): {en}{who}",
                f"{item.state}/{item.moves}",
            )


def _maintenance(site: Site, names: Names) -> Iterator[Found]:
    for name in sorted(site.maintenance):
        row = site.maintenance.get(name)
        if row is not None and row.ended_us is None:
            zh, en = _scope(row, names, "zh"), _scope(row, names, "en")
            yield Found("maintenance", name, f"检修：{zh}，{row.reason}", f"maintenance: {en}, {row.reason}", str(row.until_us))


def _scope(row: Maintenance, names: Names, lang: Lang) -> str:
    place = names.place_name(row.place, lang) if row.place else ""
    device = names.device_name(row.device, lang) if row.device else ""
    detector = TITLES.get(row.detector, (row.detector, row.detector))[0 if lang == "zh" else 1]
    return ("，" if lang == "zh" else ", ").join(part for part in (place, device, detector) if part)
