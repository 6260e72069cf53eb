"""What an archive must look like, as docs/design/footage.md says it."""

import json
import re
from typing import Any

FORMAT = "watchkeeper-export/1"
SEAL_FORMAT = "watchkeeper-export-1"
CONTEXT = b"watchkeeper-export-1\n"
MANIFEST, SEAL = "manifest.json", "manifest.sig"
NAME = re.compile(r"(clips/)?[A-Za-z0-9][A-Za-z0-9._-]{0,150}")
HEX = re.compile(r"[0-9a-f]{64}")
MARK = bytes.fromhex("6e2f5d1c8b7a4c0e9d3f57415443484b")
TEXT_BYTES_MAX = 256 * 1024 * 1024
"""Of a manifest: that of 24 h of four cameras is under 20 MiB."""
FILES_MAX = 100_000


class Malformed(ValueError):
    """A part of it is not of that form. The message says what."""


def manifest_of(data: bytes) -> dict[str, Any]:
    """The manifest, as far as it is used. Raises Malformed."""
    told = _object(data, "the manifest")
    if told.get("format") != FORMAT:
        raise Malformed(f"the manifest is of the form {str(told.get('format'))[:60]!r}, and this program knows {FORMAT!r}")
    files = told.get("files")
    if not isinstance(files, list) or len(files) > FILES_MAX:
        raise Malformed("the manifest lists no files")
    for row in files:
        good = (
            isinstance(row, dict)
            and isinstance(row.get("name"), str)
            and isinstance(row.get("size_bytes"), int)
            and isinstance(row.get("sha256"), str)
            and HEX.fullmatch(row["sha256"])
        )
        if not good:
            raise Malformed(f"the manifest has a file without name, size and SHA-256: {str(row)[:100]}")
    cameras = told.get("cameras")
    if not isinstance(cameras, list) or not all(isinstance(one, dict) and isinstance(one.get("clips"), list) for one in cameras):
        raise Malformed("the manifest names no cameras")
    return told


def seal_of(data: bytes) -> tuple[bytes, bytes]:
    """The key and the signature. Raises Malformed."""
    told = _object(data, "the seal")
    if told.get("format") != SEAL_FORMAT:
        raise Malformed(f"the seal is of the form {str(told.get('format'))[:60]!r}, and this program knows {SEAL_FORMAT!r}")
    try:
        key, signature = bytes.fromhex(str(told.get("key"))), bytes.fromhex(str(told.get("signature")))
    except ValueError:
        raise Malformed("the seal's key or signature is no hex") from None
    if len(key) != 32 or len(signature) != 64:
        raise Malformed("the seal's key or signature has another length than Ed25519's")
    return key, signature


def mark_in(data: bytes) -> dict[str, Any] | None:
    """What the mark in a clip's beginning says; None: there is none."""
    at = 0
    while at + 24 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if kind == b"uuid" and data[at + 8 : at + 24] == MARK:
            try:
                told = json.loads(data[at + 24 : at + size])
            except (ValueError, RecursionError):
                return None
            return told if isinstance(told, dict) else None
        if size < 8 or kind == b"moof":
            return None
        at += size
    return None


def mark_due(manifest: dict[str, Any]) -> dict[str, Any]:
    """What the mark must say."""
    by, site = manifest.get("by"), manifest.get("site")
    return {
        "export": manifest.get("export"),
        "site": site.get("id") if isinstance(site, dict) else None,
        "by": by.get("name") if isinstance(by, dict) else None,
        "role": by.get("role") if isinstance(by, dict) else None,
        "receiver": manifest.get("receiver"),
        "ticket": manifest.get("ticket"),
        "asked_at": manifest.get("asked_at"),
    }


def _object(data: bytes, what: str) -> dict[str, Any]:
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        raise Malformed(f"{what} is no JSON") from None
    if not isinstance(told, dict):
        raise Malformed(f"{what} is no JSON object")
    return told
