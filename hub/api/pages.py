"""The pages for browsers, as hatch_build.py leaves them in hub/web: read once, and served from memory.

They name no estate: whoever opens them has to sign in before they show anything. Only what was read can be asked for, so that no
path leads out of the folder. An application's own addresses (`/console/incidents/7`) all answer with its `index.html`, which gets
a fresh nonce each time: the styles that its scripts add are let in by that, and nobody else's.
"""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Header, Request
from starlette.responses import RedirectResponse, Response

from hub.api.errors import ApiError

FOLDER = Path(__file__).resolve().parents[1] / "web"
CONSOLE, RESIDENT = "console", "resident"
APPS = (CONSOLE, RESIDENT)
"""Each is a folder of what was built, and stands at `/NAME/`."""
NONCE = b"__WATCHKEEPER_NONCE__"
"""What the build writes where the nonce belongs."""
FOR_EVER = "public, max-age=31536000, immutable"
"""Of assets: the name of each holds a digest of what is in it."""
_INDEX, _ASSETS = "index.html", "assets/"
_ENCODINGS = {".br": "br", ".gz": "gzip"}
"""The better one first."""
_TYPES = {
    ".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".json": "application/json", ".webmanifest": "application/manifest+json", ".svg": "image/svg+xml", ".png": "image/png",
    ".jpg": "image/jpeg", ".ico": "image/x-icon", ".woff2": "font/woff2", ".wasm": "application/wasm", ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
}  # fmt: skip

router = APIRouter(include_in_schema=False)


class File(NamedTuple):
    """One file: its media type, and its bytes by content encoding; under `identity` as they are."""

    media_type: str
    bodies: Mapping[str, bytes]


Files = Mapping[str, File]


def read_files(folder: Path) -> Files:
    """Every file of an application by its path below the folder. None at all, where it was not built."""
    found = {}
    for path in sorted(folder.glob("**/*")):
        if path.suffix in _ENCODINGS or not path.is_file():
            continue
        bodies = {"identity": path.read_bytes()}
        for suffix, encoding in _ENCODINGS.items():
            smaller = path.with_name(path.name + suffix)
            if smaller.is_file():
                bodies[encoding] = smaller.read_bytes()
        found[path.relative_to(folder).as_posix()] = File(_TYPES.get(path.suffix, "application/octet-stream"), bodies)
    return found if _INDEX in found else {}


def encoding_for(accepted: str, file: File) -> str:
    """The best encoding of the file that an Accept-Encoding header takes."""
    taken = set()
    for one in accepted.lower().split(","):
        name, _, weight = one.partition(";")
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            taken.add(name.strip())
    return next((encoding for encoding in _ENCODINGS.values() if encoding in taken and encoding in file.bodies), "identity")


def policy(nonce: str = "") -> str:
    """What a page may load: the hub's own files, and styles with this nonce."""
    styles = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
    return (
        f"default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self' data: blob:; media-src 'self' blob:;"
        " font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )


def read_apps() -> Mapping[str, Files]:
    """The files of each application, by its name."""
    return {app: read_files(FOLDER / app) for app in APPS}


@router.api_route("/", methods=["GET", "HEAD"])
def to_the_console() -> RedirectResponse:
    """Somebody who types the hub's name alone comes to the console."""
    return RedirectResponse(f"/{CONSOLE}/")


def _serve(app: str) -> None:
    """Add the routes of one application."""

    def to_the_app() -> RedirectResponse:
        return RedirectResponse(f"/{app}/")

    def show_app(path: str, request: Request, accept_encoding: Annotated[str, Header()] = "") -> Response:
        return _answer(request.app.state.pages[app], path, accept_encoding)

    router.add_api_route(f"/{app}", to_the_app, methods=["GET", "HEAD"])
    router.add_api_route(f"/{app}/{{path:path}}", show_app, methods=["GET", "HEAD"])


for _app in APPS:
    _serve(_app)


def _answer(files: Files, path: str, accept_encoding: str) -> Response:
    """A file of an application, or its page."""
    if not files:
        raise ApiError("pages_not_built")
    file = files.get(path)
    if path == _INDEX or (file is None and not path.startswith(_ASSETS)):
        return _page(files[_INDEX])
    if file is None:
        raise ApiError("not_found")
    encoding = encoding_for(accept_encoding, file)
    headers = {"Content-Security-Policy": policy(), "Vary": "Accept-Encoding"}
    headers["Cache-Control"] = FOR_EVER if path.startswith(_ASSETS) else "no-cache"
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    return Response(file.bodies[encoding], media_type=file.media_type, headers=headers)


def _page(index: File) -> Response:
    nonce = secrets.token_urlsafe(16)
    headers = {"Content-Security-Policy": policy(nonce), "Cache-Control": "no-cache"}
    return Response(index.bodies["identity"].replace(NONCE, nonce.encode()), media_type=index.media_type, headers=headers)
