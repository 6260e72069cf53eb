"""Pictures: kept within a bound, sent with a MAC, tried again, deleted when the hub has them."""

from hashlib import sha256
from random import Random

import pytest

from contract.envelope import bulk_mac_fits, picture_path
from edge.pictures import LATER_TRIES_MAX, MAX_PICTURE_BYTES, Destination, Pictures, Uploader, http_post
from tests.support.agent_rig import KEY, device, running, wait_for

JPEG = b"\xff\xd8" + b"x" * 998
QUICK_S = (0.001, 0.002)
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


def uploaded(tmp_path, answers):
    """Post one picture to a hub that answers so, one after the other; the pictures and how often it was posted."""
    pictures = pictures_in(tmp_path)
    posts = []

    def post(url, _headers, _body):
        posts.append(url)
        answer = answers[min(len(posts), len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    pictures.offer(pictures.keep(JPEG, 1, 1, "").picture)
    uploader = Uploader(pictures, TO, post, Random(1), pause_s=QUICK_S)
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


def test_a_plain_refusal_deletes_the_picture(tmp_path):
    counters, posts = uploaded(tmp_path, [413])
    assert (counters.rejected, counters.sent, posts) == (1, 0, 1)


def test_a_hub_that_does_not_know_the_picture_yet_is_asked_again_but_not_for_ever(tmp_path):
    assert uploaded(tmp_path, [404, 404, 204])[0].sent == 1
    counters, posts = uploaded(tmp_path, [404])
    assert (counters.rejected, posts) == (1, LATER_TRIES_MAX)


def test_a_dead_address_is_an_os_error():
    with pytest.raises(OSError, match="ConnectError"):
        http_post("http://127.0.0.1:1/", {}, b"x")
