"""The published Wiegand frames, as a table: which bits are what, and which parity bit covers which. Pure.

A layout has one character a bit, in the order of the wire:
`f` facility code, `n` card number, `p` parity, `-` not used here, `0` and `1` constant. Blanks are for the eye.
A parity row has an `E` (even) or an `O` (odd) at its parity bit and an `x` at each bit that it covers besides. Rows
stand in the order in which an encoder sets them: later ones may cover earlier parity bits.

Sources: HID's format data sheets (H10301, H10302, H10304, H10306, D10202, S12906, C15001, Corporate 1000), Honeywell N10002 and
P10001, and the public format catalogue of the Proxmark3 project.
"""

from typing import NamedTuple

MAX_BITS = 128


class ParityRule(NamedTuple):
    """The parity bit `bit` makes the number of ones under `mask`, which includes it, even or odd."""

    bit: int
    mask: int
    odd: bool


class Format(NamedTuple):
    """A frame's format, compiled. Bits are masks of an integer whose highest bit came first."""

    name: str
    bits: int
    facility: int
    number: int
    constant: int
    constant_mask: int
    parity: tuple[ParityRule, ...]


def _format(name: str, layout: str, *rows: str) -> Format:
    flat = layout.replace(" ", "")
    return Format(
        name,
        bits=len(flat),
        facility=_mask(flat, "f"),
        number=_mask(flat, "n"),
        constant=_mask(flat, "1"),
        constant_mask=_mask(flat, "01"),
        parity=tuple(_rule(row.replace(" ", "")) for row in rows),
    )


def _rule(row: str) -> ParityRule:
    return ParityRule(bit=_mask(row, "EO"), mask=_mask(row, "EOx"), odd="O" in row)


def _mask(text: str, chars: str) -> int:
    return sum(1 << (len(text) - 1 - at) for at, char in enumerate(text) if char in chars)


H10301 = _format(
    "H10301",
    "p ffffffff nnnnnnnnnnnnnnnn p",
    "E xxxxxxxx xxxx............ .",
    ". ........ ....xxxxxxxxxxxx O",
)
IND26 = _format(
    "IND26",
    "p ffffffffffff nnnnnnnnnnnn p",
    "E xxxxxxxxxxxx ............ .",
    ". ............ xxxxxxxxxxxx O",
)
W28 = _format(
    "2804W",
    "p-p- ffffffff nnnnnnnnnnnnnnn p",
    "..O. xx.xx.xx .xx.xx.xx.xx.xx .",
    "Exxx xxxxxxxx xx............. .",
    "xxxx xxxxxxxx xxxxxxxxxxxxxxx O",
)
ATSW30 = _format(
    "ATSW30",
    "p ffffffffffff nnnnnnnnnnnnnnnn p",
    "E xxxxxxxxxxxx ................ .",
    ". ............ xxxxxxxxxxxxxxxx O",
)
KASTLE = _format(
    "KASTLE",
    "p 1 ----- ffffffff nnnnnnnnnnnnnnnn p",
    "E x xxxxx xxxxxxxx xx.............. .",
    ". . ..... .......x xxxxxxxxxxxxxxxx O",
)
WIE32 = _format("WIE32", "---- ffffffffffff nnnnnnnnnnnnnnnn")
KANTECH = _format("KANTECH", "------- ffffffff nnnnnnnnnnnnnnnn -")
CSN32 = _format("CSN32", "n" * 32)
D10202 = _format(
    "D10202",
    "p fffffff nnnnnnnnnnnnnnnnnnnnnnnn p",
    "E xxxxxxx xxxxxxxxx............... .",
    ". ....... ........xxxxxxxxxxxxxxxx O",
)
H10306 = _format(
    "H10306",
    "p ffffffffffffffff nnnnnnnnnnnnnnnn p",
    "E xxxxxxxxxxxxxxxx ................ .",
    ". ................ xxxxxxxxxxxxxxxx O",
)
BQT34 = _format(
    "BQT34",
    "p ffffffff nnnnnnnnnnnnnnnnnnnnnnnn p",
    "E xxxxxxxx xxxxxxxx................ .",
    ". ........ ........xxxxxxxxxxxxxxxx O",
)
CSN34 = _format(
    "CSN34",
    "p nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn p",
    "E xxxxxxxxxxxxxxxx................ .",
    ". ................xxxxxxxxxxxxxxxx O",
)
C1K35 = _format(
    "C1K35",
    "p p ffffffffffff nnnnnnnnnnnnnnnnnnnn p",
    ". E xx.xx.xx.xx. xx.xx.xx.xx.xx.xx.xx .",
    ". x x.xx.xx.xx.x x.xx.xx.xx.xx.xx.xx. O",
    "O x xxxxxxxxxxxx xxxxxxxxxxxxxxxxxxxx x",
)
S12906 = _format(
    "S12906",
    "p ffffffff -- nnnnnnnnnnnnnnnnnnnnnnnn p",
    "O xxxxxxxx xx xxxxxxx................. .",
    ". ........ .. ......xxxxxxxxxxxxxxxxxx O",
)
C15001 = _format(
    "C15001",
    "p ---------- ffffffff nnnnnnnnnnnnnnnn p",
    "E xxxxxxxxxx xxxxxxx. ................ .",
    ". .......... .......x xxxxxxxxxxxxxxxx O",
)
SIE36 = _format(
    "SIE36",
    "p ffffffffffffffffff nnnnnnnnnnnnnnnn p",
    "O x.xx.xx.xx.xx.xx.x x.xx.xx.xx.xx.xx .",
    ". xx.xx.xx.xx.xx.xx. xx.xx.xx.xx.xx.x E",
)
H10302 = _format(
    "H10302",
    "p nnnnnnnnnnnnnnnnnn nnnnnnnnnnnnnnnnn p",
    "E xxxxxxxxxxxxxxxxxx ................. .",
    ". .................x xxxxxxxxxxxxxxxxx O",
)
H10304 = _format(
    "H10304",
    "p ffffffffffffffff nnnnnnnnnnnnnnnnnnn p",
    "E xxxxxxxxxxxxxxxx xx................. .",
    ". ................ .xxxxxxxxxxxxxxxxxx O",
)
MDI37 = _format(
    "MDI37",
    "p -- ffff nnnnnnnnnnnnnnnnnnnnnnnnnnnnn p",
    "E xx xxxx xxxxxxxxxxxx................. .",
    ". .. .... ...........xxxxxxxxxxxxxxxxxx O",
)
PW39 = _format(
    "PW39",
    "p fffffffffffffffff nnnnnnnnnnnnnnnnnnnn p",
    "E xxxxxxxxxxxxxxxxx x................... .",
    ". ................. .xxxxxxxxxxxxxxxxxxx O",
)
P10001 = _format(  # the last byte is the exclusive or of the four before it: eight even parities
    "P10001",
    "1111ffff ffffffff nnnnnnnn nnnnnnnn pppppppp",
    "x....... x....... x....... x....... E.......",
    ".x...... .x...... .x...... .x...... .E......",
    "..x..... ..x..... ..x..... ..x..... ..E.....",
    "...x.... ...x.... ...x.... ...x.... ...E....",
    "....x... ....x... ....x... ....x... ....E...",
    ".....x.. .....x.. .....x.. .....x.. .....E..",
    "......x. ......x. ......x. ......x. ......E.",
    ".......x .......x .......x .......x .......E",
)
CASI40 = _format("CASI40", "- nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn -")
C1K48 = _format(
    "C1K48",
    "p p ffffffffffffffffffffff nnnnnnnnnnnnnnnnnnnnnnn p",
    ". E .xx.xx.xx.xx.xx.xx.xx. xx.xx.xx.xx.xx.xx.xx.xx .",
    ". . xx.xx.xx.xx.xx.xx.xx.x x.xx.xx.xx.xx.xx.xx.xx. O",
    "O x xxxxxxxxxxxxxxxxxxxxxx xxxxxxxxxxxxxxxxxxxxxxx x",
)

DEFAULTS: dict[int, Format] = {
    one.bits: one for one in (H10301, W28, ATSW30, D10202, H10306, C1K35, S12906, H10302, PW39, P10001, C1K48)
}
"""The format of each length, unless another is asked for. One only: trying several would let a damaged frame pass as
another format's card. All of them have parity. N10002 has the layout of H10306."""

ON_REQUEST: tuple[Format, ...] = (IND26, KASTLE, WIE32, KANTECH, CSN32, BQT34, CSN34, C15001, SIE36, H10304, MDI37, CASI40)
"""WIE32, KANTECH, CSN32 and CASI40 have no parity: a damaged frame of theirs cannot be told from a good one."""

BY_NAME: dict[str, Format] = {one.name: one for one in (*DEFAULTS.values(), *ON_REQUEST)} | {"N10002": H10306}


def choose(names: tuple[str, ...]) -> dict[int, Format]:
    """The format of each length, with those that `names` asks for instead of the defaults of their lengths. Raises
    ValueError with a message for an installer when a name is unknown or two have the same length."""
    chosen: dict[int, Format] = {}
    for name in names:
        one = BY_NAME.get(name.upper())
        if one is None:
            raise ValueError(f"there is no Wiegand format {name[:40]!r}: write one of {', '.join(BY_NAME)}")
        other = chosen.setdefault(one.bits, one)
        if other is not one:
            raise ValueError(f"{other.name} and {one.name} both have {one.bits} bits: choose one of them")
    return DEFAULTS | chosen


def fault(one: Format, frame: int) -> str | None:
    """Why `frame` is no card of this format, by name (`all_zeros`, `all_ones`, `constant_bits`, `parity`), or None."""
    if frame == 0:
        return "all_zeros"
    if frame == (1 << one.bits) - 1:
        return "all_ones"
    if frame & one.constant_mask != one.constant:
        return "constant_bits"
    if any((frame & rule.mask).bit_count() % 2 != rule.odd for rule in one.parity):
        return "parity"
    return None


def fields(one: Format, frame: int) -> tuple[int | None, int]:
    """The facility code, None where the format has none, and the number."""
    return (_extract(frame, one.facility) if one.facility else None), _extract(frame, one.number)


def encode(one: Format, facility: int | None, number: int) -> int:
    """The frame of a card. Raises ValueError when a field does not fit, or is given to a format that has none."""
    if (facility is None) != (one.facility == 0):
        raise ValueError(f"{one.name} has {'a' if one.facility else 'no'} facility code")
    frame = one.constant | _deposit(facility or 0, one.facility) | _deposit(number, one.number)
    for rule in one.parity:
        if (frame & rule.mask).bit_count() % 2 != rule.odd:
            frame |= rule.bit
    return frame


def _extract(frame: int, mask: int) -> int:
    """The bits under a mask without gaps, as a number."""
    return (frame & mask) >> _shift(mask)


def _deposit(value: int, mask: int) -> int:
    limit = mask >> _shift(mask)
    if not 0 <= value <= limit:
        raise ValueError(f"{value} does not fit: write 0 to {limit}")
    return value << _shift(mask)


def _shift(mask: int) -> int:
    return (mask & -mask).bit_length() - 1 if mask else 0
