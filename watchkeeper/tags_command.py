"""`watchkeeper tags`: what an installer does with tags, with a tag in one hand and a terminal in the other."""

from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

import click

from hub.tags.labels import TAG_MEDIA
from hub.tags.sheet import LABELS_HEADER
from watchkeeper.hub_client import HubClient, hub_options
from watchkeeper.tables import NONE, Language, lang_option, language, local_time, show

F = TypeVar("F", bound=Callable[..., Any])
PAGE_ROWS = 500
_HEADS: Mapping[Language, tuple[str, ...]] = {
    "zh": ("标签", "介质", "归属", "编号", "登记时间", "登记人", "停用时间", "停用人", "原因"),
    "en": ("tag", "medium", "where", "id", "enrolled", "by", "ended", "by", "reason"),
}
_why = click.option("--reason", required=True, help="Why: installed, lost, broken…")
_ACTS = {"enrolled": ("已登记", "enrolled"), "replaced": ("已更换", "replaced"), "revoked": ("已注销", "revoked")}


def _begins(command: F) -> F:
    """The options of what begins a tag."""
    medium = click.option("--medium", type=click.Choice(TAG_MEDIA), help="What kind of tag it is; nfc where nothing is said.")
    qr = click.option("--qr", is_flag=True, help="Make a new QR label; print it with `tags sheet`.")
    return medium(qr(command))


@click.group()
@hub_options
@lang_option
@click.pass_context
def tags(context: click.Context, url: str, token_file: Path | None, ca_file: Path | None, lang: Language | None) -> None:
    """Enrol, replace, revoke and list tags, and print QR labels, at a running hub.

    A tag's number is written as a reader prints it: 04:A2:2B:7C:19:5E:80, 04a22b7c195e80 and 04 A2 2B… are the same tag.
    """
    context.obj = context.with_resource(HubClient(url, token_file, ca_file))
    context.meta["lang"] = lang or language()


@tags.command("list")
@click.option("--tag", default="", help="One tag: where it is, and where it was.")
@click.option("--place", default="", help="Those of a place.")
@click.option("--person", default="", help="Those of a person.")
@click.option("--all", "ended", is_flag=True, help="Those that were replaced or revoked as well.")
@click.pass_obj
def list_tags(hub: HubClient, tag: str, place: str, person: str, ended: bool) -> None:
    """Show what is enrolled, newest first."""
    lang: Language = click.get_current_context().meta["lang"]
    rows: list[tuple[str, ...]] = []
    for page in count():
        found = hub.get(
            "/tags",
            tag=tag,
            place=place,
            person=person,
            current=not (ended or tag),
            limit=PAGE_ROWS,
            offset=page * PAGE_ROWS,
        ).json()
        rows += [_cells(row, lang, ZoneInfo(found["timezone"])) for row in found["tags"]]
        if len(found["tags"]) < PAGE_ROWS:
            break
    show([_HEADS[lang], *rows])


@tags.command()
@click.argument("tag", required=False)
@click.option("--place", default="", help="The checkpoint at which it stands.")
@click.option("--person", default="", help="Whose it is.")
@_begins
@_why
@click.pass_obj
def enrol(hub: HubClient, tag: str | None, place: str, person: str, medium: str | None, qr: bool, reason: str) -> None:
    """Enrol TAG at a place or for a person; or with --qr make a new label there.

    \b
    Examples:
      watchkeeper tags enrol 04:A2:2B:7C:19:5E:80 --place pump-room --reason 新装
      watchkeeper tags enrol --qr --place pump-room --reason 新装
    """
    body = {"place": place, "person": person, "reason": reason}
    done = hub.post("/tags", body | _new(tag, medium, qr))
    _tell("enrolled", done["tag"], done["label"])


@tags.command()
@click.argument("tag")
@click.argument("new", required=False)
@_begins
@_why
@click.pass_obj
def replace(hub: HubClient, tag: str, new: str | None, medium: str | None, qr: bool, reason: str) -> None:
    """Put the tag NEW, or with --qr a new label, where TAG is. TAG ends in the same instant."""
    done = hub.post(f"{_path(tag)}/replace", {"reason": reason} | _new(new, medium, qr))
    _tell("replaced", done["ended"], None)
    _tell("enrolled", done["begun"], done["label"])


@tags.command()
@click.argument("tag")
@_why
@click.pass_obj
def revoke(hub: HubClient, tag: str, reason: str) -> None:
    """End TAG: from now on its scans are flagged. What was scanned before counts as it did."""
    _tell("revoked", hub.post(f"{_path(tag)}/revoke", {"reason": reason}), None)


@tags.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--place", "places", multiple=True, help="Only this place's labels; may be given several times.")
@click.pass_obj
def sheet(hub: HubClient, file: Path, places: tuple[str, ...]) -> None:
    """Write the QR labels that are enrolled into FILE, a PDF for A4: 3 x 7 labels of 63.5 x 38.1 mm.

    Print it at 100 %: scaled to fit the page, it does not fit ready-cut sheets.
    """
    reply = hub.get("/tags/sheet.pdf", place=list(places))
    try:
        file.write_bytes(reply.content)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror or error}") from None
    labels = reply.headers.get(LABELS_HEADER, "?")
    click.echo(_say(f"已写入 {labels} 张标签：{file}", f"wrote {labels} labels: {file}"))


def _new(tag: str | None, medium: str | None, qr: bool) -> dict[str, str]:
    """What the API takes for a tag that begins."""
    if qr and (tag is not None or medium not in (None, "qr")):
        raise click.UsageError("--qr makes a label of its own: leave out the tag's number and --medium")
    if not qr and tag is None:
        raise click.UsageError("give the tag's number, or --qr for a new label")
    return {"medium": "qr"} if tag is None else {"medium": medium or "nfc", "tag": tag}


def _path(tag: str) -> str:
    return f"/tags/{quote(tag, safe='')}"


def _tell(what: str, row: dict[str, str], label: str | None) -> None:
    zh, en = _ACTS[what]
    tag = f"{row['medium']} {row['tag']}"
    if row["place"]:
        where = f"位置：{row['place_zh']}（{row['place']}）", f"at {row['place_en']} ({row['place']})"
    else:
        where = f"人员：{row['person_zh']}（{row['person']}）", f"for {row['person_en']} ({row['person']})"
    click.echo(_say(f"{zh} {tag}，{where[0]}", f"{en} {tag} {where[1]}"))
    if label is not None:
        print_it = "watchkeeper tags sheet FILE" + (f" --place {row['place']}" if row["place"] else "")
        click.echo(_say(f"标签内容 {label}；打印：{print_it}", f"its label holds {label}: print it with `{print_it}`"))


def _cells(row: dict[str, Any], lang: Language, zone: ZoneInfo) -> tuple[str, ...]:
    owner = "place" if row["place"] else "person"
    acts = (cell for act in ("enrolled", "ended") for cell in (local_time(row[f"{act}_at"], zone), row[f"{act}_by"] or NONE))
    return (row["tag"], row["medium"], row[f"{owner}_{lang}"], row[owner], *acts, row["reason"])


def _say(zh: str, en: str) -> str:
    return zh if click.get_current_context().meta["lang"] == "zh" else en
