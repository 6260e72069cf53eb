"""The names and numbers of OSDP 2.2 (SIA OSDP, IEC 60839-11-5): commands, replies, security blocks."""

from typing import Final

POLL: Final = 0x60
ID: Final = 0x61
CAP: Final = 0x62
LSTAT: Final = 0x64
ISTAT: Final = 0x65
OUT: Final = 0x68
LED: Final = 0x69
BUZ: Final = 0x6A
COMSET: Final = 0x6E
KEYSET: Final = 0x75
CHLNG: Final = 0x76
SCRYPT: Final = 0x77

ACK: Final = 0x40
NAK: Final = 0x41
PDID: Final = 0x45
PDCAP: Final = 0x46
LSTATR: Final = 0x48
ISTATR: Final = 0x49
OSTATR: Final = 0x4A
RSTATR: Final = 0x4B
RAW: Final = 0x50
FMT: Final = 0x51
KEYPAD: Final = 0x53
COM: Final = 0x54
CCRYPT: Final = 0x76
RMAC_I: Final = 0x78
BUSY: Final = 0x79

COMMANDS: Final[dict[int, str]] = {
    POLL: "POLL",
    ID: "ID",
    CAP: "CAP",
    LSTAT: "LSTAT",
    ISTAT: "ISTAT",
    0x66: "OSTAT",
    0x67: "RSTAT",
    OUT: "OUT",
    LED: "LED",
    BUZ: "BUZ",
    0x6B: "TEXT",
    0x6C: "RMODE",
    0x6D: "TDSET",
    COMSET: "COMSET",
    0x73: "BIOREAD",
    0x74: "BIOMATCH",
    KEYSET: "KEYSET",
    CHLNG: "CHLNG",
    SCRYPT: "SCRYPT",
    0x7B: "ACURXSIZE",
    0x7C: "FILETRANSFER",
    0x80: "MFG",
    0xA1: "XWR",
    0xA2: "ABORT",
    0xA3: "PIVDATA",
    0xA4: "GENAUTH",
    0xA5: "CRAUTH",
    0xA7: "KEEPACTIVE",
}

REPLIES: Final[dict[int, str]] = {
    ACK: "ACK",
    NAK: "NAK",
    PDID: "PDID",
    PDCAP: "PDCAP",
    LSTATR: "LSTATR",
    ISTATR: "ISTATR",
    OSTATR: "OSTATR",
    RSTATR: "RSTATR",
    RAW: "RAW",
    FMT: "FMT",
    KEYPAD: "KEYPAD",
    COM: "COM",
    0x57: "BIOREADR",
    0x58: "BIOMATCHR",
    CCRYPT: "CCRYPT",
    RMAC_I: "RMAC_I",
    BUSY: "BUSY",
    0x7A: "FTSTAT",
    0x80: "PIVDATAR",
    0x81: "GENAUTHR",
    0x82: "CRAUTHR",
    0x83: "MFGSTATR",
    0x84: "MFGERRR",
    0x90: "MFGREP",
    0xB1: "XRD",
}

NAKS: Final[dict[int, str]] = {
    1: "bad_check",
    2: "bad_length",
    3: "unknown_command",
    4: "wrong_sequence",
    5: "security_block_refused",
    6: "secure_channel_wanted",
    7: "bio_type",
    8: "bio_format",
    9: "cannot_process",
}

SCS_11: Final = 0x11
SCS_12: Final = 0x12
SCS_13: Final = 0x13
SCS_14: Final = 0x14
SCS_15: Final = 0x15
SCS_16: Final = 0x16
SCS_17: Final = 0x17
SCS_18: Final = 0x18
WITH_MAC: Final = frozenset((SCS_15, SCS_16, SCS_17, SCS_18))
"""The blocks of an open channel: four bytes of MAC stand before the check."""
ENCRYPTED: Final = frozenset((SCS_17, SCS_18))

KEY_DEFAULT: Final = 0
KEY_OWN: Final = 1
"""Which key the blocks SCS_11 to SCS_13 are about: the one that everybody knows, or the reader's own."""

CAP_SECURITY: Final = 9
"""Of a PDCAP entry: its first value has bit 0 for AES-128."""
STAR: Final = 0x7F
HASH: Final = 0x0D
"""The two keys of a keypad that are no digits."""


def name_of(code: int, *, reply: bool) -> str:
    """What a command or reply is called; empty: the standard has none such."""
    return (REPLIES if reply else COMMANDS).get(code, "")
