"""DOC-01 to DOC-06: what the vehicle's papers show beside their words. Never a ground by itself.

A paper may agree with every rule and still have been seen before, under another name. That is for
a person to weigh, so these checks ask for an eye and refuse nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from exports.rules import Sentence
from reviews.checks.model import (
    EchoFacts,
    Facts,
    Judgement,
    PaperFacts,
    attention,
    passed,
    spared,
)
from reviews.checks.registry import check
from reviews.checks.sources import HOUSE_PRACTICE

ECHO_READS: Final = ("papers.name", "papers.names_vehicle", "papers.seen", "papers.echoes")
# Which kinds of echo a check is about.
ECHO_CHECKS: Final[Mapping[str, tuple[str, ...]]] = {
    "DOC-02": ("same_file", "near_page"),
    "DOC-03": ("number_reused",),
    "DOC-04": ("other_country",),
    "DOC-05": ("other_exporter",),
    "DOC-06": ("seal_copied",),
}
MOST_NAMED: Final = 3
FIELDS: Final = {
    "vin": Sentence(zh="车架号", en="VIN"),
    "destination": Sentence(zh="出口国别", en="destination"),
    "number": Sentence(zh="编号", en="number"),
    "issuer": Sentence(zh="出具单位", en="issuer"),
    "issued_on": Sentence(zh="签发日期", en="day of issue"),
    "valid_until": Sentence(zh="有效期", en="last day of validity"),
}


@check(
    "DOC-01",
    subject="vehicle",
    reads=(
        "papers.name",
        "papers.names_vehicle",
        "papers.pages",
        "papers.seen",
        "papers.unread",
        "papers.hidden_text",
        "papers.disagreements",
    ),
    title=Sentence(zh="文字层与页面图像一致", en="Text layer and picture agree"),
    clause=HOUSE_PRACTICE,
    since="2",
)
def picture_says_what_the_text_says(facts: Facts) -> Judgement:
    """Point at values the file says otherwise than its picture, and at text nobody sees."""
    papers = _papers_of_vehicle(facts)
    if not papers:
        return _no_paper()
    found = [said for paper in papers for said in _contradictions(paper)]
    if found:
        return _look_at(found)
    return passed(
        zh="单证的文字与页面图像未见不一致。",
        en="The text of the papers and their pictures do not disagree.",
    )


@check(
    "DOC-02",
    subject="vehicle",
    reads=ECHO_READS,
    title=Sentence(zh="单证此前未出现过", en="Paper not seen before"),
    clause=HOUSE_PRACTICE,
    since="2",
)
def paper_is_new(facts: Facts) -> Judgement:
    """Point at other papers of the same bytes, or with a page that is nearly the same."""
    return _judge_echoes(facts, kinds=ECHO_CHECKS["DOC-02"])


@check(
    "DOC-03",
    subject="vehicle",
    reads=ECHO_READS,
    title=Sentence(zh="确认书编号未另作他用", en="Letter number used once"),
    clause=HOUSE_PRACTICE,
    since="2",
)
def number_is_used_once(facts: Facts) -> Judgement:
    """Point at letters of the same number and issuer that name other VINs."""
    return _judge_echoes(facts, kinds=ECHO_CHECKS["DOC-03"])


@check(
    "DOC-04",
    subject="vehicle",
    reads=ECHO_READS,
    title=Sentence(zh="该车未确认出口至他国", en="VIN confirmed for one country"),
    clause=HOUSE_PRACTICE,
    since="2",
)
def vehicle_goes_to_one_country(facts: Facts) -> Judgement:
    """Point at letters that confirm the same VIN for another country."""
    return _judge_echoes(facts, kinds=ECHO_CHECKS["DOC-04"])


@check(
    "DOC-05",
    subject="vehicle",
    reads=ECHO_READS,
    title=Sentence(zh="该车未列入他人确认书", en="VIN on one exporter's letters"),
    clause=HOUSE_PRACTICE,
    since="2",
)
def vehicle_has_one_exporter(facts: Facts) -> Judgement:
    """Point at letters of another exporter that name the same VIN."""
    return _judge_echoes(facts, kinds=ECHO_CHECKS["DOC-05"])


@check(
    "DOC-06",
    subject="vehicle",
    reads=ECHO_READS,
    title=Sentence(zh="印章图像未被复制", en="Seal not copied"),
    clause=HOUSE_PRACTICE,
    since="2",
)
def seal_is_not_copied(facts: Facts) -> Judgement:
    """Point at other papers that bear the very pixels of this paper's seal."""
    return _judge_echoes(facts, kinds=ECHO_CHECKS["DOC-06"])


def _papers_of_vehicle(facts: Facts) -> list[PaperFacts]:
    return [paper for paper in facts.papers if paper.names_vehicle]


def _no_paper() -> Judgement:
    return spared(zh="没有可供比对的单证。", en="There is no paper to compare.")


def _look_at(found: list[Sentence]) -> Judgement:
    """Name the first of what was found, and how much more there is."""
    shown, more = found[:MOST_NAMED], len(found) - MOST_NAMED
    zh, en = "".join(said.zh for said in shown), " ".join(said.en for said in shown)
    if more > 0:
        return attention(zh=f"{zh}另有{more}处。", en=f"{en} And {more} more.")
    return attention(zh=zh, en=en)


def _contradictions(paper: PaperFacts) -> Iterator[Sentence]:
    """Yield what of *paper* the eye must settle."""
    for part in paper.disagreements:
        field = FIELDS.get(part.field, Sentence(zh="内容", en="text"))
        yield Sentence(
            zh=f"“{paper.name}”第{part.page}页{field.zh}：文字层为“{part.layer}”，"
            f"页面图像为“{part.picture}”，以图像为准。",
            en=f'"{paper.name}", page {part.page}, {field.en}: the text layer says'
            f' "{part.layer}", the picture "{part.picture}"; trust the picture.',
        )
    if paper.hidden_text:
        yield Sentence(
            zh=f"“{paper.name}”含有肉眼看不到的文字，以页面图像为准。",
            en=f'"{paper.name}" holds text the eye cannot see; trust the picture.',
        )
    missed = max(paper.pages - paper.seen, paper.unread)
    if missed or not paper.pages:
        yield Sentence(
            zh=f"“{paper.name}”有页面未能自动查看，请肉眼核对。",
            en=f'Pages of "{paper.name}" could not be looked at; compare them yourself.',
        )


def _judge_echoes(facts: Facts, *, kinds: tuple[str, ...]) -> Judgement:
    """Say which other papers the vehicle's papers share something of *kinds* with."""
    papers = _papers_of_vehicle(facts)
    if not papers:
        return _no_paper()
    found = [
        _echoed(paper, echo) for paper in papers for echo in paper.echoes if echo.kind in kinds
    ]
    if found:
        return _look_at(found)
    if not all(paper.seen for paper in papers):
        return attention(
            zh="有单证尚未与此前的单证比对。", en="A paper was not compared with earlier ones."
        )
    return passed(
        zh="与此前的单证比对，未见异常。",
        en="Nothing came of comparing with earlier papers.",
    )


def _echoed(paper: PaperFacts, echo: EchoFacts) -> Sentence:
    """Say what *paper* shares with another, and with whose."""
    what = _shared(echo)
    cases = "、".join(echo.cases)
    zh_case = f"，用于申请{cases}" if cases else ""
    en_case = f" in {', '.join(echo.cases)}" if cases else ""
    return Sentence(
        zh=f"“{paper.name}”{what.zh}：{echo.exporter}的“{echo.name}”{zh_case}。",
        en=f'"{paper.name}" {what.en}: "{echo.name}" of {echo.exporter}{en_case}.',
    )


def _shared(echo: EchoFacts) -> Sentence:
    """Say what two papers share."""
    page = echo.page or 1
    vins, countries = "、".join(echo.vins), "、".join(echo.countries)
    named = f"（{countries}）" if countries else ""
    abroad = f" ({', '.join(echo.countries)})" if countries else ""
    said = {
        "same_file": ("与另一份单证是同一文件", "is the very file of another paper"),
        "near_page": (f"第{page}页与另一份单证几乎相同", f"page {page} is nearly that of another"),
        "number_reused": (
            "的编号另见于车辆不同的确认书",
            "has the number of a letter for other vehicles",
        ),
        "other_country": (
            f"所列{vins}另有出口至他国{named}的确认书",
            f"names {vins}, which another letter confirms for another country{abroad}",
        ),
        "other_exporter": (
            f"所列{vins}也在另一企业的确认书中",
            f"names {vins}, which is also on another exporter's letter",
        ),
        "seal_copied": (
            f"第{page}页印章与另一份单证的印章像素相同，系复制而非另行加盖",
            f"bears on page {page} the very pixels of another paper's seal, copied and not stamped",
        ),
    }
    return Sentence(*said[echo.kind])
