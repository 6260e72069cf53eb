"""Rounds in a real browser: what phones report to a real hub is seen as it comes in."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.support.agent_rig import wait_for
from tests.support.browser_estate import ZONE, Wanted

TAGS = {"gate": "04A1B2C3D4", "lobby": "04A1B2C3D5"}
DUTY = "weather-check"
"""It goes by what is announced, so that its windows can be had at any hour."""
ENDED_MS = 20_000
"""For a window of 4 s to end and be judged."""


@pytest.fixture(scope="module")
def wanted() -> Wanted:
    """Three routes: one that is walked, one of a phone that reports, and one of a phone that never does."""
    phones = [{"id": f"phone-{at}", "place": "gate", "name_zh": f"{at}号手机", "name_en": f"Phone {at}"} for at in (1, 2)]
    rows = (
        ("north", "北线", "North round", ["gate", "lobby"], "phone-1"),
        ("south", "南线", "South round", ["yard"], "phone-1"),
        ("west", "西线", "West round", ["wall"], "phone-2"),
    )
    routes = [
        {"id": route, "duty": DUTY, "name_zh": zh, "name_en": en, "places": places, "sources": [phone], "order": "set"}
        for route, zh, en, places, phone in rows
    ]
    return Wanted(more={"phones": phones, "routes": routes})


@pytest.fixture(scope="module")
def tagged(estate):
    """The checkpoints' tags stand before anybody comes by."""
    with estate.client("manager") as http:
        for place, tag in TAGS.items():
            body = {"medium": "nfc", "tag": tag, "place": place, "reason": "新装"}
            http.post("/tags", json=body).raise_for_status()
    return estate


def announce(estate, name: str, in_s: float) -> None:
    """Bad weather so many seconds from now: the check before it has been open for hours, and ends then."""
    with estate.client("manager") as http:
        body = {"id": name, "kind": "bad_weather", "from": at(in_s)}
        made = http.post("/occasions", json=body).raise_for_status().json()
    assert made["windows"] >= 4


def at(in_s: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=in_s)).isoformat()


def report(estate, *places: str, up_to: bool = False) -> None:
    """Scans that were made now are entered in the name of phone 1, or that it has told everything up to now."""
    now, mono_ms = at(0), round(time.monotonic() * 1_000)
    items = [
        {
            "key": f"{place}-{mono_ms}",
            "kind": "scan",
            "made_at": now,
            "mono_ms": mono_ms,
            "tag": TAGS[place],
            "person": "zhang-wei",
        }
        for place in places
    ]
    body = {"phone": "phone-1", "boot": "b1", "sent_at": now, "sent_mono_ms": mono_ms, "items": items}
    with estate.client("manager") as http:
        told = http.post("/scans", json=body | ({"up_to": now} if up_to else {})).raise_for_status().json()
    assert [one["outcome"] for one in told["items"]] == ["new"] * len(places)


def test_a_round_that_is_walked_shows_its_progress_and_nothing_is_loaded_anew(tagged, room, picture):
    announce(tagged, "storm", 600)
    page = room("operator", path="patrol")
    page.evaluate("window.stays = true")
    walked = page.locator(".wk-round[data-route=north][data-phase=open]")
    expect(walked).to_contain_text("已到 0/2")
    expect(walked.locator("[data-place=gate]")).to_have_attribute("data-state", "due")
    report(tagged, "gate")
    expect(walked).to_contain_text("已到 1/2")
    expect(walked.locator("[data-place=gate]")).to_have_attribute("data-state", "kept")
    expect(walked.locator("[data-place=gate]")).to_contain_text("NFC")
    expect(walked).to_contain_text("张伟")
    expect(walked.locator("[data-place=lobby]")).to_have_attribute("data-state", "due")
    report(tagged, "lobby")
    expect(walked).to_contain_text("已到 2/2")
    assert page.evaluate("window.stays") is True
    picture(page, "patrol-walked")


def test_missed_and_unproven_differ_in_shape_and_word_and_missed_leads_to_its_incident(tagged, room, picture):
    page = room("operator", language="en", path="patrol")
    announce(tagged, "gust", 4)
    south = page.locator(".wk-round[data-route=south][data-phase=over] [data-place=yard]")
    west = page.locator(".wk-round[data-route=west][data-phase=over] [data-place=wall]")
    expect(west).to_have_attribute("data-state", "unproven", timeout=ENDED_MS)
    report(tagged, up_to=True)
    expect(south).to_have_attribute("data-state", "missed")
    expect(south).to_contain_text("missed")
    expect(west).to_contain_text("unproven")
    expect(west).to_contain_text("has not reported yet")
    assert south.locator("[data-shape]").count() == 1, "a gap that is an incident has its priority's shape"
    assert west.locator("[data-shape]").count() == 0, "what is not proven has no priority's colour"
    assert west.locator("[data-mark=unproven]").count() == 1
    picture(page, "patrol-missed-unproven")
    south.click()
    panel = page.locator(".wk-window")
    expect(panel.locator(".wk-explanation")).to_contain_text("Missed")
    number = next(one["no"] for one in tagged.incidents() if one["detector"] == "duty_gap" and one["place"] == "yard")
    panel.get_by_role("button", name=f"Show #{number} in the queue").click()
    expect(page.locator(f"#incident-{number}")).to_have_attribute("aria-selected", "true")


def test_the_heat_map_has_its_numbers_as_a_table_and_no_data_is_said(tagged, room, picture):
    announce(tagged, "squall", 4)
    with tagged.client("manager") as http:
        today = datetime.now(ZoneInfo(ZONE)).date()
        span = {"from": str(today - timedelta(days=1)), "to": str(today)}
        wait_for(lambda: http.get("/reports/heatmap", params=span).json()["cells"], "a window that has ended")
    page = room("manager", path="patrol/heat")
    expect(page.locator(".wk-heat-chart svg")).to_be_visible()
    page.get_by_role("button", name="显示表格").click()
    rows = page.locator(".wk-heat-table tbody tr")
    expect(rows).to_have_count(7)
    expect(rows.locator("td:not(.wk-no-data)").first).to_be_visible()
    assert rows.locator(".wk-no-data").count() > 100
    picture(page, "patrol-heat")
