"""A whole estate file, brought with a browser: what the demo's estate is as well."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.outward_rig import Site

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()


def imported(site: Site, text: str, **more: Any) -> Any:
    return site.http.post("/estate/import", params={"kind": "estate", **more}, content=text.encode()).json()


def exported(site: Site) -> str:
    return site.http.get("/estate/export").text


def test_what_is_exported_whole_is_imported_and_nothing_has_changed(site: Site):
    told = imported(site, exported(site), apply=True)
    assert (told["good"], told["changes"]) == (True, [])


def test_a_whole_estate_is_put_in_force(site: Site):
    told = imported(site, exported(site).replace("name_zh: ", "name_zh: 新", 1), apply=True, reason="开通")
    assert (told["good"], told["applied"]) == (True, True)
    assert site.http.get("/estate").json()["document"]["name_zh"].startswith("新")
    newest = site.http.get("/estate/versions").json()["versions"][0]
    assert (newest["origin"], newest["reason"]) == ("edit", "开通")


def test_a_mistake_names_the_line_of_the_file_and_nothing_changes(site: Site):
    lines = exported(site).splitlines()
    at = next(number for number, line in enumerate(lines, 1) if line.strip().startswith("kind:"))
    lines[at - 1] = lines[at - 1].partition("kind:")[0] + "kind: dragon"
    told = imported(site, "\n".join(lines), apply=True)
    assert (told["good"], told["applied"]) == (False, False)
    assert min(one["row"] for one in told["errors"]) == at
    assert site.http.get("/estate").json()["version"] == told["version"] == 0


@pytest.mark.parametrize(
    ("text", "code"), [("- a\n- b\n", "no_estate"), ("site: [", "not_yaml"), ("site: a\nsite: b\n", "twice")]
)
def test_what_is_no_estate_file_is_told(site: Site, text: str, code: str):
    told = imported(site, text, apply=True)
    assert ([one["code"] for one in told["errors"]], told["applied"]) == ([code], False)


def test_keys_and_drawings_of_a_file_stay_outside(site: Site):
    text = (ROOT / "deploy" / "estate.example.yaml").read_text(encoding="utf-8")
    told = imported(site, text.replace("key_file: secrets/gate-east.key", f"key: {'ab' * 32}"))
    assert "ab" * 32 not in str(told)
    assert "drawing" not in told["document"]["floors"][0]
