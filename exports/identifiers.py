"""Read vehicle and company numbers exactly: no guess ever changes a number.

Source: GB 16735-2019 (VIN, ISO 3779 check digit), GB 32100-2015 (unified social credit code).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from stdnum.cn import uscc as credit_code

from exports.rules import Sentence

VIN_LENGTH: Final = 17
USCC_LENGTH: Final = 18
CHECK_POSITION: Final = 9
YEAR_POSITION: Final = 10


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a number; ``position`` counts from 1, ``expected`` is only a hint."""

    code: str
    sentence: Sentence
    position: int | None = None
    expected: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True)
class VinCheck:
    """A VIN in canonical form and the first problem with it, if any."""

    vin: str
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class UsccCheck:
    """A credit code in canonical form and the first problem with it, if any."""

    uscc: str
    problem: Problem | None


def canonical_vin(text: str) -> str:
    """Fold width, case, spaces, hyphens and invisible signs; repair nothing else.

    Direction overrides stay, so that a VIN shown backwards is refused and not accepted reversed.
    """
    return _canonical(text)


def canonical_uscc(text: str) -> str:
    """Fold a credit code the way :func:`canonical_vin` folds a VIN."""
    return _canonical(text)


def check_vin(text: str) -> VinCheck:
    """Judge *text* as a VIN, in the order empty, length, characters, placeholder, check digit.

    ``vin_check_digit`` alone is a doubt and no refusal: outside China and North America
    position 9 is free. :func:`is_vin_shaped` tells the two apart.
    """
    vin = canonical_vin(text)
    return VinCheck(vin, _vin_shape_problem(vin) or _vin_digit_problem(vin))


def is_vin_shaped(vin: str) -> bool:
    """Tell whether canonical *vin* could be a VIN at all, whatever its check digit says."""
    return _vin_shape_problem(vin) is None


def check_digit(vin: str) -> str:
    """Return the character that GB 16735 wants at position 9 of a well-shaped *vin*."""
    total = sum(_VALUES[sign] * weight for sign, weight in zip(vin, _WEIGHTS, strict=True))
    return "0123456789X"[total % 11]


def model_years(vin: str) -> tuple[int, ...]:
    """Return the years position 10 may mean, oldest first: the code comes round every 30 years.

    Empty where the character is no year code, as on many foreign vehicles.
    """
    turn = _YEAR_CODES.find(vin[YEAR_POSITION - 1])
    return () if turn < 0 else tuple(first + turn for first in (1980, 2010, 2040))


def wmi(vin: str) -> str:
    """Return the world manufacturer identifier, the first three characters."""
    return vin[:3]


def check_uscc(text: str) -> UsccCheck:
    """Judge *text* as a unified social credit code.

    ``uscc_prefix`` is a doubt and no refusal: some bodies may carry a letter in front.
    """
    uscc = canonical_uscc(text)
    return UsccCheck(uscc, _uscc_shape_problem(uscc) or _uscc_digit_problem(uscc))


def plain_name(name: str) -> str:
    """Return a company's *name* without differences of width and spacing, to compare it by."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def spellings(name: str) -> set[str]:
    """Return *name* with its brackets in either width: no paper and no list keeps to one."""
    plain = plain_name(name)
    return {name, plain, plain.replace("(", "（").replace(")", "）")}


def looks_like(one: str, other: str) -> tuple[int, ...]:
    """Return the positions, from 1, at which two strings differ; a missing end differs too."""
    length = max(len(one), len(other))
    pairs = zip(one.ljust(length, "\0"), other.ljust(length, "\0"), strict=True)
    return tuple(at for at, (here, there) in enumerate(pairs, start=1) if here != there)


def _canonical(text: str) -> str:
    """Keep what identifies: NFKC, capitals, no separators, no control or zero-width signs.

    Only ASCII is capitalised: the Turkish dotless i must not turn into an I.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_CAPITALS)
    kept = "".join(sign for sign in folded if not _is_separator(sign))
    return unicodedata.normalize("NFKC", kept)


def _is_separator(sign: str) -> bool:
    """Tell whether *sign* only separates: space, dash, control or zero width."""
    return unicodedata.category(sign) in {"Zs", "Zl", "Zp", "Cc", "Pd"} or sign in _ZERO_WIDTH


def _vin_shape_problem(vin: str) -> Problem | None:
    """Find what makes *vin* impossible, the check digit aside."""
    if _VIN_SHAPE.fullmatch(vin) is None:
        return _size_problem(vin, kind=_VIN) or _character_problem(vin, kind=_VIN)
    return _placeholder_problem(vin, kind=_VIN)


def _uscc_shape_problem(uscc: str) -> Problem | None:
    """Find what makes *uscc* impossible, the check character aside."""
    if _USCC_SHAPE.fullmatch(uscc) is None:
        return _size_problem(uscc, kind=_USCC) or _character_problem(uscc, kind=_USCC)
    return _placeholder_problem(uscc, kind=_USCC)


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of number is named and written."""

    code: str
    name: Sentence
    paper: Sentence
    length: int
    letters: str


_VIN: Final = _Kind(
    code="vin",
    name=Sentence(zh="车架号", en="VIN"),
    paper=Sentence(zh="机动车登记证书", en="registration certificate"),
    length=VIN_LENGTH,
    letters="ABCDEFGHJKLMNPRSTUVWXYZ",
)
_USCC: Final = _Kind(
    code="uscc",
    name=Sentence(zh="统一社会信用代码", en="credit code"),
    paper=Sentence(zh="营业执照", en="business licence"),
    length=USCC_LENGTH,
    letters="ABCDEFGHJKLMNPQRTUWXY",
)


def _size_problem(number: str, *, kind: _Kind) -> Problem | None:
    """Say how many characters are missing or too many."""
    name, length = kind.name, kind.length
    if not number:
        return Problem(
            f"{kind.code}_empty", Sentence(f"请填写{name.zh}。", f"Enter the {name.en}.")
        )
    gap = len(number) - length
    if gap == 0:
        return None
    zh, en = (f"多{gap}位", f"{gap} too many") if gap > 0 else (f"少{-gap}位", f"{-gap} missing")
    return Problem(
        f"{kind.code}_length",
        Sentence(
            zh=f"{name.zh}应为{length}位，现为{len(number)}位，{zh}。",
            en=f"The {name.en} has {len(number)} characters, {en}; it must have {length}.",
        ),
        expected=str(length),
        found=str(len(number)),
    )


def _character_problem(number: str, *, kind: _Kind) -> Problem:
    """Name the first sign that cannot stand in such a number, and what it may have been."""
    at, sign = _first_stranger(number, kind=kind)
    likely = _likely(sign, kind=kind)
    shown = sign if sign.isprintable() else f"U+{ord(sign):04X}"
    alien = Sentence("", "") if sign.isascii() else _ALIEN
    hint_zh = f"，可能应为“{likely}”" if likely else ""
    hint_en = f'; "{likely}" may be meant' if likely else ""
    return Problem(
        f"{kind.code}_character",
        Sentence(
            zh=f"{kind.name.zh}第{at}位不能是“{shown}”{alien.zh}{hint_zh}。请与{kind.paper.zh}核对。",
            en=f'Character {at} of the {kind.name.en} cannot be "{shown}"{alien.en}{hint_en}.'
            f" Compare it with the {kind.paper.en}.",
        ),
        position=at,
        expected=likely,
        found=shown,
    )


def _first_stranger(number: str, *, kind: _Kind) -> tuple[int, str]:
    """Return position and sign of what may not stand there; regions in a credit code are digits."""
    strangers = [
        (at, sign)
        for at, sign in enumerate(number, start=1)
        if sign not in (_DIGITS if kind is _USCC and 3 <= at <= 8 else _DIGITS + kind.letters)
    ]
    return strangers[0]


def _likely(sign: str, *, kind: _Kind) -> str | None:
    """Guess which permitted character *sign* was meant to be, for the message only."""
    if sign in _TWINS:
        sign = _TWINS[sign]
    if sign in _DIGIT_TWINS and sign not in kind.letters:
        return _DIGIT_TWINS[sign]
    value = unicodedata.numeric(sign, -1)
    if value in range(10):
        return str(int(value))
    return sign if sign in kind.letters else None


def _placeholder_problem(number: str, *, kind: _Kind) -> Problem | None:
    """Refuse one character repeated: all zeros and all ones carry a right check digit."""
    if len(set(number)) > 1:
        return None
    return Problem(
        f"{kind.code}_placeholder",
        Sentence(
            zh=f"{kind.name.zh}不能由同一个字符重复组成。请按{kind.paper.zh}填写。",
            en=f"A {kind.name.en} is not one character repeated."
            f" Enter it as on the {kind.paper.en}.",
        ),
    )


def _vin_digit_problem(vin: str) -> Problem | None:
    """Compare position 9 with the computed check digit and name the one likely slip, if any."""
    expected, found = check_digit(vin), vin[CHECK_POSITION - 1]
    if expected == found:
        return None
    slips = list(_mending_swaps(vin))
    zh, en = "", ""
    if len(slips) == 1:
        at, was, should = slips[0]
        zh = f"第{at}位的“{was}”可能应为“{should}”。"
        en = f' Character {at}, "{was}", may be "{should}".'
    return Problem(
        "vin_check_digit",
        Sentence(
            zh=f"车架号第9位校验码应为“{expected}”，现为“{found}”，请逐位核对。{zh}",
            en=f'The check digit, character 9 of the VIN, should be "{expected}" but is "{found}".'
            f" Compare every character.{en}",
        ),
        position=CHECK_POSITION,
        expected=expected,
        found=found,
    )


def _mending_swaps(vin: str) -> Iterator[tuple[int, str, str]]:
    """Yield each single look-alike swap that would make a wrong check digit right."""
    for at, sign in enumerate(vin, start=1):
        twin = _CONFUSABLE.get(sign, sign)
        candidate = vin[: at - 1] + twin + vin[at:]
        if check_digit(candidate) == candidate[CHECK_POSITION - 1]:
            yield at, sign, twin


def _uscc_digit_problem(uscc: str) -> Problem | None:
    """Compare the last character with the computed one; then doubt a letter in front."""
    expected, found = credit_code.calc_check_digit(uscc[:-1]), uscc[-1]
    if expected != found:
        return Problem(
            "uscc_check_digit",
            Sentence(
                zh=f"统一社会信用代码第18位校验码应为“{expected}”，现为“{found}”，请逐位核对。",
                en=f'The last character of the credit code should be "{expected}" but is'
                f' "{found}". Compare every character.',
            ),
            position=USCC_LENGTH,
            expected=expected,
            found=found,
        )
    if credit_code.is_valid(uscc):
        return None
    return Problem(
        "uscc_prefix",
        Sentence(
            zh="统一社会信用代码前两位含有字母，较为少见，请人工核对营业执照。",
            en="The credit code begins with a letter, which is rare."
            " Compare it with the business licence.",
        ),
    )


_ALIEN: Final = Sentence(zh="（不是英文字母或数字）", en=" (not an English letter or a digit)")
_DIGITS: Final = "0123456789"
_CAPITALS: Final = {ord(small): small.upper() for small in "abcdefghijklmnopqrstuvwxyz"}
_ZERO_WIDTH: Final = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e")
_VIN_SHAPE: Final = re.compile(r"[0-9A-HJ-NPR-Z]{17}", re.ASCII)
_USCC_SHAPE: Final = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}", re.ASCII)
_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VALUES: Final = {
    **{digit: int(digit) for digit in _DIGITS},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
_YEAR_CODES: Final = "ABCDEFGHJKLMNPRSTVWXY123456789"
_CONFUSABLE: Final = dict(zip("0D8B5S2Z6G", "D0B8S5Z2G6", strict=True))
_DIGIT_TWINS: Final = {"I": "1", "O": "0", "Q": "0", "S": "5", "Z": "2"}
_TWINS: Final = dict(
    zip("АВСЕНКМОРТХУІЅЈΑΒΕΖΗΙΚΜΝΟΡΤΥΧı", "ABCEHKMOPTXYISJABEZHIKMNOPTYXI", strict=True)
)
