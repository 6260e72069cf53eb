"""Entries are chained and sealed; what is sealed opens with the person's key, and not without."""

import json
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.audit.chain import START, Entry, hash_of
from hub.audit.keyfile import BadHeadKey, HeadKey
from hub.audit.log import append, audited, erase_person
from hub.audit.seal import ERASED, put_back
from hub.audit.types import HUB, Act, Personal
from hub.cases.types import Refusal
from hub.store import schema
from hub.store.audit_reads import AuditFilter, AuditReads
from hub.store.engine import open_engine
from tests.support.audit_rig import SITE, AuditLog

ACT = Act("李伟", "roster.set", "roster", Personal("张三"), "病假", {"person": "张三"}, {"person": "王芳", "route": "night"})


@pytest.fixture
def log(tmp_path: Path):
    made = AuditLog(tmp_path)
    yield made
    made.close()


def read(log: AuditLog) -> AuditReads:
    return AuditReads(log.engine, SITE)


def test_entries_are_numbered_from_one_and_each_names_the_hash_of_the_one_before(log):
    log.note(ACT, ACT)
    log.note(ACT)
    rows = [Entry(**row) for row in log.rows()]
    assert [row.no for row in rows] == [1, 2, 3]
    assert [row.prev for row in rows] == [START, rows[0].hash, rows[1].hash]
    assert all(row.hash == hash_of(row) for row in rows)


def test_no_name_stands_in_the_tables_in_the_clear_but_for_who_has_a_key(log):
    log.note(ACT)
    told = "".join(str(value) for row in log.rows() for value in row.values())
    assert not [name for name in ("李伟", "张三", "王芳") if name in told]
    assert "night" in told


def test_what_is_sealed_opens_with_the_keys_and_stands_where_it_stood(log):
    log.note(ACT)
    (entry,) = read(log).entries(AuditFilter(), 10)
    (texts,) = read(log).opened([entry])
    assert put_back(entry.actor, texts) == "李伟"
    assert put_back(entry.subject, texts) == "张三"
    assert put_back(json.loads(entry.after), texts) == {"person": "王芳", "route": "night"}


def test_an_erased_person_is_named_by_nothing_any_more_and_the_chain_holds(log):
    log.note(ACT)
    log.sign()
    with log.engine.begin() as connection:
        person = erase_person(connection, SITE, "李伟", 5)
        assert erase_person(connection, SITE, "李伟", 6) is None
    (entry,) = read(log).entries(AuditFilter(), 10)
    (texts,) = read(log).opened([entry])
    assert put_back(entry.actor, texts) == ERASED
    assert put_back(entry.subject, texts) == "张三"
    assert log.problems() == []
    log.note(ACT)
    assert read(log).entries(AuditFilter(), 1)[0].actor != f"person:{person}"


def test_two_spellings_of_a_name_are_one_person(log):
    log.note(Act("Li Wei", "a", "t"), Act("li  wei".replace("  ", " ").upper(), "a", "t"))
    assert len({row["actor"] for row in log.rows()}) == 1


def test_more_texts_about_a_person_are_sealed_with_the_name(log):
    log.note(Act("李伟", "sign_in", "account", Personal("李伟"), after={"from": Personal("李伟", "203.0.113.7")}))
    (entry,) = read(log).entries(AuditFilter(), 1)
    assert "203.0.113.7" not in "".join(map(str, entry))
    assert put_back(json.loads(entry.after), read(log).opened([entry])[0]) == {"from": "203.0.113.7"}


def test_a_box_that_is_moved_to_another_entry_does_not_open(log):
    log.note(ACT)
    (entry,) = read(log).entries(AuditFilter(), 1)
    (texts,) = read(log).opened([entry._replace(no=2)])
    assert set(texts.values()) == {None}


def test_programs_are_no_people_and_stand_as_they_are(log):
    log.note(Act(HUB, "hub.started", "hub", SITE))
    assert log.rows()[0]["actor"] == HUB
    assert log.rows()[0]["sealed"] == "{}"


def test_an_act_that_is_refused_has_no_entry_and_one_that_fails_is_undone_with_it(log):
    with log.engine.begin() as connection:
        audited(lambda _: Refusal("no", "不 / no"), SITE, lambda _: [ACT], 1)(connection)
    with log.engine.connect() as connection:
        append(connection, SITE, [ACT], 1)
        connection.rollback()
    assert log.rows() == []


def test_of_what_is_too_long_the_hash_stands_in_the_log(log):
    long = {f"field{number}": "长" * 1_000 for number in range(40)}
    log.note(Act(HUB, "a", "t", after=long))
    body = json.loads(log.rows()[0]["after"])
    assert set(body) == {"too_long_sha256"}


def test_text_that_no_database_holds_is_made_one_that_it_does(log):
    log.note(Act("李\0伟", "a", "t", "s\0", "r\ud800", {"x": "y\ud800"}))
    assert log.rows()[0]["reason"] == "r?"


def test_two_processes_append_to_one_chain(any_url: str, tmp_path: Path):
    log = AuditLog(tmp_path / "log", any_url)
    others = [open_engine(any_url) for _ in range(4)]

    def many(engine) -> None:
        for number in range(25):
            with engine.begin() as connection:
                append(connection, SITE, [ACT._replace(reason=str(number))], number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(many, others))
    log.sign()
    told = log.verified()
    assert (told["checked"], told["problems"]) == (100, [])
    for engine in (*others, log.engine):
        engine.dispose()


def test_a_filter_finds_a_person_by_name_and_by_the_token(log):
    log.note(ACT, Act("王芳", "case.close", "case", "7"))
    reads = read(log)
    (entry,) = reads.entries(AuditFilter(actor="王芳"), 10)
    assert entry.act == "case.close"
    assert reads.entries(AuditFilter(actor=entry.actor), 10) == [entry]
    assert [one.no for one in reads.entries(AuditFilter(subject="7"), 10)] == [2]
    assert [one.no for one in reads.entries(AuditFilter(subject="张三"), 10)] == [1]
    assert reads.entries(AuditFilter(act="case.close", before_no=2), 10) == []


def test_the_key_is_for_its_owner_alone_and_is_never_made_anew(tmp_path: Path):
    key = HeadKey(tmp_path / "audit.key")
    public = key.public()
    assert (tmp_path / "audit.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "audit.pub").read_text().strip() == public
    assert HeadKey(tmp_path / "audit.key").public() == public
    (tmp_path / "audit.key").chmod(0o644)
    with pytest.raises(BadHeadKey, match="chmod 600"):
        HeadKey(tmp_path / "audit.key").public()
    (tmp_path / "audit.key").chmod(0o600)
    (tmp_path / "audit.key").write_text("nonsense")
    with pytest.raises(BadHeadKey, match="backup"):
        HeadKey(tmp_path / "audit.key").public()


def test_nothing_is_asked_of_the_database_for_no_acts():
    append(None, SITE, [], 1)  # type: ignore[arg-type]


def test_the_bytes_are_those_of_the_document():
    entry = Entry("s", 1, 2, "hub", "", "a", "t", "x", "r", "{}", "{}", "{}", START, "")
    fields = ["s", "1", "2", "hub", "", "a", "t", "x", "r", "{}", "{}", "{}", START]
    framed = b"".join(len(one).to_bytes(8, "big") + one.encode() for one in fields)
    assert hash_of(entry) == sha256(b"watchkeeper audit entry 1\n" + framed).hexdigest()


def test_blanks_name_nobody_and_least_of_all_somebody_who_was_erased(log):
    log.note(ACT)
    with log.engine.begin() as connection:
        erase_person(connection, SITE, "李伟", 5)
    log.note(Act("李伟", "a", "t", Personal(" "), after={"person": "  "}))
    entry = log.rows()[-1]
    assert (entry["subject"], json.loads(entry["after"])) == (" ", {"person": "  "})
    assert log.problems() == []


def test_the_role_is_the_accounts_at_that_time(log):
    account = {"account": "李伟", "name": "李伟", "role": "manager", "password_hash": "", "created_us": 1, "subject": ""}
    with log.engine.begin() as connection:
        connection.execute(schema.account.insert().values(site=SITE, disabled_us=None, **account))
    log.note(ACT)
    assert log.rows()[0]["role"] == "manager"


def test_no_key_is_ever_used_for_another_sites_people(log):
    log.note(ACT)
    with log.engine.begin() as connection:
        append(connection, "other", [ACT], 1)
        keys = connection.execute(select(schema.person_key.c.key)).scalars().all()
    assert len(set(keys)) == len(keys) == 6
