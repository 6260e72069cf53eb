"""Photos and voice notes of guards' phones, over real HTTP."""

import hashlib
from collections.abc import Iterator

import pytest

from contract.clock import US_PER_S
from hub.phone_uploads import Uploads
from hub.phones import media
from tests.support.duty_site import TAGS
from tests.support.outward_rig import Site
from tests.support.phone_rig import bind, phone_site
from tests.unit.hub.test_api_http import problem

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40
OGG = b"OggS" + bytes(3_000)


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with phone_site(tmp_path) as made:
        yield made


def seen(phone):
    """Something was seen on a round; its key and its incident."""
    entry = phone.entry("observation", category="light", note="路灯不亮", place="gate")
    (done,) = phone.sent(entry)
    return entry["key"], done["incident"]


def begun(phone, key, data, kind="photo", **more):
    asked = {"entry": key, "kind": kind, "size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    return phone.http.post("/phone/media", json=asked | more)


def piece(phone, name, offset, data):
    return phone.http.patch(f"/phone/media/{name}", content=data, headers={"Upload-Offset": str(offset)})


def test_a_photo_comes_in_pieces_and_is_shown_on_its_incident_with_who_looked(site):
    phone = bind(site)
    key, no = seen(phone)
    reply = begun(phone, key, JPEG)
    assert reply.status_code == 201, reply.text
    name = reply.json()["media"]
    assert piece(phone, name, 0, JPEG[:4_000]).json()["offset"] == 4_000
    wrong = piece(phone, name, 0, JPEG[:4_000])
    problem(wrong, 409, "wrong_offset")
    assert wrong.headers["upload-offset"] == "4000"
    assert phone.http.head(f"/phone/media/{name}").headers["upload-offset"] == "4000"
    again = begun(phone, key, JPEG).json()
    assert (again["media"], again["offset"]) == (name, 4_000), "the answer to its creation was lost"
    problem(piece(phone, name, 4_000, JPEG), 409, "wrong_offset")
    done = piece(phone, name, 4_000, JPEG[4_000:]).json()
    assert (done["done"], done["offset"]) == (True, len(JPEG))
    assert piece(phone, name, 4_000, JPEG[4_000:]).json()["done"], "the last answer was lost"
    (picture,) = site.http.get(f"/incidents/{no}").json()["pictures"]
    assert (picture["id"], picture["kind"], picture["ready"]) == (name, "photo", True)
    shown = site.http.get(f"/pictures/{name}")
    assert (shown.content, shown.headers["content-type"]) == (JPEG, "image/jpeg")
    with site.client("auditor") as auditor:
        assert "picture.view" in [one["act"] for one in auditor.get("/audit").json()["entries"]]
    assert list((site.folder / "pictures" / "uploads").iterdir()) == []


def test_a_voice_note_is_heard_on_the_incident(site):
    phone = bind(site)
    key, no = seen(phone)
    problem(begun(phone, key, OGG, "voice", seconds=61), 422, "voice_too_long")
    name = begun(phone, key, OGG, "voice", seconds=12).json()["media"]
    assert piece(phone, name, 0, OGG).json()["done"]
    assert [one["kind"] for one in site.http.get(f"/incidents/{no}").json()["pictures"]] == ["voice"]
    assert site.http.get(f"/pictures/{name}").headers["content-type"] == "audio/ogg"


def test_what_is_not_what_it_was_said_to_be_is_thrown_away(site):
    phone = bind(site)
    key, no = seen(phone)
    script = b"<script>alert(1)</script>" * 10
    name = begun(phone, key, script).json()["media"]
    problem(piece(phone, name, 0, script), 422, "wrong_media")
    name = begun(phone, key, JPEG).json()["media"]
    reply = piece(phone, name, 0, JPEG[:-1] + b"x")
    assert reply.json()["code"] == "wrong_sha256"
    assert phone.http.get(f"/phone/media/{name}").json()["offset"] == 0, "begin again"
    assert piece(phone, name, 0, JPEG).json()["done"]
    assert len(site.http.get(f"/incidents/{no}").json()["pictures"]) == 1


def test_uploads_belong_to_one_guard_and_have_limits(site, monkeypatch):
    phone, other = bind(site), bind(site, "shift_leader")
    key, _ = seen(phone)
    name = begun(phone, key, JPEG).json()["media"]
    problem(other.http.get(f"/phone/media/{name}"), 404, "unknown_media")
    problem(begun(other, key, OGG, "voice"), 409, "unknown_entry")
    problem(begun(phone, "0" * 32, JPEG), 409, "unknown_entry")
    problem(begun(phone, key, JPEG, size_bytes=media.BYTES_MAX["photo"] + 1), 422, "wrong_request")
    problem(begun(phone, key, JPEG, "voice", size_bytes=media.BYTES_MAX["voice"] + 1), 413, "too_large")
    problem(piece(phone, name, 0, bytes(media.PIECE_BYTES_MAX + 1)), 413, "too_large")
    monkeypatch.setattr(media, "OPEN_MAX", 1)
    problem(begun(phone, key, OGG, "voice"), 409, "too_many_uploads")


def test_an_upload_that_is_never_finished_is_given_up(site, monkeypatch):
    phone = bind(site)
    key, _ = seen(phone)
    name = begun(phone, key, JPEG).json()["media"]
    piece(phone, name, 0, JPEG[:100])
    with site.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE phone_media SET created_us = 0")
    begun(phone, key, OGG, "voice")
    problem(piece(phone, name, 100, JPEG[100:]), 404, "unknown_media")
    assert Uploads(site.folder / "pictures").length(name) == 0


def test_killed_between_the_last_piece_and_its_row_the_next_try_finishes_it(site):
    phone = bind(site)
    key, no = seen(phone)
    name = begun(phone, key, JPEG).json()["media"]
    Uploads(site.folder / "pictures").append(name, 0, JPEG, len(JPEG))  # all of it was written, and then the hub was killed
    assert phone.http.get(f"/phone/media/{name}").json() | {} == {
        "media": name, "offset": len(JPEG), "size_bytes": len(JPEG), "done": False,
    }  # fmt: skip
    assert piece(phone, name, len(JPEG), b"").json()["done"]
    assert len(site.http.get(f"/incidents/{no}").json()["pictures"]) == 1


def test_five_hundred_scans_and_fifty_photos_are_there_in_order_within_a_minute(site):
    phone = bind(site)
    begin_us = site.clock.now_us()
    entries = [phone.entry(made_s=-3_000 + 5 * at, tag=TAGS["gate" if at % 2 else "pump"]) for at in range(450)]
    entries += [phone.entry("observation", made_s=-500 + at, category="light", place="gate") for at in range(50)]
    incidents = {}
    for first in range(0, 500, 100):
        batch = entries[first : first + 100]
        for entry, done in zip(batch, phone.sent(*batch), strict=True):
            assert done["outcome"] == "accepted"
            incidents[entry["key"]] = done["incident"]
    for number, entry in enumerate(entries[450:]):
        photo = JPEG[:4] + number.to_bytes(4, "big") + bytes(200_000)
        name = begun(phone, entry["key"], photo).json()["media"]
        assert piece(phone, name, 0, photo).json()["done"]
    took_s = (site.clock.now_us() - begin_us) / US_PER_S
    assert took_s < 60
    print(f"500 entries and 50 photos in {took_s:.1f} s")  # noqa: T201 - for whoever measures it
    kept = sorted(site.rows("phone_entry"), key=lambda row: row.seq)
    assert [row.key for row in kept] == [entry["key"] for entry in entries]
    assert [row.at_us for row in kept] == sorted(row.at_us for row in kept)
    events = [row for row in site.rows("event") if row.stream == "phone:phone-1"]
    assert [row.at_us for row in events] == sorted(row.at_us for row in events)
    assert sorted(row.case_no for row in site.rows("picture")) == sorted(incidents[entry["key"]] for entry in entries[450:])
