"""DST-01: where the batch goes, and the declaration about that market."""

from typing import Final

from exports.rules import Sentence
from reviews.checks.model import Facts, Judgement, attention, failed, passed
from reviews.checks.registry import check
from reviews.checks.sources import ANNOUNCEMENT_6

CHINA: Final = "CN"
CHOOSE_COUNTRY: Final = Sentence(
    zh="请选择实际的出口目的国（地区）。", en="Choose the country or region the vehicles go to."
)


@check(
    "DST-01",
    subject="application",
    reads=(
        "application.destination",
        "application.destination_known",
        "application.destination_special",
        "application.market_declaration",
    ),
    title=Sentence(zh="目的国与目标市场声明", en="Destination and market declaration"),
    clause=ANNOUNCEMENT_6,
)
def destination_is_declared(facts: Facts) -> Judgement:
    """Demand a known destination abroad and the declaration that its standard is met."""
    form = facts.application
    if not form.destination_known or form.destination in {"", CHINA}:
        return failed(
            zh=f"出口国别“{form.destination}”缺失或无效。",
            en=f'The destination "{form.destination}" is missing or unknown.',
            cure=CHOOSE_COUNTRY,
        )
    if not form.market_declaration:
        return failed(
            zh="缺少符合目标市场标准的声明。",
            en="The declaration that the target market's standard is met is missing.",
            cure=Sentence(
                zh="请补充符合目标市场准入标准的声明。",
                en="Add the declaration that the vehicles meet the target market's standard.",
            ),
        )
    if form.destination_special:
        return attention(
            zh="目的地为香港、澳门或台湾地区，适用另行规定，请人工核对。",
            en="Hong Kong, Macao and Taiwan have rules of their own; a person must look.",
        )
    return passed(
        zh=f"目的国{form.destination}有效，已提交目标市场声明。",
        en=f"The destination {form.destination} is known and the declaration was given.",
    )
