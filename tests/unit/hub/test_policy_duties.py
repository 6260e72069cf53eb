import re
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import fields

from contract.settings import BadSettings
from hub.duties.schedule import Interval, Schedule, Times, TimesA
from hub.policy.check import check_file
from hub.policy.duties import DutyRow
from hub.policy.load import Policy
from tests.unit.hub.test_policy_file import bent

NIGHT = '[{ type: interval, from: "19:00", to: "07:00", every_s: 3600 }]'
BOX = '[{ type: times, at: ["15:00"], before_s: 900, after_s: 900 }]'


def test_the_shipped_duties_are_those_of_the_regulations():
    duties = Policy.load().duties
    assert {duty.clause for duty in duties.values()} == {
        *(
            "MON-1",
            "MON-2",
            "MON-8",
            "CMD-4",
            "PAT-1",
            "PAT-4",
            "CLN-1",
            "CLN-2",
            "CLN-3",
            "CLN-4",
            "CLN-5",
            "MAT-4",
            "QUA-1",
            "QUA-2",
        ),
    }
    assert duties["patrol-day"].schedule == (Interval(from_="07:00", to="19:00", every_s=7_200),)
    assert duties["patrol-night"].schedule == (Interval(from_="19:00", to="07:00", every_s=3_600),)
    assert {duties[name].tolerance_s for name in ("patrol-day", "patrol-night")} == {600}
    assert duties["complaint-box"].schedule == (Times(at=("15:00",), before_s=900, after_s=900),)
    assert duties["letters-delivered"].equal == (("slips_counted", "complaints_registered"),)
    assert duties["post-check-in"].evidence == "answer"
    assert duties["post-check-in"].schedule == (Interval(from_="00:00", to="00:00", every_s=1_800, open_s=120),)
    assert duties["head-inspection"].schedule == (TimesA("day", 1, "workdays"),)
    assert duties["quality-check"].schedule == (TimesA("week", 2),)


@pytest.mark.parametrize(
    ("old", "new", "line_of", "message"),
    [
        (
            "void: [out_of_order]",
            "void: [out_of_ordre]",
            "ordre",
            "CLN-4: duties[0].void[0] out_of_ordre is not known: write one of unknown_tag, ",
        ),
        ("void: [out_of_order]", "void: [out_of_ordre]", "ordre", ", perhaps out_of_order"),
        (
            'to: "07:00", every',
            'to: "25:00", every',
            "25:00",
            "PAT-1: duties[1].schedules[0].to '25:00' is no local time: write one",
        ),
        (
            'at: ["15:00"]',
            'at: ["3pm"]',
            "3pm",
            "CMD-4: duties[0].schedules[0].at[0] '3pm' is no local time: write one such as 07:30",
        ),
        ('at: ["15:00"]', "at: [15]", "at: [15]", "CMD-4: duties[0].schedules[0].at[0] is the number 15: write text, in quotes"),
        (
            "duty: patrol-night",
            "duty: patrol-day",
            "duty: patrol-day",
            "PAT-1: duties[1].duty patrol-day is taken by clauses.PAT-1.dut",
        ),
        ("duty: tools", "duty: stairs", "duty: stairs", "is taken by clauses."),
        (
            "type: shift, within_s: 1800",
            "type: shift, within_s: 1800, shifts: [nigth]",
            "nigth",
            "duties[0].schedules[0].shifts[0] nigth is no shift: write one of day, night, perhaps night",
        ),
        (
            "every_s: 7200",
            "every_s: 7000",
            "every_s: 7000",
            "PAT-1: duties[0].schedules[0] lasts 43200 s, and every_s 7000 does not",
        ),
        (
            NIGHT,
            '[{ type: random, count: 9, from: "22:00", to: "06:00", open_s: 3600 }]',
            "random",
            "PAT-1: duties[1].schedules[0] needs 9 times 3600 s and has 28800 s: write a smaller count",
        ),
        (
            NIGHT,
            '[{ type: interval, from: "19:00", to: "07:00", every_s: 3600 }, { type: times, at: ["20:10"], after_s: 600 }]',
            "20:10",
            "PAT-1: duties[1].schedules has a window from 2027-01-01 20:10 until 2027-01-01 20:20 within one from",
        ),
        (
            NIGHT,
            '[{ type: once, at: "2027-01-01 20:00", open_s: 60 }, { type: times_a, period: day }]',
            "once",
            "PAT-1: duties[1].schedules has once beside others",
        ),
        (
            NIGHT,
            '[{ type: random, count: 1, from: "22:00", to: "06:00", open_s: 60 }, { type: times_a, period: day }]',
            "random",
            "PAT-1: duties[1].schedules has random beside others: write a duty of its own",
        ),
        (
            NIGHT,
            "[{ type: occasion, kind: snow, before_s: 60 }]",
            "snow",
            "PAT-1: duties[1].schedules[0].kind snow is not known: write one of bad_weather, event",
        ),
        (
            NIGHT,
            "[{ type: cron }]",
            "cron",
            "PAT-1: duties[1].schedules[0].type cron is not known: write one of interval, times, shift, ",
        ),
        (
            NIGHT,
            '[{ type: interval, from: "19:00", to: "07:00", every_s: 60, open_s: 59 }]',
            "open_s: 59",
            "PAT-1: duties[1].schedules[0].open_s 59 is too short: write 60 seconds at least",
        ),
        (NIGHT, "[]", "schedules: []", "PAT-1: duties[1].schedules has 0 entries: write a list, of at least 1 entries"),
        (NIGHT, '[{ type: once, at: "2027-02-30 20:00", open_s: 60 }]', "02-30", "'2027-02-30 20:00' is no local day and time"),
        (
            "count: 2 }",
            "count: 2, days: workdays }",
            "count: 2",
            "QUA-2: duties[0].schedules[0] picks days within a week: write period: day",
        ),
        (
            BOX,
            '[{ type: times, at: ["15:00"], before_s: 900, days: workday }]',
            "workday }",
            "days workday is not known: write one of all, workdays, weekends, holidays or a list, perhaps workdays",
        ),
        (BOX, '[{ type: times, at: ["15:00"] }]', '["15:00"] }', "CMD-4: duties[0].schedules[0] is never open: write before_s"),
        (
            "by: [monitor]",
            "by: [moniter]",
            "moniter",
            "duties[0].by[0] moniter is no post: write one of guard, monitor, cleaner, ",
        ),
        (
            "equal: [[slips_counted, complaints_registered]]",
            "equal: [[slips, complaints_registered]]",
            "[[slips",
            "CMD-4: duties[1].equal[0] slips may be left out of the report: write it in requires too",
        ),
        (
            "equal: [[slips_counted, complaints_registered]]",
            "equal: [[slips_counted]]",
            "[[slips",
            "CMD-4: duties[1].equal[0] has 1 entries",
        ),
        (
            "requires: [score, findings]",
            "requires: [Score]",
            "[Score]",
            "QUA-2: duties[0].requires[0] 'Score' is no name of a field",
        ),
        (
            "void: [out_of_order]",
            "requires: [sacks]",
            "sacks",
            "CLN-4: duties[0].requires is asked of a scan: write evidence: report",
        ),
        (
            "tolerance_s: 600 # PAT-2",
            "tolerance_s: -1",
            "tolerance_s: -1",
            "PAT-1: duties[0].tolerance_s is the number -1: write a number, at least 0",
        ),
        (
            "requires: [score, findings]",
            "requires: [score, findings, score]",
            "[score, findings, score]",
            "QUA-2: duties[0].requires[2] score stands twice: keep one of the two",
        ),
        (
            "equal: [[slips_counted, complaints_registered]]",
            "equal: [[slips_counted, slips_counted]]",
            "[[slips",
            "CMD-4: duties[1].equal[0] slips_counted is compared with itself",
        ),
        (
            "by: [quality]\n        void: [unknown_person]",
            "by: [quality]\n        void: [unknown_person, weak_medium]",
            "void: [unknown_person, weak_medium]",
            "QUA-2: duties[0].void[1] weak_medium is a flag of tags, and a report has none: write evidence: scan",
        ),
        (
            "every_s: 7200",
            "every_s: 7200, open_s: 7201",
            "every_s: 7200, open_s",
            "PAT-1: duties[0].schedules[0].open_s 7201 is longer than every_s, so the next window opens before this one is due",
        ),
        ("every_s: 7200", "evry_s: 7200", "evry_s", "PAT-1: duties[0].schedules[0].evry_s is an unknown key"),
        ("shifts:\n  day:", "shifs:\n  day:", "shifs", "shifs: is an unknown key"),
        ("shifts:\n  day:", "shifs:\n  day:", "within_s", "waits for a shift, and there are none: write shifts:"),
        (
            "country: CN",
            "country: CX5",
            "CX5",
            "calendar.country: 'CX5' is no country whose holidays are known: write two capital letters",
        ),
        ("workdays: []", "workdays: [soon]", "soon", "calendar.workdays[0]: is text: write a day such as 2026-12-31"),
        (
            "workdays: [] # such as 2027-02-20\n  holidays: []",
            "workdays: [2027-02-20]\n  holidays: [2027-02-20]",
            "holidays: [2027",
            "calendar.holidays[0]: 2027-02-20 is among the workdays too",
        ),
    ],
)
def test_a_mistake_in_a_duty_is_told_with_its_line_and_clause(tmp_path, old, new, line_of, message):
    file = bent(tmp_path, old, new)
    lines = file.read_text(encoding="utf-8").splitlines()
    marks = tuple(f"{file}:{number}: " for number, text in enumerate(lines, 1) if line_of in text)
    told = check_file(file)
    assert any(text.startswith(marks) and message in text for text in told), told
    with pytest.raises(BadSettings):
        Policy.load(file)


def test_one_bad_schedule_hides_no_mistake_of_the_others(tmp_path):
    beside = '{ type: random, count: 1, from: "22:00", to: "06:00", open_s: 60 }, { type: times_a, period: day }'
    told = check_file(bent(tmp_path, NIGHT, f"[{{ type: cron }}, {beside}]"))
    assert ["type cron is not known" in text for text in told] == [True, False]
    assert "has random beside others" in told[1]


def test_days_of_the_policys_own_calendar_are_days(tmp_path):
    file = bent(tmp_path, "workdays: []", "workdays: [2027-02-20]")
    assert Policy.load(file).calendar.workdays == (date(2027, 2, 20),)


def test_every_example_of_the_managers_page_is_a_schedule_and_every_type_has_one(tmp_path):
    page = Path("docs/duties.md").read_text(encoding="utf-8")
    examples = re.findall(r"\{ type: (\w+), .*? \}", page)
    assert {*examples} == {arm.__struct_config__.tag for arm in get_args(Schedule)}
    for match in re.finditer(r"\{ type: \w+, .*? \}", page):
        assert check_file(bent(tmp_path, NIGHT, f"[{match[0]}]")) == [], match[0]


def test_every_key_of_a_duty_stands_on_the_managers_page():
    page = Path("docs/duties.md").read_text(encoding="utf-8")
    named = {"duty", "zh", "en"}
    assert [field.name for field in fields(DutyRow) if f"| `{field.name}` |" not in page and field.name not in named] == []


def test_a_demonstration_may_have_rounds_of_seconds(tmp_path):
    played = bent(tmp_path, NIGHT, '[{ type: interval, from: "19:00", to: "07:00", every_s: 12, open_s: 8 }]')
    assert len(check_file(played)) == 2
    played.write_text(played.read_text(encoding="utf-8") + "demonstration: true\n", encoding="utf-8")
    assert check_file(played) == []
