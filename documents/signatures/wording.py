"""Say in both languages what is wrong with a signature or was done after it. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from exports.rules import Sentence

LONGEST_FACT: Final = 40

SENTENCES: Final[Mapping[str, Sentence]] = {
    # What is wrong with the signature itself.
    "signed_bytes": Sentence(
        zh="签名所覆盖的内容在签名后被改动过。",
        en="What the signature covers was changed after signing.",
    ),
    "rewritten": Sentence(
        zh="文件在签名后被某程序整体改写，签名已不对应文件内容。",
        en="The file was rewritten by a program after signing; the signature no longer fits it.",
    ),
    "forged": Sentence(
        zh="签名值与证书不符，可能是伪造。", en="The signature does not match its certificate."
    ),
    "malformed": Sentence(
        zh="签名结构残缺，无法核验。", en="The signature is incomplete and cannot be checked."
    ),
    "wrapped": Sentence(
        zh="签名所签的不是本文件的内容，是签名包装攻击的特征。",
        en="The signature signs something other than this file, as in a wrapping attack.",
    ),
    "byte_range": Sentence(
        zh="签名没有标明、或错误标明所覆盖的范围，是签名伪造攻击的特征。",
        en="The signature does not say, or misstates, which bytes it covers, as in a forgery.",
    ),
    "partial_cover": Sentence(
        zh="签名只覆盖文件的一部分，是签名包装攻击的特征。",
        en="The signature covers only a part of the file, as in a wrapping attack.",
    ),
    "outside_form": Sentence(
        zh="文件中有签名数据，但不属于任何签名域，阅读软件不会核验它。",
        en="The file holds a signature outside any signature field, where no reader checks it.",
    ),
    "unreadable": Sentence(
        zh="签名无法读取。", en="The signatures of this file could not be read."
    ),
    # What was done to the document afterwards.
    "content_replaced": Sentence(
        zh="第{page}页的内容在签名后被替换。",
        en="The content of page {page} was replaced after signing.",
    ),
    "page_reframed": Sentence(
        zh="第{page}页的可见范围或方向在签名后被改动。",
        en="What shows of page {page}, or which way up, was changed after signing.",
    ),
    "page_changed": Sentence(
        zh="第{page}页的其他属性在签名后被改动。",
        en="Other properties of page {page} were changed after signing.",
    ),
    "notes_added": Sentence(
        zh="第{page}页在签名后被添加了{count}处批注或覆盖文字。",
        en="Notes or text were laid over page {page} after signing ({count}).",
    ),
    "notes_removed": Sentence(
        zh="第{page}页在签名后被去掉了{count}处批注。",
        en="Notes were taken off page {page} after signing ({count}).",
    ),
    "form_filled": Sentence(
        zh="第{page}页的表单域在签名后被填写或改动（{count}处）。",
        en="Form fields on page {page} were filled in or changed after signing ({count}).",
    ),
    "signature_shown": Sentence(
        zh="第{page}页在签名后被加盖了{count}处可见的签名图样，可能遮住原有内容。",
        en="Visible signature marks were laid over page {page} after signing ({count}); "
        "they may hide what was there.",
    ),
    "pages_changed": Sentence(
        zh="签名时有{before}页，现在有{now}页。",
        en="The document had {before} pages when it was signed and has {now} now.",
    ),
    "layers_changed": Sentence(
        zh="图层的显示与隐藏在签名后被改动。",
        en="Which layers show and which are hidden was changed after signing.",
    ),
    "entry_changed": Sentence(
        zh="文档目录中的{entry}在签名后被改动。",
        en="The entry {entry} of the document's catalogue was changed after signing.",
    ),
    "bytes_behind_end": Sentence(
        zh="签名之后文件末尾被附加了数据。", en="Data was appended behind the signed document."
    ),
    "appended": Sentence(
        zh="签名之后文件被追加修改，未发现页面变化。",
        en="The file was changed by appending to it after signing; no page looks different.",
    ),
    "unreadable_change": Sentence(
        zh="签名之后文件被追加修改，且改动无法读取。",
        en="The file was changed after signing in a way that cannot be read.",
    ),
    "certification_violated": Sentence(
        zh="签署人禁止了此类改动，文件却被改动。",
        en="The signer forbade such changes, and yet they were made.",
    ),
    "suspicious": Sentence(
        zh="签名之后的改动方式可疑，不是正常追加签名所需。",
        en="The file was changed after signing in a way that no later signature needs.",
    ),
    "signed_again": Sentence(
        zh="之后另有{count}个签名。", en="It was signed again later ({count})."
    ),
    "timestamped": Sentence(
        zh="之后另加了{count}个时间戳。", en="Time stamps were added later ({count})."
    ),
    "evidence_added": Sentence(
        zh="之后附加了供长期核验用的证书资料。",
        en="Certificates for checking the signature in later years were added.",
    ),
    "details_changed": Sentence(
        zh="之后改动了文档属性（标题、日期等），不影响页面内容。",
        en="The document's description (title, dates) was changed later; no page was.",
    ),
    # What the signer's certificate is worth.
    "revoked": Sentence(
        zh="签署人的证书已于{on}被吊销。", en="The signer's certificate was revoked on {on}."
    ),
    "expired_since": Sentence(
        zh="证书已于{on}到期；签署人自称的签名时间在有效期内，但未经证明。",
        en="The certificate ran out on {on}; the signer claims an earlier time of signing, "
        "which nothing proves.",
    ),
    "expired_before": Sentence(
        zh="签名时证书已到期（{on}）。",
        en="The certificate had run out when it was used ({on}).",
    ),
    "not_yet_valid": Sentence(
        zh="证书自{on}起才有效。", en="The certificate is not valid before {on}."
    ),
    "unknown_format": Sentence(
        zh="签名格式（如国密签章）本系统无法核验。",
        en="This format of signature, such as an SM2 seal, cannot be verified here.",
    ),
    "unknown_algorithm": Sentence(
        zh="签名算法（如国密算法）本系统无法核验。",
        en="This signature's algorithm, such as SM2, cannot be verified here.",
    ),
    "weak_algorithm": Sentence(
        zh="签名使用已不安全的摘要算法（如SHA-1），不能作为凭据。",
        en="The signature rests on a digest that is no longer safe, such as SHA-1.",
    ),
}


def sentence_of(change: Mapping[str, Any]) -> Sentence:
    """Say what *change*, as the validation stored it, means."""
    known = SENTENCES.get(str(change.get("code")), SENTENCES["unreadable_change"])
    facts = _Blank({name: str(value)[:LONGEST_FACT] for name, value in change.items()})
    return Sentence(zh=known.zh.format_map(facts), en=known.en.format_map(facts))


class _Blank(dict[str, str]):
    """Facts of which a missing one shows as a dash."""

    def __missing__(self, name: str) -> str:
        return "–"
