"""CNF-08's judgement: a signature that confirms by itself, or the issuer's official seal.

A seal on a picture is never proof: the best that can be said of one is that it looks right.
Source: enterprise guideline of 2025-12-11, part I(2): sealed by the listed manufacturer itself.
"""

from collections.abc import Mapping
from typing import Final

from exports.rules import Sentence, en_day, zh_day
from reviews.checks.model import (
    ConfirmationFacts,
    Facts,
    Judgement,
    Outcome,
    PaperFacts,
    SealFacts,
    attention,
    failed,
    passed,
)
from reviews.checks.rings import Ring, compare
from reviews.checks.signing import doubt_about, judge_signatures, paper_of

RED: Final = "red"
OFFICIAL: Final = "official"
OTHER_SEALS: Final[Mapping[str, Sentence]] = {
    "contract": Sentence(zh="合同专用章", en="a contract seal"),
    "business": Sentence(zh="业务专用章", en="a business seal"),
    "department": Sentence(zh="部门章", en="a department's seal"),
    "finance": Sentence(zh="财务或发票专用章", en="a finance or invoice seal"),
}
RANK: Final = (Outcome.PASS, Outcome.ATTENTION, Outcome.FAIL)
SEAL_IT: Final = Sentence(
    zh="请由生产企业在确认书上加盖公章或作可核验的电子签名",
    en="Have the manufacturer put its official seal on the confirmation or sign it electronically",
)


def judge_seal(letter: ConfirmationFacts, facts: Facts) -> Judgement:
    """Judge signatures first, then the seals seen on the pages of *letter*.

    What the manufacturer's officer attested here needs neither.
    """
    if letter.attested:
        return _attested(letter)
    paper = paper_of(letter, facts)
    if paper is None or not paper.pages:
        return attention(
            zh="确认书尚未查看印章和签名。",
            en="The confirmation was not looked at for seals and signatures.",
        )
    decided = judge_signatures(letter, facts)
    if decided:
        return decided
    seen = _judge_seals(letter, paper)
    doubt = doubt_about(letter, facts)
    if doubt and (seen.outcome is Outcome.PASS or not paper.seals):
        return attention(zh=f"{doubt.zh}{seen.sentence.zh}", en=f"{doubt.en} {seen.sentence.en}")
    return seen


def _attested(letter: ConfirmationFacts) -> Judgement:
    """Say who attested *letter*; who the issuer is, and whether it may, other checks judge."""
    if letter.issued_on is None:
        return attention(
            zh="确认书在本系统内出具，但缺少出具日期。",
            en="The confirmation was attested in this system, but its day is missing.",
        )
    return passed(
        zh=f"“{letter.issuer_name}”于{zh_day(letter.issued_on)}在本系统内确认，无需核对印章。",
        en=f'"{letter.issuer_name}" attested it in this system on {en_day(letter.issued_on)};'
        " there is no seal to look at.",
    )


def _judge_seals(letter: ConfirmationFacts, paper: PaperFacts) -> Judgement:
    """Judge by the best seal; what may have been overlooked is never held against the letter."""
    if not paper.seals:
        return _none_found(paper)
    judged = [_judge_one(seal, issuer=letter.issuer_name) for seal in paper.seals]
    best = min(judged, key=lambda judgement: RANK.index(judgement.outcome))
    if best.outcome is Outcome.FAIL and paper.seen < paper.pages:
        said, more = best.sentence, _overlooked(paper)
        return attention(zh=f"{said.zh}{more.zh}", en=f"{said.en} {more.en}")
    return best


def _none_found(paper: PaperFacts) -> Judgement:
    zh, en = "未见印章，也没有电子签名。", "There is no seal and no electronic signature."
    if paper.seen < paper.pages:
        more = _overlooked(paper)
        return attention(zh=f"{zh}{more.zh}", en=f"{en} {more.en}", cure=SEAL_IT)
    if paper.grey:
        return attention(
            zh=f"{zh}扫描件没有颜色，请肉眼核对。",
            en=f"{en} The scan has no colour; look for a seal yourself.",
            cure=SEAL_IT,
        )
    return failed(zh=zh, en=en, cure=SEAL_IT)


def _overlooked(paper: PaperFacts) -> Sentence:
    missed = paper.pages - paper.seen
    return Sentence(
        zh=f"有{missed}页未能查看，请肉眼核对。",
        en=f"Pages that could not be looked at: {missed}; look at them yourself.",
    )


def _judge_one(seal: SealFacts, *, issuer: str) -> Judgement:
    """Judge one seal: what for, whose, how sure."""
    other = OTHER_SEALS.get(seal.kind)
    if other:
        return failed(
            zh=f"所盖为{other.zh}，不是生产企业公章。",
            en=f"What was stamped is {other.en}, not the manufacturer's official seal.",
            cure=SEAL_IT,
        )
    ring = compare(seal.ring, issuer)
    if ring is Ring.OTHER:
        return failed(
            zh=f"印章文字为“{seal.ring}”，不是出具单位“{issuer}”。",
            en=f'The seal reads "{seal.ring}", not the issuer "{issuer}".',
            cure=SEAL_IT,
        )
    return _doubt(seal, ring=ring) or _looks_right(seal)


def _doubt(seal: SealFacts, *, ring: Ring) -> Judgement | None:
    """Say what keeps a person from taking *seal* for the issuer's official one."""
    if ring is Ring.UNSURE:
        return attention(
            zh=f"第{seal.page}页有印章，但单位名称未能可靠读出（读作“{seal.ring}”），请核对。",
            en=f"There is a seal on page {seal.page}, but its name could not be read for certain"
            f' (it reads "{seal.ring}"); compare it.',
        )
    if seal.colour != RED:
        return attention(
            zh=f"第{seal.page}页印章文字与出具单位相符，但不是红色，可能是复印件，请核对。",
            en=f"The seal on page {seal.page} names the issuer but is not red; it may be a copy.",
        )
    if seal.kind != OFFICIAL:
        return attention(
            zh=f"第{seal.page}页印章的种类未能确定，请核对是否为公章。",
            en=f"What kind of seal page {seal.page} bears is not certain; see that it is the"
            " official one.",
        )
    return None


def _looks_right(seal: SealFacts) -> Judgement:
    like = seal.specimen_likeness
    zh = f"与备案印模的相似度为{like}%。" if like is not None else ""
    en = f" It is {like}% like the registered specimen." if like is not None else ""
    return passed(
        zh=f"第{seal.page}页有红色公章，文字与出具单位相符。{zh}图像不能证明印章为真。",
        en=f"Page {seal.page} bears a red official seal that names the issuer.{en} A picture does"
        " not prove it genuine.",
    )
