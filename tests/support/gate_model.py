"""What a gate must decide, written plainly and slowly from the words of contract.permits, and from nothing of the agent's.

It takes the table as plain JSON, walks over all of it for each question, and keeps every move that was ever made."""

from typing import Any, NamedTuple

import msgspec

from contract.permits import AnyEntry

WEEK_S = 604_800


class Move(NamedTuple):
    holder: str
    permit: str
    card: str
    from_zone: str
    to_zone: str
    at_us: int


class GateModel:
    """`deaf`: nothing has been heard of the other agents for longer than the rules allow."""

    def __init__(self, entries: list[AnyEntry]) -> None:
        self.table: list[dict[str, Any]] = [msgspec.json.decode(msgspec.json.encode(entry)) for entry in entries]
        self.moves: list[Move] = []

    def find(self, kind: str, name: str | None = None) -> dict[str, Any] | None:
        for entry in self.table:
            if entry["e"] == kind and (name is None or entry["id"] == name):
                return entry
        return None

    def shows(self, reader: str, medium: str, name: str | None, now_us: int, *, fault: str = "", deaf: bool = False) -> str:
        """The reason of the decision; whoever may pass is remembered as gone through. Everything shown can be copied."""
        reason = self._reason(reader, medium, name, now_us, fault, deaf)
        credential = self.find("credential", name) if name else None
        portal = self.find("portal", reader)
        if opens(reason, portal) and credential is not None and portal is not None:
            ends = portal.get("from_zone", ""), portal.get("to_zone", "")
            if ends[0] != ends[1]:
                self.moves.append(Move(credential["holder"], credential["permit"], credential["id"], *ends, now_us))
        return reason

    def _reason(self, reader: str, medium: str, name: str | None, now_us: int, fault: str, deaf: bool) -> str:
        portal = self.find("portal", reader) or {}
        credential = self.find("credential", name) if name else None
        is_out = portal.get("to_zone", "") == "" and portal.get("from_zone", "") != ""
        leave = portal.get("leave", "known") if is_out else "permitted"
        clean = not fault and medium in portal.get("media", ["card", "plate", "qr", "pin", "face"])
        if credential is None:
            if leave == "anyone" and clean:
                return "leaving"
            return fault if name is None and fault else "unknown_card"
        wrongs = self._wrongs(credential, portal, medium, now_us, fault, deaf)
        if not wrongs:
            return "passback" if self._is_back(credential, portal, now_us, deaf) else "permit"
        clean = clean and medium == credential.get("medium", "card")
        if clean and leave == "anyone":
            return "leaving"
        of_its_right = {"revoked", "lost", "replaced", "suspended", "not_yet", "expired", "not_here", "outside_hours"}
        if clean and leave == "known" and wrongs[0] in of_its_right | {"calendar_ended"} and "second_factor" not in wrongs:
            return "leaving"
        return wrongs[0]

    def _wrongs(
        self, credential: dict[str, Any], portal: dict[str, Any], medium: str, now_us: int, fault: str, deaf: bool
    ) -> list[str]:
        """Everything that stands in the way, in the order of the contract."""
        wrongs = []
        now_s = now_us // 1_000_000
        if credential.get("state", "active") != "active":
            wrongs.append(credential["state"])
        if now_s < (credential.get("from_s") or 0):
            wrongs.append("not_yet")
        if credential.get("until_s") is not None and now_s >= credential["until_s"]:
            wrongs.append("expired")
        hours = self._hours(credential, portal.get("id", ""), now_s)
        if hours:
            wrongs.append(hours)
        if portal.get("passback") == "hard" and self._is_back(credential, portal, now_us, deaf):
            wrongs.append("passback")
        if self._is_full(credential, portal, deaf):
            wrongs.append("space_taken")
        goes_in = portal.get("from_zone", "") == "" and portal.get("to_zone", "") != ""
        uses = [move for move in self.moves if move.card == credential["id"] and move.from_zone == "" and move.to_zone != ""]
        if goes_in and credential.get("uses", 0) and len(uses) >= credential["uses"]:
            wrongs.append("used_up")
        if portal.get("factor", "never") != "never":
            wrongs.append("second_factor")
        if medium != credential.get("medium", "card") or medium not in portal.get("media", [medium]):
            wrongs.append("wrong_medium")
        return [*wrongs, *([fault] if fault else [])]

    def _hours(self, credential: dict[str, Any], reader: str, now_s: int) -> str:
        found = []
        for level in credential.get("levels", []):
            for portal, schedule in (self.find("level", level) or {}).get("rights", []):
                one = self.find("schedule", schedule)
                if portal == reader and one is not None:
                    found.append(self._of_schedule(one, now_s))
        if not found:
            return "not_here"
        if "" in found:
            return ""
        return "outside_hours" if "outside_hours" in found else "calendar_ended"

    def _of_schedule(self, schedule: dict[str, Any], now_s: int) -> str:
        if schedule.get("intervals") is None:
            return ""
        until_s = schedule.get("until_s", 0)
        if now_s >= until_s and (self.find("rules") or {}).get("calendar_end", "repeat") == "refuse":
            return "calendar_ended"
        while now_s >= until_s:
            now_s -= WEEK_S
        return "" if any(start <= now_s < end for start, end in schedule["intervals"]) else "outside_hours"

    def _place(self, holder: str) -> Move | None:
        moves = [move for move in self.moves if move.holder == holder]
        return moves[-1] if moves else None

    def _is_back(self, credential: dict[str, Any], portal: dict[str, Any], now_us: int, deaf: bool) -> bool:
        """Whether passback has something against it."""
        kind, refuses = portal.get("passback", "off"), (self.find("rules") or {}).get("passback_unknown") == "refuse"
        if kind == "off" or portal.get("from_zone", "") == portal.get("to_zone", "") or credential.get("exempt"):
            return False
        if deaf:
            return kind == "hard" and refuses
        place = self._place(credential["holder"])
        if place is None or place.to_zone != portal.get("to_zone", ""):
            return False
        window_s = portal.get("passback_s", 300)
        return bool(window_s == 0 or now_us - place.at_us < window_s * 1_000_000)

    def _is_full(self, credential: dict[str, Any], portal: dict[str, Any], deaf: bool) -> bool:
        spaces = credential.get("spaces", 0)
        if not spaces or portal.get("to_zone", "") == "":
            return False
        if deaf and (self.find("rules") or {}).get("passback_unknown", "allow") == "allow":
            return False
        inside = set()
        for holder in {move.holder for move in self.moves} - {credential["holder"]}:
            place = self._place(holder)
            if place is not None and place.to_zone and place.permit == credential["permit"]:
                inside.add(holder)
        return bool(len(inside) >= spaces)


def opens(reason: str, portal: dict[str, Any] | None) -> bool:
    """Whether a gate opens for that reason: a soft passback opens and says so."""
    soft = portal is not None and portal.get("passback") == "soft"
    return reason in ("permit", "leaving") or (reason == "passback" and soft)
