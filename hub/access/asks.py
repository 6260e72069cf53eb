"""What is asked of the book of permits. Each is answered after its commit; a Refusal or a Conflict writes nothing."""

from typing import Literal, NamedTuple

from hub.access.types import AnyThing, Credential, Holder, Household, Kind, Permit, Proof

ROWS_MAX = 2_000
"""Of one import in one transaction, in which everybody else waits: 0.2 ms a row."""
CredentialDeed = Literal["lost", "revoke", "suspend", "resume"]


class By(NamedTuple):
    """Who does it, as whom, and why."""

    actor: str
    role: str = ""
    reason: str = ""


class Conflict(NamedTuple):
    """Somebody changed the thing meanwhile. `seen`: the version that the editor had; `now`: the thing as it is, or None where it
    is gone."""

    kind: Kind
    id: str
    seen: int
    now: AnyThing | None


class AccessPut(NamedTuple):
    """Make or change anything but a credential. `seen`: the version it is to replace, 0: it is new. Answered by the thing as it
    is kept, a Refusal or a Conflict."""

    thing: AnyThing
    seen: int
    by: By


class AccessEnd(NamedTuple):
    """A household, holder or permit is over; a group, zone, portal or schedule is taken away. `erase`: a holder's name, phone and
    note go as well. Answered by the thing as it is kept or was, a Refusal or a Conflict."""

    kind: Kind
    id: str
    seen: int
    by: By
    erase: bool = False


class CredentialIssue(NamedTuple):
    """Give a permit a credential. Answered by the Credential or a Refusal."""

    permit: str
    proof: Proof
    by: By
    from_us: int | None = None
    until_us: int | None = None
    pin: str = ""


class CredentialAct(NamedTuple):
    """A credential is lost, revoked, suspended or resumed. Answered by the Credential, a Refusal or a Conflict."""

    credential: str
    deed: CredentialDeed
    seen: int
    by: By


class CredentialReplace(NamedTuple):
    """Another credential takes a live one's place; the old one is `replaced`. Answered by the new Credential, a Refusal or a
    Conflict."""

    credential: str
    proof: Proof
    seen: int
    by: By


class ImportRow(NamedTuple):
    """One row of a file, understood: what is to be there. `row`: its number for people. A household or holder that is there
    already under its id is left as it is; a permit too; credentials are issued."""

    row: int
    household: Household | None
    holder: Holder
    permit: Permit
    proofs: tuple[tuple[str, Proof], ...]
    """Each with the column that it stood in."""


class RowResult(NamedTuple):
    """What became of a row. `reason` empty: done."""

    row: int
    reason: str = ""
    column: str = ""
    message: str = ""


class AccessImport(NamedTuple):
    """Rows of a file in one transaction: with `whole` all of them or none. `dry`: it is only told what would become of them.
    Answered by a list with a RowResult for each."""

    rows: tuple[ImportRow, ...]
    whole: bool
    by: By
    dry: bool = False


AccessAsk = AccessPut | AccessEnd | CredentialIssue | CredentialAct | CredentialReplace | AccessImport

__all__ = [
    "ROWS_MAX", "AccessAsk", "AccessEnd", "AccessImport", "AccessPut", "By", "Conflict", "Credential", "CredentialAct",
    "CredentialDeed", "CredentialIssue", "CredentialReplace", "ImportRow", "RowResult",
]  # fmt: skip
