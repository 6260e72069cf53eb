"""The pages for browsers: what is served, to whom, and what a browser is told about it."""

import gzip
import re
from collections.abc import Iterator

import httpx
import pytest

from hub.api import pages
from hub.api.pages import File, encoding_for, read_files
from tests.support.outward_rig import Site, running_site

SCRIPT = b"console.log('here');" * 200
INDEX = b'<meta property="csp-nonce" nonce="__WATCHKEEPER_NONCE__"><script src="/console/assets/app-1a2b.js"></script>'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("web")
    assets = made / "console" / "assets"
    assets.mkdir(parents=True)
    (made / "console" / "index.html").write_bytes(INDEX)
    (made / "console" / "icon.svg").write_bytes(b"<svg/>")
    (made / "resident").mkdir()
    (made / "resident" / "index.html").write_bytes(b"the resident's page")
    (made / "secret.txt").write_bytes(b"beside the console")
    (assets / "app-1a2b.js").write_bytes(SCRIPT)
    (assets / "app-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT))
    (assets / "app-1a2b.js.br").write_bytes(b"as brotli")
    return made


@pytest.fixture(scope="module")
def site(tmp_path_factory, folder) -> Iterator[Site]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "FOLDER", folder)
        with running_site(tmp_path_factory.mktemp("site")) as made:
            yield made


@pytest.fixture
def somebody(site) -> Iterator[httpx.Client]:
    """Nobody has signed in."""
    with site.client(None) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/console"])
def test_the_hubs_name_alone_leads_to_the_console(somebody, path):
    reply = somebody.get(path, follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (307, "/console/")


@pytest.mark.parametrize("path", ["/console/", "/console/incidents/7", "/console/index.html"])
def test_every_address_of_the_console_is_its_page_which_is_asked_for_anew_each_time(somebody, path):
    reply = somebody.get(path)
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["cache-control"] == "no-cache"
    assert "app-1a2b.js" in reply.text


def test_each_page_has_a_nonce_of_its_own_and_its_policy_lets_in_styles_with_that_one_and_no_script_within_the_page(somebody):
    seen = set()
    for _ in range(3):
        reply = somebody.get("/console/")
        nonce = re.search(r'<meta property="csp-nonce" nonce="([\w-]{20,})">', reply.text)
        assert nonce
        rules = dict(rule.strip().split(" ", 1) for rule in reply.headers["content-security-policy"].split(";"))
        assert rules["style-src"] == f"'self' 'nonce-{nonce[1]}'"
        assert rules["script-src"] == "'self'"
        assert rules["default-src"] == "'none'"
        assert rules["frame-ancestors"] == "'none'"
        assert "unsafe" not in reply.headers["content-security-policy"]
        seen.add(nonce[1])
    assert len(seen) == 3


def test_an_asset_is_kept_for_ever(somebody):
    reply = somebody.get("/console/assets/app-1a2b.js")
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert reply.headers["content-type"] == "text/javascript; charset=utf-8"
    assert somebody.get("/console/icon.svg").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("identity", None), ("", None)],
)
def test_an_asset_comes_as_it_was_compressed_by_the_build(somebody, accepted, encoding):
    with somebody.stream("GET", "/console/assets/app-1a2b.js", headers={"Accept-Encoding": accepted}) as reply:
        sent = b"".join(reply.iter_raw())
    assert reply.headers.get("content-encoding") == encoding
    assert reply.headers["vary"] == "Accept-Encoding"
    assert sent == {"br": b"as brotli", "gzip": gzip.compress(SCRIPT), None: SCRIPT}[encoding] or gzip.decompress(sent) == SCRIPT


def test_a_file_that_was_not_compressed_comes_as_it_is():
    assert encoding_for("br, gzip", File("image/png", {"identity": b"x"})) == "identity"


def test_an_asset_of_another_version_is_told_to_be_absent_and_is_not_the_page(somebody):
    reply = somebody.get("/console/assets/app-9z9z.js")
    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")


def test_each_application_stands_under_its_own_name(somebody):
    assert somebody.get("/resident", follow_redirects=False).headers["location"] == "/resident/"
    assert somebody.get("/resident/visit").text == "the resident's page"
    assert somebody.get("/resident/assets/app-1a2b.js").status_code == 404


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "//etc/hostname"])
def test_no_path_leads_out_of_the_folder(site, path):
    with httpx.Client(trust_env=False) as plain:
        request = httpx.Request("GET", site.outward.url)
        request.url = request.url.copy_with(raw_path=f"/console{path}".encode())
        reply = plain.send(request)
    assert b"beside the console" not in reply.content
    assert reply.status_code == 404 or reply.headers["content-type"].startswith("text/html")


def test_head_says_what_get_would(somebody):
    reply = somebody.head("/console/")
    assert (reply.status_code, reply.content) == (200, b"")


def test_where_nothing_was_built_it_is_said_how_to_build(site, somebody, tmp_path):
    app = site.outward.server._app
    kept = app.state.pages
    app.state.pages = {**kept, "console": read_files(tmp_path / "nowhere")}
    try:
        reply = somebody.get("/console/")
    finally:
        app.state.pages = kept
    assert (reply.status_code, reply.json()["code"]) == (404, "pages_not_built")
    assert "make web" in reply.json()["message_zh"]
    assert "make web" in reply.json()["message_en"]


def test_a_build_that_broke_off_before_its_page_counts_as_none(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "app-1.js").write_bytes(b"x")
    assert read_files(tmp_path) == {}
