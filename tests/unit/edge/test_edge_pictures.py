"""Pictures: kept within a bound, sent with a MAC, tried again, deleted when the hub has them."""

from hashlib import sha256
from random import Random

import pytest

from contract.clock import US_PER_S
from contract.envelope import bulk_mac_fits, picture_path
from edge.pictures import MAX_PICTURE_BYTES, Destination, Patience, Pictures, Uploader, http_post
from tests.support.agent_rig import KEY, device, running, wait_for

JPEG = b"\xff\xd8" + b"x" * 998
AGE_US_MAX = 60 * US_PER_S
QUICK = Patience(0.001, 0.002, AGE_US_MAX)
TO = Destination("http://hub:1", "lake", "gate", KEY)


def pictures_in(tmp_path, bytes_max=5_000):
    names = iter(f"{n:032x}" for n in range(1000))
    pictures = Pictures(tmp_path / "pictures", bytes_max, lambda: next(names))
    pictures.open()
    return pictures


def test_a_picture_is_kept_then_told_then_posted_with_its_mac_and_deleted(tmp_path):
    with running(tmp_path, device("camera"), hub_url="http://hub:8080/prefix") as rig:
        rig.devices["camera"].do(lambda sink: sink.picture(JPEG, 640, 360, "s1"))
        (taken,) = rig.records("snapshot_taken", "camera")
        assert (taken.reading.sha256, taken.reading.size_bytes) == (sha256(JPEG).hexdigest(), len(JPEG))
        assert (taken.reading.width, taken.reading.height, taken.reading.order) == (640, 360, "s1")
        wait_for(lambda: rig.agent.counters()["pictures"]["sent"] == 1, "the post")
        ((url, headers, body),) = rig.posts
        path = picture_path("gate", taken.reading.picture)
        assert url == f"http://hub:8080/prefix{path}"
        assert headers["X-Watchkeeper-Site"] == "lake"
        assert bulk_mac_fits(KEY, path, body, headers["X-Watchkeeper-Mac"])
        assert not bulk_mac_fits(KEY, path, body + b"x", headers["X-Watchkeeper-Mac"])
        assert not bulk_mac_fits(KEY, path + "0", body, headers["X-Watchkeeper-Mac"])
        assert body == JPEG
        wait_for(lambda: not list((tmp_path / "pictures").iterdir()), "the deletion")


def test_over_the_bound_the_oldest_goes_and_is_counted(tmp_path):
    pictures = pictures_in(tmp_path)
    taken = [pictures.keep(JPEG, 1, 1, "").picture for _ in range(7)]
    assert pictures.waiting() == (5, 5_000)
    assert pictures.counters.dropped == 2
    assert [pictures.read(name) is not None for name in taken] == [False, False, *[True] * 5]


def test_what_waits_is_found_again_after_a_restart_and_half_a_picture_is_not(tmp_path):
    before = pictures_in(tmp_path)
    names = {before.keep(JPEG, 1, 1, "").picture for _ in range(2)}
    (tmp_path / "pictures" / "abc.part").write_bytes(b"half")
    (tmp_path / "pictures" / "notes.txt").write_bytes(b"not ours")
    after = pictures_in(tmp_path)
    assert {after.next(0.1), after.next(0.1)} == names
    assert after.next(0.01) is None
    assert not (tmp_path / "pictures" / "abc.part").exists()
    assert (tmp_path / "pictures" / "notes.txt").exists()


@pytest.mark.parametrize("jpeg", [b"", b"GIF89a", b"\xff\xd8" + b"x" * MAX_PICTURE_BYTES])
def test_what_is_no_jpeg_or_too_big_is_refused(tmp_path, jpeg):
    with pytest.raises(ValueError, match="no JPEG"):
        pictures_in(tmp_path).keep(jpeg, 1, 1, "")


def uploaded(tmp_path, answers, age_us=0):
    """Post one picture to a hub that answers so, one after the other; the pictures and how often it was posted."""
    pictures = pictures_in(tmp_path)
    posts = []

    def post(url, _headers, _body):
        posts.append(url)
        answer = answers[min(len(posts), len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    picture = pictures.keep(JPEG, 1, 1, "").picture
    pictures.offer(picture)
    written_us = (tmp_path / "pictures" / f"{picture}.jpg").stat().st_mtime_ns // 1000
    uploader = Uploader(pictures, TO, post, Random(1), patience=QUICK, now_us=lambda: written_us + age_us)
    uploader.start()
    try:
        wait_for(lambda: pictures.waiting() == (0, 0), "the picture's end")
    finally:
        uploader.stop()
        assert uploader.join(30)
    return pictures.counters, len(posts)


def test_no_answer_and_a_server_s_error_are_tried_again(tmp_path):
    counters, posts = uploaded(tmp_path, [OSError("refused"), 503, 500, 201])
    assert (counters.sent, counters.retries, posts) == (1, 3, 4)


@pytest.mark.parametrize("status", [413, 422])
def test_a_refusal_of_the_picture_itself_deletes_it(tmp_path, status):
    counters, posts = uploaded(tmp_path, [status])
    assert (counters.rejected, counters.sent, posts) == (1, 0, 1)


def test_a_picture_whose_reading_the_hub_has_not_got_yet_is_kept_however_long_that_takes(tmp_path):
    counters, posts = uploaded(tmp_path, [*[409] * 30, 204], age_us=2 * AGE_US_MAX)
    assert (counters.sent, counters.rejected, posts) == (1, 0, 31)


@pytest.mark.parametrize("status", [400, 403, 404, 429])
def test_another_refusal_is_tried_again_until_the_picture_is_too_old(tmp_path, status):
    young, posts = uploaded(tmp_path / "young", [*[status] * 20, 204], age_us=AGE_US_MAX)
    assert (young.sent, young.rejected, posts) == (1, 0, 21)
    old, posts = uploaded(tmp_path / "old", [status], age_us=AGE_US_MAX + 1)
    assert (old.rejected, old.sent, posts) == (1, 0, 1)


def test_a_picture_that_is_refused_for_now_keeps_no_other_waiting(tmp_path):
    pictures = pictures_in(tmp_path)
    stuck, *others = (pictures.keep(JPEG, 1, 1, "").picture for _ in range(3))
    for one in (stuck, *others):
        pictures.offer(one)
    uploader = Uploader(
        pictures, TO, lambda url, _headers, _body: 409 if stuck in url else 204, Random(1), patience=QUICK, now_us=lambda: 0
    )
    uploader.start()
    try:
        wait_for(lambda: pictures.counters.sent == 2, "the others")
        assert pictures.read(stuck) == JPEG
    finally:
        uploader.stop()
        assert uploader.join(30)


def test_a_dead_address_is_an_os_error():
    with pytest.raises(OSError, match="ConnectError"):
        http_post("http://127.0.0.1:1/", {}, b"x")
