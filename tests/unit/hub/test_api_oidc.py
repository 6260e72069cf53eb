"""Signing in by an OpenID Connect provider."""

from collections.abc import Iterator

import httpx
import pytest

from contract.settings import BadSettings
from hub.accounts import oidc
from hub.accounts.oidc_types import PENDING_S, NotAdmitted, OidcSettings
from hub.config import load_config
from tests.support.oidc_provider import CLIENT, SECRET, OidcProvider
from tests.support.outward_rig import WAIT_S, Site, running_site

ROLES = {"boss": "manager", "watch": "operator", "audit": "auditor"}


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    with OidcProvider() as made:
        yield made


@pytest.fixture
def site(tmp_path, provider) -> Iterator[Site]:
    secret = tmp_path / "oidc.secret"
    secret.write_text(SECRET + "\n")
    secret.chmod(0o600)
    settings = OidcSettings(provider.issuer, CLIENT, "oidc.secret", ROLES)  # type: ignore[arg-type]
    with running_site(tmp_path, oidc=settings) as made:
        yield made


@pytest.fixture
def page(site) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.outward.url, timeout=WAIT_S, trust_env=False) as made:
        yield made


def come_back(page, provider):
    gone = page.get("/oidc/begin")
    assert gone.status_code == 302, gone.text
    return page.get("/oidc/callback", params=provider.sign_in(gone.headers["location"]))


def refused(reply, status, code):
    assert (reply.status_code, reply.json()["code"]) == (status, code), reply.text
    assert "watchkeeper=" not in reply.headers.get("set-cookie", "")


def test_whoever_the_provider_knows_signs_in_and_acts_under_the_name_it_says(site, page, provider):
    back = come_back(page, provider)
    assert back.status_code == 200, back.text
    session = next(one for one in back.headers.get_list("set-cookie") if one.startswith("watchkeeper="))
    assert "HttpOnly" in session
    assert "SameSite=strict" in session
    assert 'content="0;url=/console/"' in back.text
    me = page.get("/me").json()
    assert (me["name"], me["role"], me["kind"]) == ("孙莉", "operator", "cookie")
    number = site.incident()
    page.post(f"/incidents/{number}/acts/acknowledge", json={}, headers={"Origin": site.outward.url})
    assert page.get(f"/incidents/{number}").json()["timeline"][1]["actor"] == "孙莉"


def test_a_page_learns_that_there_is_a_provider_before_anybody_signed_in(page):
    assert page.get("/sign-in").json() == {"oidc": True}


def test_the_browser_is_sent_with_pkce_state_and_nonce_and_keeps_what_binds_it(page, provider):
    gone = page.get("/oidc/begin")
    keepsake = gone.headers["set-cookie"]
    for part in ("watchkeeper-oidc=", "HttpOnly", "SameSite=lax", "Path=/oidc"):
        assert part in keepsake
    asked = httpx.URL(gone.headers["location"]).params
    assert asked["redirect_uri"] == "https://hub.garden.example/oidc/callback"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert min(map(len, (asked["state"], asked["nonce"], asked["code_challenge"]))) == 43
    again = httpx.URL(page.get("/oidc/begin").headers["location"]).params
    assert asked["state"] != again["state"]


def test_a_state_is_good_once_and_in_the_browser_that_began_alone(site, page, provider):
    brought = provider.sign_in(page.get("/oidc/begin").headers["location"])
    with site.client(None) as another:
        refused(another.get("/oidc/callback", params=brought), 403, "oidc_strange_state")
    refused(page.get("/oidc/callback", params=brought), 403, "oidc_strange_state")
    brought = provider.sign_in(page.get("/oidc/begin").headers["location"])
    assert page.get("/oidc/callback", params=brought).status_code == 200
    refused(page.get("/oidc/callback", params=brought), 403, "oidc_strange_state")
    refused(page.get("/oidc/callback", params={"state": "made up", "code": "x"}), 403, "oidc_strange_state")
    refused(page.get("/oidc/callback"), 403, "oidc_strange_state")


def test_who_takes_too_long_begins_again(site, provider):
    book, now_us = site.outward.provider, site.clock.now_us()
    journey = book.begin(now_us)
    brought = provider.sign_in(journey.url)
    with pytest.raises(NotAdmitted, match="oidc_strange_state"):
        book.finish(brought["state"], journey.keepsake, brought["code"], now_us + PENDING_S * 1_000_000)


def test_no_more_journeys_are_remembered_than_there_is_room_for(site, monkeypatch):
    monkeypatch.setattr(oidc, "PENDING_MAX", 2)
    book = site.outward.provider
    for _ in range(4):
        book.begin(0)
    assert len(book._pending) == 2
    assert site.outward.accounts.counters["oidc_forgotten_for_room"] == 2


@pytest.mark.parametrize(
    "bend",
    [
        lambda header, claims: claims.update(nonce="another"),
        lambda header, claims: claims.pop("nonce"),
        lambda header, claims: claims.update(iss="https://evil.example"),
        lambda header, claims: claims.update(aud="another client"),
        lambda header, claims: claims.update(aud=[CLIENT, "another"], azp="another"),
        lambda header, claims: claims.update(exp=claims["iat"] - 3_600),
        lambda header, claims: claims.pop("exp"),
        lambda header, claims: claims.update(sub=""),
        lambda header, claims: claims.pop("sub"),
        lambda header, claims: header.update(kid="two"),
    ],
)
def test_a_token_in_which_anything_is_wrong_lets_nobody_in(page, provider, bend):
    provider.bend = bend
    refused(come_back(page, provider), 502, "oidc_failed")
    assert page.get("/me").status_code == 401


def test_a_token_that_somebody_else_has_signed_lets_nobody_in(page, provider):
    provider.sign_with = provider.strange_key
    refused(come_back(page, provider), 502, "oidc_failed")


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
        {"token_endpoint": "http://127.0.0.1:1/token"},
    ],
)
def test_a_provider_that_is_not_as_it_should_be_is_told_plainly(page, provider, document):
    brought = provider.sign_in(page.get("/oidc/begin").headers["location"])
    provider.document = document
    refused(page.get("/oidc/callback", params=brought), 502, "oidc_failed")


def test_who_has_no_role_here_is_not_let_in(site, page, provider):
    for roles in (["staff"], [], None, "audits", {"audit": True}):
        provider.claims["roles"] = roles
        refused(come_back(page, provider), 403, "oidc_no_role")
    assert "孙莉" not in {row.name for row in site.rows("account")}


def test_of_several_roles_the_first_row_of_the_settings_counts(page, provider):
    provider.claims["roles"] = ["audit", "boss"]
    come_back(page, provider)
    assert page.get("/me").json()["role"] == "manager"


def test_another_role_at_the_provider_ends_what_was_begun_with_the_old_one(site, page, provider):
    come_back(page, provider)
    old = page.cookies["watchkeeper"]
    provider.claims["roles"] = "audit"
    come_back(page, provider)
    assert page.get("/me").json()["role"] == "auditor"
    with site.client(None) as another:
        another.cookies.set("watchkeeper", old)
        assert another.get("/me").status_code == 401


def test_the_provider_cannot_take_over_an_account_that_is_here_already(site, page, provider):
    for name in ("root", "ROOT", "local", "hub"):
        provider.claims["preferred_username"] = name
        refused(come_back(page, provider), 409, "account_exists")
    assert {row.name: row.role for row in site.rows("account")}["root"] == "administrator"


def test_it_is_the_subject_that_is_recognised_and_not_the_name(site, page, provider):
    come_back(page, provider)
    provider.claims["preferred_username"] = "a new name"
    come_back(page, provider)
    assert page.get("/me").json()["name"] == "孙莉"
    provider.claims |= {"sub": "u-18", "preferred_username": "孙莉"}
    refused(come_back(page, provider), 409, "account_exists")


def test_a_disabled_account_stays_out_whatever_the_provider_says(site, page, provider):
    come_back(page, provider)
    with site.client("administrator") as admin:
        assert admin.patch("/accounts/孙莉", json={"disabled": True}).status_code == 200
    refused(come_back(page, provider), 409, "account_disabled")


def test_without_a_provider_there_is_nowhere_to_go(tmp_path):
    with running_site(tmp_path) as site, site.client(None) as nobody:
        refused(nobody.get("/oidc/begin"), 404, "oidc_off")
        refused(nobody.get("/oidc/callback"), 404, "oidc_off")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("issuer: http://id.example", "is no issuer"),
        ("issuer: https://me@id.example", "is no issuer"),
        ("issuer: https://id.example", "oidc.secret_file: cannot be read"),
        ("issuer: https://id.example", "write the hub's address as http.public_url"),
        ("issuer: https://id.example, ca_file: hub.yaml", "oidc.ca_file: holds no certificate"),
    ],
)
def test_wrong_settings_of_a_provider_are_told_with_their_line(tmp_path, line, says):
    told = f"oidc: {{{line}, client_id: hub, secret_file: nowhere, roles: {{watch: operator}}}}"
    (tmp_path / "hub.yaml").write_text(f"estate: estate.yaml\n{told}\n", encoding="utf-8")
    with pytest.raises(BadSettings, match=r"hub\.yaml:2") as wrong:
        load_config(tmp_path / "hub.yaml")
    assert says in str(wrong.value)


def test_a_role_inside_an_object_is_found_by_its_dots():
    claims = {"realm_access": {"roles": ["watch"]}, "a.b": "whole"}
    assert oidc._within(claims, "realm_access.roles") == ["watch"]
    assert oidc._within(claims, "a.b") == "whole"
    assert oidc._within(claims, "realm_access.none.of") is None
