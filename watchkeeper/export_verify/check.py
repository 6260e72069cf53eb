"""The checks: the seal over the manifest, the manifest over every byte of every file, the mark in every clip."""

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from watchkeeper.export_verify import form
from watchkeeper.export_verify.form import Malformed

PROBLEMS_MAX = 1_000
_CHUNK = 1024 * 1024
_HEAD_BYTES = 256 * 1024
"""A clip's mark stands in its first so many bytes."""


class Unreadable(Exception):
    """It could not be checked. The message says why."""


def check(path: Path, pinned: frozenset[str]) -> dict[str, Any]:
    """What is printed. `pinned`: fingerprints of the keys of which one must have sealed it; none: any. Raises Unreadable."""
    told: dict[str, Any] = {"checked": 0, "problems": [], "export": "", "made_at": "", "by": "", "receiver": "", "key": ""}
    told["key_pinned"] = bool(pinned)
    try:
        with ZipFile(path) as archive:
            _check_all(archive, path, pinned, told)
    except BadZipFile as error:
        _problem(told, "", "not_a_zip", str(error))
    except (OSError, NotImplementedError, RuntimeError) as error:
        raise Unreadable(f"{path} cannot be read: {error}") from None
    return told


def _check_all(archive: ZipFile, path: Path, pinned: frozenset[str], told: dict[str, Any]) -> None:
    infos = _entries(archive, told)
    _check_layout(archive, path, told)
    for name in (form.MANIFEST, form.SEAL):
        if name not in infos:
            _problem(told, name, "missing", "the archive has no such file: it is no export of this program")
    if form.MANIFEST not in infos:
        return
    text = _read(archive, infos[form.MANIFEST])
    if form.SEAL in infos:
        _check_seal(text, _read(archive, infos[form.SEAL]), pinned, told)
    try:
        manifest = form.manifest_of(text)
    except Malformed as error:
        _problem(told, form.MANIFEST, "malformed", str(error))
        return
    by = manifest.get("by")
    told |= {name: str(manifest.get(name, "")) for name in ("export", "made_at", "receiver")}
    told["by"] = str(by.get("name", "")) if isinstance(by, dict) else ""
    _check_files(archive, infos, manifest, told)


def _entries(archive: ZipFile, told: dict[str, Any]) -> dict[str, ZipInfo]:
    """The entries by name; each name once, none that leads elsewhere, and none that unpacks to more than it is."""
    counts = Counter(info.filename for info in archive.infolist())
    for name, count in counts.items():
        if count > 1:
            _problem(told, name, "twice", f"{count} files have this name")
        if not form.NAME.fullmatch(name):
            _problem(told, name, "bad_name", "no file of an export has such a name")
    stored = dict[str, ZipInfo]()
    for info in archive.infolist():
        if info.compress_type != ZIP_STORED or info.flag_bits & 1 or info.compress_size != info.file_size:
            _problem(told, info.filename, "compressed", "an export's files are stored as they are: it is not read")
        else:
            stored[info.filename] = info
    return stored


def _check_layout(archive: ZipFile, path: Path, told: dict[str, Any]) -> None:
    """Nothing stands before the first file, which no other reader would show."""
    if min((info.header_offset for info in archive.infolist()), default=0) != 0:
        _problem(told, "", "hidden_bytes", "something stands before the first file")
    if archive.comment:
        _problem(told, "", "hidden_bytes", "the zip has a comment")
    if path.stat().st_size < archive.start_dir:
        _problem(told, "", "hidden_bytes", "the zip's directory stands elsewhere")


def _check_seal(text: bytes, seal: bytes, pinned: frozenset[str], told: dict[str, Any]) -> None:
    try:
        key, signature = form.seal_of(seal)
    except Malformed as error:
        _problem(told, form.SEAL, "malformed", str(error))
        return
    told["key"] = hashlib.sha256(key).hexdigest()
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, form.CONTEXT + text)
    except (InvalidSignature, ValueError):
        _problem(told, form.MANIFEST, "wrong_signature", "the manifest is not as it was sealed")
    if pinned and told["key"] not in pinned:
        _problem(told, form.SEAL, "foreign_key", "it is sealed by another key than the one that was given")


def _check_files(archive: ZipFile, infos: dict[str, ZipInfo], manifest: dict[str, Any], told: dict[str, Any]) -> None:
    listed = {row["name"]: row for row in manifest["files"]}
    for name in infos:
        if name not in listed and name not in (form.MANIFEST, form.SEAL):
            _problem(told, name, "unlisted", "the manifest does not know this file")
    due, marked = form.mark_due(manifest), set[str]()
    for camera in manifest["cameras"]:
        for clip in camera["clips"]:
            name = str(clip.get("file")) if isinstance(clip, dict) else ""
            if name not in listed:
                _problem(told, name, "unlisted", "a clip that is not among the files")
            elif clip.get("subtitles"):
                marked.add(name)
    for name, row in listed.items():
        if name not in infos:
            _problem(told, name, "missing", "the manifest lists this file, and the archive has it not")
            continue
        _check_file(archive, infos[name], row, due if name in marked else None, told)


def _check_file(archive: ZipFile, info: ZipInfo, row: dict[str, Any], due: dict[str, Any] | None, told: dict[str, Any]) -> None:
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        with archive.open(info) as data:
            while piece := data.read(_CHUNK):
                head = head or piece[:_HEAD_BYTES]
                digest.update(piece)
                size += len(piece)
    except BadZipFile as error:
        _problem(told, info.filename, "damaged", str(error))
        return
    told["checked"] += 1
    if size != row["size_bytes"]:
        _problem(told, info.filename, "wrong_size", f"{size} bytes, and the manifest says {row['size_bytes']}")
    elif digest.hexdigest() != row["sha256"]:
        _problem(told, info.filename, "wrong_sha256", "its bytes are not those that were sealed")
    if due is not None:
        mark = form.mark_in(head)
        if mark is None:
            _problem(told, info.filename, "mark_missing", "the clip does not name who took it out of the house")
        elif mark != due:
            _problem(told, info.filename, "mark_differs", "the clip names somebody else than the manifest")


def _read(archive: ZipFile, info: ZipInfo) -> bytes:
    if info.file_size > form.TEXT_BYTES_MAX:
        raise Unreadable(f"{info.filename} is over {form.TEXT_BYTES_MAX} bytes")
    try:
        return archive.read(info)
    except BadZipFile as error:
        raise Unreadable(f"{info.filename} is damaged: {error}") from None


def _problem(told: dict[str, Any], file: str, problem: str, detail: str) -> None:
    if len(told["problems"]) < PROBLEMS_MAX:
        told["problems"].append({"file": file, "problem": problem, "detail": detail})
