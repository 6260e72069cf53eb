"""What a person sees of the demo: a live screen in a terminal, plain lines anywhere else."""

from collections import Counter, deque
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from contract.clock import US_PER_S
from hub.cases.titles import TITLES
from hub.duties.words import STATES as WINDOW_STATES
from watchkeeper.demo.books import Incident
from watchkeeper.demo.estate import GARAGE, GATE, NAME_EN, NAME_ZH, NAMES
from watchkeeper.demo.life import News
from watchkeeper.demo.run import Demo
from watchkeeper.demo.walkers import Shown

ZONE = ZoneInfo("Asia/Shanghai")
NEWS_SHOWN = 8
INCIDENTS_SHOWN = 12
WIDE = 110
PRIORITIES = {1: ("◆", "特急", "P1", "white on #B00020"), 2: ("▲", "紧急", "P2", "black on #FF9A3C")} | {
    3: ("■", "一般", "P3", "black on #FFD84D"),
    4: ("●", "提示", "P4", "white on #5B3FA0"),
}
STATES = {
    "starting": ("正在启动", "starting"),
    "living": ("运行中", "running"),
    "settling": ("收尾", "settling"),
    "stopping": ("正在停止", "stopping"),
}


WINDOWS = tuple((state, *names) for state, names in WINDOW_STATES.items() if state != "open")
"""The states of windows that have ended."""
_LOUD = {"missed": "black on #FFD84D", "unproven": "black on #FF9A3C"}


class Screen(Protocol):
    """Shows a demo."""

    def live(self) -> AbstractContextManager[object]:
        """For as long as it shows."""
        ...

    def look(self, demo: Demo) -> None:
        """Show the demo as it is now."""
        ...


def local(at_us: int) -> str:
    """A time of day at the estate."""
    return f"{datetime.fromtimestamp(at_us // US_PER_S, UTC).astimezone(ZONE):%H:%M:%S}"


def age(seconds: float) -> str:
    """`mm:ss`, from an hour on `2小时05分`."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes:02d}:{rest:02d}" if minutes < 60 else f"{minutes // 60}小时{minutes % 60:02d}分"


class Lines:
    """Plain lines, one for each thing that happens."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._state = ""

    def live(self) -> AbstractContextManager[object]:
        """Nothing is held."""
        return nullcontext()

    def look(self, demo: Demo) -> None:
        """Print what is new."""
        if demo.state != self._state:
            self._state = demo.state
            zh, en = STATES[demo.state]
            self._say(demo.clock.now_us(), zh, en)
            if demo.state == "living":
                self._say(demo.clock.now_us(), f"请先打开 {demo.url}/console/", "open this first: the console")
                self._say(demo.clock.now_us(), f"接口 {demo.url}/docs，时间缩短 {demo.options.speed:g} 倍", slowness(demo))
                self._say(demo.clock.now_us(), "命令行", f"commands: {demo.reached}")
                for sign_in in demo.sign_ins:
                    self._say(demo.clock.now_us(), "登录", f"sign in: {sign_in}")
        for one in demo.news():
            self._say(one.at_us, one.zh, one.en)

    def _say(self, at_us: int, zh: str, en: str) -> None:
        self._console.print(f"{local(at_us)} {zh}  {en}", highlight=False, markup=False, soft_wrap=True)


class Pages:
    """The live screen."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._news: deque[News] = deque(maxlen=NEWS_SHOWN)
        self._live = Live(Text("值守 Watchkeeper"), console=console, auto_refresh=False, transient=False)

    def live(self) -> AbstractContextManager[object]:
        """Takes the terminal, and gives it back."""
        return self._live

    def look(self, demo: Demo) -> None:
        """Draw."""
        self._news.extend(demo.news())
        self._live.update(self.draw(demo), refresh=True)

    def draw(self, demo: Demo) -> RenderableType:
        """The whole screen."""
        now_us, wide = demo.clock.now_us(), self._console.width >= WIDE
        zh, en = STATES[demo.state]
        head = Text(f"值守 · {NAME_ZH} {NAME_EN} · {local(now_us)} · ×{demo.options.speed:g} · {zh} {en}", style="bold")
        if demo.state == "starting":
            return Group(head, Text("正在启动代理与中心…  agents and hub are starting…"))
        console = Text(f"请先打开 open this first: {demo.url}/console/", style="bold")
        note = Text(f"接口 API {demo.url}/docs · 时间缩短 {demo.options.speed:g} 倍 · Ctrl-C 结束 ends it")
        signing = Text(f"登录 sign in: {' · '.join(demo.sign_ins)}", no_wrap=True, overflow="ellipsis")
        return Group(
            head,
            console,
            note,
            signing,
            Text(f"命令行 commands: {demo.reached}", no_wrap=True, overflow="ellipsis"),
            self._table(demo.books.incidents(), now_us, wide),
            _rounds(demo, now_us, wide),
            _agents(demo, wide),
            _counters(demo, wide),
            *self._log(wide),
        )

    def _table(self, incidents: list[Incident], now_us: int, wide: bool) -> RenderableType:
        table = Table(expand=True, box=None, pad_edge=False)
        table.add_column("级别", width=9, no_wrap=True)
        table.add_column("编号 No", justify="right", no_wrap=True)
        table.add_column("事件 incident", ratio=3, no_wrap=True)
        table.add_column("位置 where", ratio=3, no_wrap=True)
        table.add_column("状态", no_wrap=True)
        table.add_column("时长", justify="right", no_wrap=True)
        for one in incidents[:INCIDENTS_SHOWN]:
            shape, word, name, style = PRIORITIES[one.priority]
            what_zh, what_en = TITLES.get(one.detector, (one.detector, one.detector))
            zh, en = NAMES.get(one.device, (one.device, one.device))
            state = {"open": "未确认", "acknowledged": "已确认"}.get(one.state, one.state)
            active = f"{state}{'' if one.active else '·已复原'}{'' if one.proven else '·待证'}"
            table.add_row(
                Text(f"{shape} {word} {name}", style=style if one.active else ""),
                str(one.no),
                Text(f"{what_zh} {what_en}" if wide else what_zh),
                Text(f"{zh} {en}" if wide else zh),
                active,
                age((now_us - one.opened_us) / US_PER_S),
            )
        if not incidents:
            table.add_row("", "", "暂无未处理事件 nothing is open", "", "", "")
        more = len(incidents) - INCIDENTS_SHOWN
        return Group(table, Text(f"另有 {more} 条  {more} more" if more > 0 else ""))

    def _log(self, wide: bool) -> list[RenderableType]:
        return [
            Text(f"{local(one.at_us)} {one.zh}" + (f"  {one.en}" if wide else ""), no_wrap=True, overflow="ellipsis")
            for one in self._news
        ]


def slowness(demo: Demo) -> str:
    """What is not as at a real estate, in English."""
    return f"API at {demo.url}/docs; times are shortened by {demo.options.speed:g}"


def _rounds(demo: Demo, now_us: int, wide: bool) -> Table:
    """Who walks where, the next checkpoint and how long the round is open still; and what has come of the windows so far."""
    table = Table(expand=True, box=None, pad_edge=False)
    table.add_column("巡逻 round" if wide else "巡逻", no_wrap=True)
    table.add_column("下一点 next checkpoint" if wide else "下一点", ratio=1, no_wrap=True)
    table.add_column("剩余 left" if wide else "剩余", justify="right", no_wrap=True)
    for _, zh, en in WINDOWS:
        table.add_column(f"{zh} {en}" if wide else zh, justify="right", no_wrap=True)
    counted = demo.books.windows()
    for walker in demo.walkers:
        beat, shown = walker.beat, walker.shown
        (guard_zh, guard_en), counts = NAMES[beat.guard], counted.get(beat.route, Counter[str]())
        cells = [Text(str(counts[state]), style=_LOUD.get(state, "") if counts[state] else "") for state, _, _ in WINDOWS]
        left_s = 0.0 if shown is None else (shown.ends_us - now_us) / US_PER_S
        who = f"{guard_zh}·{beat.zh} {guard_en}" if wide else f"{guard_zh}·{beat.zh}"
        table.add_row(who, _heading(shown, left_s, wide), age(left_s) if left_s > 0 else "—", *cells)
    return table


def _heading(shown: Shown | None, left_s: float, wide: bool) -> Text:
    """Where a guard goes next, or why nowhere."""
    if shown is not None and shown.walk.dead:
        return Text(f"{shown.walk.zh} {shown.walk.en}" if wide else shown.walk.zh, style=_LOUD["unproven"])
    if shown is None or left_s <= 0:
        zh, en = "等下一轮", "waits for the next round"
    elif not any(shown.walk.visits_s):
        zh, en = shown.walk.zh, shown.walk.en
    elif shown.heading:
        zh, en = NAMES[shown.heading]
    else:
        zh, en = "本轮已走完", "this round is walked"
    return Text(f"{zh} {en}" if wide else zh)


def _agents(demo: Demo, wide: bool) -> Text:
    line = Text("采集端 agents " if wide else "采集端 ", no_wrap=True)
    for agent, silent in {GATE: False, GARAGE: demo.garage_is_cut, **{p.agent: p.silent for p in demo.pumps}}.items():
        zh = NAMES[agent][0].removesuffix("采集端")
        line.append(f"{zh} {'✕ 失联' if silent else '○ 在线'}", style="black on #FF9A3C" if silent else "")
        line.append("  ")
    return line


def _counters(demo: Demo, wide: bool) -> Text:
    tally, found = demo.record.tally(), demo.books.found()
    counts = (
        ("事件", "events", f"{demo.books.events()}"),
        ("事故", "incidents found/expected", f"{found.total()}/{tally.episodes.total()}"),
        ("险情", "near misses", f"{tally.near_misses.total()}"),
        ("通知", "notifications", f"{demo.desk.received + demo.subscriber.received}"),
    )
    return Text(" · ".join(f"{zh} {en} {count}" if wide else f"{zh} {count}" for zh, en, count in counts), no_wrap=True)
