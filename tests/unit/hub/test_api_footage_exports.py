"""Footage goes out of the house sealed: asked for by name, joined as it is, marked, on record; a change is found out."""

import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.clock import US_PER_S, SystemClock, rfc3339
from hub.footage.exports import jobs
from hub.footage.exports.seal import ExportKey
from tests.support.outward_rig import NAMES, until
from tests.support.playing_rig import CAMERAS, FPS, SEGMENT_S, Recorded, recorded_site, shades_of
from watchkeeper.cli import main

SEGMENT_US = SEGMENT_S * US_PER_S
WHY, RECEIVER = "公安机关调取 <b>asked</b> --> by the police", "城关派出所 王警官"


@pytest.fixture(scope="module")
def rig(tmp_path_factory) -> Iterator[Recorded]:
    with recorded_site(tmp_path_factory.mktemp("site")) as made, ExitStack() as clients:
        site = made.site
        site.client = lambda role, of=site.client: clients.enter_context(of(role))  # type: ignore[method-assign] # closed with the site
        site.outward.footage.limits = site.outward.footage.limits._replace(exports=1_000)
        yield made


@pytest.fixture(scope="module")
def at_us() -> int:
    return (SystemClock().now_us() // US_PER_S - 3_600) * US_PER_S


def code(reply, status: int) -> str:
    assert reply.status_code == status, reply.text
    return str(reply.json()["code"])


def asked(from_us: int, to_us: int, *cameras: str, **more):
    return {
        "cameras": list(cameras or CAMERAS[:1]),
        "from": rfc3339(from_us),
        "to": rfc3339(to_us),
        "reason": WHY,
        "receiver": RECEIVER,
        "ticket": "2026-0101",
        **more,
    }


def exported(rig, from_us: int, to_us: int, *cameras: str, **more):
    """An export that has ended."""
    client = rig.site.client("manager")
    reply = client.post("/footage/exports", json=asked(from_us, to_us, *cameras, **more))
    assert reply.status_code == 202, reply.text
    path = f"/footage/exports/{reply.json()['id']}"
    return until(lambda: found if (found := client.get(path).json())["state"] not in ("queued", "making") else None, "the export")


def taken(rig, export: str, role="manager") -> bytes:
    client = rig.site.client(role)
    reply = client.post(f"/footage/exports/{export}/download", json={"reason": "交付 handed over"})
    assert reply.status_code == 201, reply.text
    found = client.get(reply.json()["path"])
    assert found.status_code == 200, found.text
    return bytes(found.content)


@pytest.fixture(scope="module")
def made(rig, at_us, tmp_path_factory) -> tuple[dict, Path]:
    """An export of two cameras: the first with a hole, and with a segment that is gone at the agent; and its archive."""
    for number in (0, 1, 4):
        rig.record("camera-1", at_us + number * SEGMENT_US, 10 + number * SEGMENT_S * FPS)
    gone = rig.record("camera-1", at_us + 5 * SEGMENT_US, 10)
    rig.index.path_of(gone).unlink()
    rig.record("camera-2", at_us, 50)
    rig.record("camera-2", at_us + SEGMENT_US, 100, data=b"no film that can be joined" * 50)
    row = exported(rig, at_us, at_us + 6 * SEGMENT_US, "camera-1", "camera-2")
    assert row["state"] == "done", row
    path = tmp_path_factory.mktemp("out") / "export.zip"
    path.write_bytes(taken(rig, row["id"]))
    return row, path


def verify(path: Path, *options: str) -> tuple[int, dict]:
    result = CliRunner().invoke(main, ["footage", "verify-export", str(path), *options])
    return result.exit_code, json.loads(result.stdout) if result.stdout.startswith("{") else {"said": result.output}


def test_the_archive_holds_the_cameras_own_pictures_joined_run_by_run(made, at_us, tmp_path):
    with zipfile.ZipFile(made[1]) as archive:
        archive.extractall(tmp_path)
        manifest = json.loads(archive.read("manifest.json"))
    first, second = manifest["cameras"]
    assert [clip["from"] for clip in first["clips"]] == [rfc3339(at_us), rfc3339(at_us + 4 * SEGMENT_US)]
    seen = shades_of(tmp_path / first["clips"][0]["file"])
    assert len(seen) == 2 * SEGMENT_S * FPS
    for number, (time, shade) in enumerate(seen):
        assert time == pytest.approx(number / FPS, abs=0.002)
        assert shade == pytest.approx(10 + number, abs=2)
    assert [(one["from"], one["to"], one["cause"]) for one in first["missing"]] == [
        (rfc3339(at_us + 2 * SEGMENT_US), rfc3339(at_us + 4 * SEGMENT_US), "hole"),
        (rfc3339(at_us + 5 * SEGMENT_US), rfc3339(at_us + 6 * SEGMENT_US), "gone"),
    ]
    assert [bool(clip["subtitles"]) for clip in second["clips"]] == [True, False]
    assert (tmp_path / second["clips"][1]["file"]).read_bytes() == b"no film that can be joined" * 50
    assert len(first["segments"]) == 3


def test_the_archive_names_who_when_why_and_for_whom_in_every_part(made, at_us, tmp_path):
    with zipfile.ZipFile(made[1]) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        page, readme = archive.read("player.html").decode(), archive.read("README.txt").decode()
        clip = manifest["cameras"][0]["clips"][0]
        film, subtitles = archive.read(clip["file"]), archive.read(clip["subtitles"]).decode()
    assert manifest["by"] == {"name": NAMES["manager"], "role": "manager"}
    assert (manifest["receiver"], manifest["ticket"], manifest["reason"]) == (RECEIVER, "2026-0101", WHY)
    assert [one["act"] for one in manifest["custody"]] == ["asked", "made", "sealed"]
    assert manifest["audit_log"]["no"] > 0
    for text in (page, readme, subtitles):
        assert NAMES["manager"] in text
        assert RECEIVER in text
    assert NAMES["manager"].encode() in film[:4_000]
    assert "<b>" not in page
    assert subtitles.count(" --> ") == 2 * SEGMENT_S
    assert "00:00:01.000 --> 00:00:02.000" in subtitles
    assert made[0]["id"] in subtitles


def test_an_archive_that_nobody_has_touched_is_found_right(rig, made):
    row, path = made
    status, told = verify(path)
    assert (status, told["problems"], told["key_pinned"]) == (0, [], False)
    assert (told["export"], told["by"], told["receiver"]) == (row["id"], NAMES["manager"], RECEIVER)
    assert told["checked"] == 9
    key = rig.site.client("manager").get("/footage/exports").json()["key"]
    assert told["key"] == key
    assert verify(path, "--fingerprint", key)[0] == 0
    assert verify(path, "--public-key", str(rig.site.folder / "export.pub"))[0] == 0
    assert verify(path, "--fingerprint", "0" * 64)[1]["problems"][0]["problem"] == "foreign_key"
    assert verify(path, "--fingerprint", "zz")[0] == 2
    assert verify(path.with_name("none.zip"))[0] == 2


def rewritten(path: Path, to: Path, change) -> Path:
    """The archive with each file as `change(name, data)` has it; None: it is left out."""
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(to, "w") as out:
        for info in archive.infolist():
            data = change(info.filename, archive.read(info))
            if data is not None:
                out.writestr(info.filename, data)
    return to


def a_clip(name: str) -> bool:
    return name.startswith("clips/camera-1-001") and name.endswith(".mp4")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda name, data: data[:-1] + bytes([data[-1] ^ 1]) if a_clip(name) else data, "wrong_sha256"),
        (lambda name, data: data + b"x" if a_clip(name) else data, "wrong_size"),
        (lambda name, data: None if a_clip(name) else data, "missing"),
        (lambda name, data: data.replace(RECEIVER.encode(), b"somebody") if name == "manifest.json" else data, "wrong_signature"),
        (lambda name, data: None if name == "manifest.sig" else data, "missing"),
        (lambda name, data: b"{}" if name == "manifest.sig" else data, "malformed"),
        (lambda name, data: b"[" * 100_000 if name == "manifest.json" else data, "malformed"),
        (lambda name, data: data.replace(b"README", b"README"), None),
    ],
)  # fmt: skip
def test_whatever_is_changed_is_found(made, tmp_path, change, problem):
    status, told = verify(rewritten(made[1], tmp_path / "changed.zip", change))
    assert status == (0 if problem is None else 1)
    assert {one["problem"] for one in told["problems"]} >= ({problem} if problem else set())


def test_a_file_more_one_twice_and_bytes_before_the_archive_are_found(made, tmp_path):
    more = shutil.copy(made[1], tmp_path / "more.zip")
    with zipfile.ZipFile(more, "a") as archive:
        archive.writestr("clips/camera-1-099.mp4", b"film")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("README.txt", b"other")
        archive.writestr("../../evil", b"x")
    assert {one["problem"] for one in verify(more)[1]["problems"]} >= {"unlisted", "twice", "bad_name"}
    before = tmp_path / "before.zip"
    before.write_bytes(b"hidden" + made[1].read_bytes())
    assert "hidden_bytes" in {one["problem"] for one in verify(before)[1]["problems"]}
    cut = tmp_path / "cut.zip"
    cut.write_bytes(made[1].read_bytes()[:-30])
    assert verify(cut)[1]["problems"][0]["problem"] == "not_a_zip"


def test_what_is_compressed_is_told_and_never_unpacked(made, tmp_path):
    """It may unpack to more than anybody has room or time for, or be no packed data at all."""
    path = tmp_path / "packed.zip"
    with zipfile.ZipFile(made[1]) as archive, zipfile.ZipFile(path, "w") as out:
        for info in archive.infolist():
            out.writestr(info.filename, archive.read(info), zipfile.ZIP_DEFLATED if a_clip(info.filename) else zipfile.ZIP_STORED)
    packed = next(info for info in zipfile.ZipFile(path).infolist() if a_clip(info.filename))
    data = bytearray(path.read_bytes())
    data[packed.header_offset + 60 + len(packed.filename) : packed.header_offset + 90 + len(packed.filename)] = b"\xff" * 30
    path.write_bytes(data)
    status, told = verify(path)
    assert status == 1
    assert {(one["file"], one["problem"]) for one in told["problems"]} == {
        (packed.filename, "compressed"),
        (packed.filename, "missing"),
    }


def test_an_archive_that_somebody_else_seals_anew_is_of_another_key_and_its_clips_still_name_who_took_them(rig, made, tmp_path):
    forger = ExportKey(tmp_path / "forged" / "export.key")
    forger.fingerprint()
    texts = {}

    def change(name: str, data: bytes) -> bytes | None:
        if name == "manifest.json":
            data = data.replace(NAMES["manager"].encode(), "别人".encode())
            texts[name] = data
        return None if name == "manifest.sig" else data

    path = rewritten(made[1], tmp_path / "forged.zip", change)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("manifest.sig", forger.seal(texts["manifest.json"]))
    assert {one["problem"] for one in verify(path)[1]["problems"]} == {"mark_differs"}
    problems = verify(path, "--public-key", str(rig.site.folder / "export.pub"))[1]["problems"]
    assert {one["problem"] for one in problems} == {"mark_differs", "foreign_key"}


def test_the_seal_is_ed25519_over_the_manifest_as_the_document_says(rig, made):
    with zipfile.ZipFile(made[1]) as archive:
        text, seal = archive.read("manifest.json"), json.loads(archive.read("manifest.sig"))
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex((rig.site.folder / "export.key").read_text())).public_key()
    assert key.public_bytes_raw().hex() == seal["key"]
    key.verify(bytes.fromhex(seal["signature"]), b"watchkeeper-export-1\n" + text)


def test_asking_and_each_taking_stand_in_the_register(rig, made):
    row = made[0]
    rows = rig.site.client("auditor").get("/footage/register", params={"camera": "camera-2"}).json()["rows"]
    mine = [one for one in rows if one["export"] == row["id"]]
    assert [(one["kind"], one["actor"]) for one in mine] == [("download", NAMES["manager"]), ("export", NAMES["manager"])]
    assert (mine[1]["receiver"], mine[1]["ticket"], mine[1]["reason"]) == (RECEIVER, "2026-0101", WHY)
    taken(rig, row["id"], "shift_leader")
    rows = rig.site.client("auditor").get("/footage/register", params={"kind": "download"}).json()["rows"]
    assert (rows[0]["actor"], rows[0]["reason"]) == (NAMES["shift_leader"], "交付 handed over")
    entries = rig.site.client("auditor").get("/audit", params={"act": "footage.download"}).json()["entries"]
    assert len(entries) >= 2


def test_who_may_look_may_not_export(rig, at_us):
    for role in ("operator", "guard", "desk", "administrator", "auditor"):
        reply = rig.site.client(role).post("/footage/exports", json=asked(at_us, at_us + SEGMENT_US))
        assert code(reply, 403) == "not_permitted"
    body = asked(at_us, at_us + SEGMENT_US)
    for missing in ("reason", "receiver"):
        assert code(rig.site.client("manager").post("/footage/exports", json={**body, missing: " "}), 422) == "wrong_request"
    other = rig.site.client("manager").post("/footage/exports", json={**body, "cameras": ["camera-of-another-estate"]})
    assert code(other, 404) == "unknown_device"


def test_a_link_to_an_archive_is_of_one_sign_in_and_goes_on_where_it_broke_off(rig, made):
    client = rig.site.client("manager")
    path = client.post(f"/footage/exports/{made[0]['id']}/download", json={"reason": "x"}).json()["path"]
    assert code(rig.site.client("shift_leader").get(path), 404) == "unknown_footage_link"
    part = client.get(path, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, made[1].read_bytes()[100:200])
    behind = client.get(path, headers={"Range": "bytes=999999999-"})
    assert (code(behind, 416), behind.headers["content-range"]) == ("range_not_satisfiable", f"bytes */{made[0]['size_bytes']}")
    assert code(client.get("/footage/downloads/..%2f..%2fexport.key"), 404) in ("unknown_footage_link", "not_found")


def test_an_agent_that_is_away_fails_the_export_and_says_so(rig, at_us):
    rig.record("camera-3", at_us, 10)
    rig.away = True
    row = exported(rig, at_us, at_us + SEGMENT_US, "camera-3")
    rig.away = False
    assert (row["state"], row["detail"], row["size_bytes"]) == ("failed", "agent_away", 0)
    client = rig.site.client("manager")
    reply = client.post(f"/footage/exports/{row['id']}/download", json={"reason": "x"})
    assert code(reply, 409) == "export_not_ready"
    assert [path.suffix for path in (rig.site.folder / "exports").iterdir() if path.suffix != ".zip"] == []


def test_an_export_leaves_the_hub_room_on_its_disk(rig, at_us, monkeypatch):
    rig.record("camera-3", at_us + 10 * SEGMENT_US, 10)
    monkeypatch.setattr(jobs, "RESERVE_BYTES", 1 << 60)
    row = exported(rig, at_us + 10 * SEGMENT_US, at_us + 11 * SEGMENT_US, "camera-3")
    assert (row["state"], row["detail"], row["size_bytes"]) == ("failed", "disk_short", 0)
    assert [path.suffix for path in (rig.site.folder / "exports").iterdir() if path.suffix != ".zip"] == []


def test_an_archive_that_trips_over_a_bug_fails_alone_and_the_next_is_made(rig, at_us, monkeypatch):
    def fail(*_: object) -> None:
        raise KeyError("a bug")

    with monkeypatch.context() as bug:
        bug.setattr(jobs, "Maker", fail)
        row = exported(rig, at_us, at_us + SEGMENT_US, "camera-2")
        assert (row["state"], row["detail"]) == ("failed", "hub_failed")
    assert exported(rig, at_us, at_us + SEGMENT_US, "camera-2")["state"] == "done"


def test_an_export_is_cancelled_while_it_waits_for_its_agent(rig, at_us):
    rig.record("camera-4", at_us, 10)
    rig.away = True
    client = rig.site.client("manager")
    export = client.post("/footage/exports", json=asked(at_us, at_us + SEGMENT_US, "camera-4")).json()["id"]
    until(lambda: client.get(f"/footage/exports/{export}").json()["state"] == "making", "the beginning")
    assert client.post(f"/footage/exports/{export}/cancel").json()["state"] == "cancelled"
    assert code(client.post(f"/footage/exports/{export}/cancel"), 409) == "export_not_ready"
    rig.away = False
    later = exported(rig, at_us, at_us + SEGMENT_US, "camera-2")
    assert later["state"] == "done"
    assert client.get(f"/footage/exports/{export}").json()["state"] == "cancelled"


def test_a_hub_that_is_stopped_while_it_makes_one_makes_it_anew(tmp_path, at_us):
    with recorded_site(tmp_path) as first:
        first.record("camera-1", at_us, 10)
        first.away = True
        with first.site.client("manager") as client:
            export = client.post("/footage/exports", json=asked(at_us, at_us + SEGMENT_US)).json()["id"]
            until(lambda: client.get(f"/footage/exports/{export}").json()["state"] == "making", "the beginning")
    (tmp_path / "exports" / "left.zip.part").write_bytes(b"of a hub that was killed")
    with recorded_site(tmp_path) as again, again.site.client("manager") as client:
        until(lambda: client.get(f"/footage/exports/{export}").json()["state"] == "done", "the end")
        assert [path.suffix for path in (tmp_path / "exports").iterdir()] == [".zip"]


class Later(SystemClock):
    """So many days later, by the wall clock and by the monotonic one."""

    def __init__(self, wall_days: int, mono_days: int) -> None:
        self._wall_us, self._mono_us = (days * 86_400 * US_PER_S for days in (wall_days, mono_days))

    def now_us(self) -> int:
        return super().now_us() + self._wall_us

    def mono_us(self) -> int:
        return super().mono_us() + self._mono_us


def test_a_clock_that_jumped_deletes_no_archive_until_a_manager_says_that_it_is_right(rig, at_us, monkeypatch):
    row = exported(rig, at_us, at_us + SEGMENT_US, "camera-2")
    making = rig.site.outward.footage.exports
    assert making.sweep() == 0
    jumped = making._ports._replace(clock=Later(400, 0))
    monkeypatch.setattr(making, "_ports", jumped)
    assert making.sweep() == 0, "before the hub has noticed"
    with monkeypatch.context() as halted:
        halted.setattr(making, "_ports", jumped._replace(doubted=lambda: True))
        assert making.sweep() == 0
    monkeypatch.undo()
    making.sweep()
    assert taken(rig, row["id"])


def test_an_archive_is_deleted_when_its_days_are_over_and_its_row_stays(rig, at_us, monkeypatch):
    row = exported(rig, at_us, at_us + SEGMENT_US, "camera-2")
    making = rig.site.outward.footage.exports
    before = {path.name for path in (rig.site.folder / "exports").iterdir()}
    assert making.sweep() == 0
    monkeypatch.setattr(making, "_ports", making._ports._replace(clock=Later(8, 8)))
    assert making.sweep() == len(before)
    monkeypatch.undo()
    found = rig.site.client("auditor").get(f"/footage/exports/{row['id']}").json()
    assert (found["state"], found["expires_at"]) == ("expired", None)
    assert list((rig.site.folder / "exports").iterdir()) == []
