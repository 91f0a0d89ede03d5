"""Say in both languages what was done to a signed document. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from exports.rules import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    "signed_bytes": Sentence(
        zh="签名所覆盖的内容被改动过。", en="What the signature covers was changed."
    ),
    "forged": Sentence(
        zh="签名值与证书不符，可能是伪造。", en="The signature does not match its certificate."
    ),
    "malformed": Sentence(
        zh="签名结构残缺或被拼接，无法核验。",
        en="The signature is incomplete or wrapped around other content; it cannot be checked.",
    ),
    "partial_cover": Sentence(
        zh="签名只覆盖文件的一部分（签名包装攻击的特征）。",
        en="The signature covers only a part of the file, as in a wrapping attack.",
    ),
    "content_replaced": Sentence(
        zh="第{page}页的内容在签名后被替换。",
        en="The content of page {page} was replaced after signing.",
    ),
    "notes_added": Sentence(
        zh="第{page}页在签名后被添加了{count}处批注或覆盖文字。",
        en="Notes or text were laid over page {page} after signing ({count}).",
    ),
    "pages_changed": Sentence(
        zh="签名时有{before}页，现在有{now}页。",
        en="The document had {before} pages when it was signed and has {now} now.",
    ),
    "bytes_behind_end": Sentence(
        zh="签名之后文件末尾被附加了数据。", en="Data was appended behind the signed document."
    ),
    "appended": Sentence(
        zh="签名之后文件被追加修改。", en="The file was changed by appending to it after signing."
    ),
    "unreadable_change": Sentence(
        zh="签名之后文件被追加修改，且改动无法读取。",
        en="The file was changed after signing in a way that cannot be read.",
    ),
    "signed_again": Sentence(
        zh="之后另有{count}个签名。", en="It was signed again later ({count})."
    ),
    "unknown_format": Sentence(
        zh="签名格式（如国密签章）本系统无法核验。",
        en="This format of signature, such as an SM2 seal, cannot be verified here.",
    ),
    "unknown_algorithm": Sentence(
        zh="签名算法（如国密算法）本系统无法核验。",
        en="This signature's algorithm, such as SM2, cannot be verified here.",
    ),
    "unreadable": Sentence(
        zh="签名无法读取。", en="The signatures of this file could not be read."
    ),
}


def sentence_of(change: Mapping[str, Any]) -> Sentence:
    """Say what *change*, as the validation stored it, means."""
    known = SENTENCES.get(str(change.get("code")), SENTENCES["appended"])
    facts = {name: value for name, value in change.items() if isinstance(value, int)}
    return Sentence(zh=known.zh.format_map(_Blank(facts)), en=known.en.format_map(_Blank(facts)))


class _Blank(dict[str, Any]):
    """Facts of which a missing one shows as a dash."""

    def __missing__(self, name: str) -> str:
        return "–"
