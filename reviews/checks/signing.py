"""Judge the electronic signatures of a letter: whose they are and whether they still hold.

A certificate counts only if the ministry lists it as a unit's; what a signature claims of itself
counts for nothing.
"""

from collections.abc import Mapping
from typing import Final

from exports.rules import Sentence
from reviews.checks.comparing import same
from reviews.checks.model import (
    ConfirmationFacts,
    Facts,
    Judgement,
    PaperFacts,
    SignatureFacts,
    failed,
    passed,
)

MAKER: Final = "maker"
VALID: Final = "valid"
RUINED: Final[Mapping[str, Sentence]] = {
    "altered": Sentence(
        zh="文件在“{signer}”签名后被改动。",
        en='The document was changed after "{signer}" signed it.',
    ),
    "revoked": Sentence(
        zh="“{signer}”的签名证书已被吊销。",
        en='The certificate "{signer}" signed with was revoked.',
    ),
    "broken": Sentence(
        zh="“{signer}”的电子签名已损坏或系伪造。",
        en='The electronic signature of "{signer}" is broken or forged.',
    ),
}
DOUBTS: Final[Mapping[str, Sentence]] = {
    "untrusted": Sentence(
        zh="电子签名人“{signer}”不在主管部门的证书名单内。",
        en='The certificate of "{signer}", who signed, is not on the ministry\'s list.',
    ),
    "expired": Sentence(
        zh="“{signer}”的签名证书已过期。", en='The certificate "{signer}" signed with had expired.'
    ),
    "unverifiable": Sentence(
        zh="“{signer}”的电子签名无法在此核验。",
        en='The electronic signature of "{signer}" cannot be verified here.',
    ),
    VALID: Sentence(
        zh="“{signer}”的电子签名只覆盖文件的一部分。",
        en='The electronic signature of "{signer}" covers only a part of the file.',
    ),
}
NAMELESS: Final = Sentence(zh="不明签名人", en="somebody unnamed")
SEND_SIGNED: Final = Sentence(
    zh="请上传生产企业签名后未经任何改动的原文件",
    en="Upload the file exactly as the manufacturer signed it",
)
SIGN_ITSELF: Final = Sentence(
    zh="请由该车生产企业本身签名或加盖公章",
    en="Have the manufacturer itself sign or seal the confirmation",
)


def paper_of(letter: ConfirmationFacts, facts: Facts) -> PaperFacts | None:
    """Return what was seen on the paper that carries *letter*."""
    carrying = (paper for paper in facts.papers if paper.letter and paper.letter == letter.key)
    return next(carrying, None)


def signatures_of(letter: ConfirmationFacts, facts: Facts) -> tuple[SignatureFacts, ...]:
    """Return the electronic signatures of *letter*."""
    paper = paper_of(letter, facts)
    return paper.signatures if paper else ()


def own_signature(letter: ConfirmationFacts, facts: Facts) -> SignatureFacts | None:
    """Return a signature that confirms by itself: valid, of the whole file, by the right maker."""
    names = [letter.issuer_name, facts.vehicle.maker_name]
    for signature in signatures_of(letter, facts):
        rightful = any(same(name, own) for name in names for own in signature.unit_names)
        if holds(signature) and signature.unit_kind == MAKER and rightful:
            return signature
    return None


def strange_signature(letter: ConfirmationFacts, facts: Facts) -> SignatureFacts | None:
    """Return a sound signature of a listed unit that is not the one to confirm."""
    if own_signature(letter, facts):
        return None
    sound = (each for each in signatures_of(letter, facts) if holds(each) and each.unit)
    return next(sound, None)


def holds(signature: SignatureFacts) -> bool:
    """Tell whether *signature* is valid and leaves nothing of the file uncovered."""
    return signature.standing == VALID and signature.covers_whole


def judge_signatures(letter: ConfirmationFacts, facts: Facts) -> Judgement | None:
    """Judge what the signatures alone decide; ``None`` where the seal must be looked at."""
    own = own_signature(letter, facts)
    if own:
        return passed(
            zh=f"“{own.unit}”的电子签名有效，覆盖整份文件。",
            en=f'The electronic signature of "{own.unit}" is valid and covers the whole file.',
        )
    for signature in signatures_of(letter, facts):
        if signature.standing in RUINED:
            return _ruined(signature)
    strange = strange_signature(letter, facts)
    if strange:
        return failed(
            zh=f"文件由“{strange.unit}”的证书签名，不是出具单位“{letter.issuer_name}”的签名。",
            en=f'The file is signed with the certificate of "{strange.unit}", not of the issuer'
            f' "{letter.issuer_name}".',
            cure=SIGN_ITSELF,
        )
    return None


def doubt_about(letter: ConfirmationFacts, facts: Facts) -> Sentence | None:
    """Say why a signature that ruins nothing proves nothing either, if there is one."""
    doubtful = (each for each in signatures_of(letter, facts) if each.standing in DOUBTS)
    return next((_named(DOUBTS[each.standing], each) for each in doubtful), None)


def _ruined(signature: SignatureFacts) -> Judgement:
    said = _named(RUINED[signature.standing], signature)
    return failed(
        zh=said.zh + "".join(change.zh for change in signature.changes),
        en=" ".join([said.en, *(change.en for change in signature.changes)]),
        cure=SEND_SIGNED,
    )


def _named(said: Sentence, signature: SignatureFacts) -> Sentence:
    who = signature.unit or signature.signer
    return Sentence(
        zh=said.zh.replace("{signer}", who or NAMELESS.zh),
        en=said.en.replace("{signer}", who or NAMELESS.en),
    )
