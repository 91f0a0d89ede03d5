"""What an inspection can answer, and the sentence for each refusal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from exports.rules import Sentence

REPAIRED: Final = "repaired"
REVISIONS: Final = "revisions"
TRAILING_DATA: Final = "trailing_data"
ANIMATED: Final = "animated"
ENCRYPTED_OWNER: Final = "encrypted_owner"
ACTIVE_LINK: Final = "active_link"
HIDDEN_TEXT: Final = "hidden_text"
SIGNATURE_PRESENT: Final = "signature_present"
SANITISED: Final = "sanitised"
LOW_RESOLUTION: Final = "low_resolution"
COLOURLESS: Final = "colourless"
INFECTED: Final = "infected"

FLAGS: Final[Mapping[str, Sentence]] = {
    REPAIRED: Sentence(
        zh="文件结构有损坏，系统修复后才打开。",
        en="The file's structure is damaged; it opened only after repair.",
    ),
    REVISIONS: Sentence(
        zh="文件生成后被追加修改过。",
        en="The file was changed by appending to it after it was made.",
    ),
    TRAILING_DATA: Sentence(
        zh="文件正常结尾之后还有其他数据。",
        en="There is further data after the file's proper end.",
    ),
    ANIMATED: Sentence(
        zh="图片包含多帧，只显示第一帧。",
        en="The picture has several frames; only the first is shown.",
    ),
    ENCRYPTED_OWNER: Sentence(
        zh="文件设有权限加密，但无需密码即可打开。",
        en="The file carries usage restrictions but opens without a password.",
    ),
    ACTIVE_LINK: Sentence(
        zh="文件包含网址链接或外部引用，系统不会打开它们。",
        en="The file contains links or outside references; the system never follows them.",
    ),
    HIDDEN_TEXT: Sentence(
        zh="文件里有肉眼看不到的文字或隐藏的内容，请以页面图像为准。",
        en="The file holds text or content the eye cannot see; trust the page picture.",
    ),
    SIGNATURE_PRESENT: Sentence(
        zh="文件带有电子签名域，签名核验结果见单证页。",
        en="The file has an electronic signature; see below what it is worth.",
    ),
    SANITISED: Sentence(
        zh="图片里夹带了程序或网页代码，页面图像中已去除。",
        en="The picture carried program or markup text, which the page picture leaves out.",
    ),
    LOW_RESOLUTION: Sentence(
        zh="图片太小，单证上的文字难以辨认。",
        en="The picture is too small for the words on a paper to be read.",
    ),
    COLOURLESS: Sentence(
        zh="扫描件没有颜色，看不出印章是否为红色。彩色扫描更便于核对。",
        en="The scan has no colour, so nobody sees whether a seal is red. A scan in colour is"
        " easier to check.",
    ),
}

SENTENCES: Final[Mapping[str, Sentence]] = {
    "unsupported_type": Sentence(
        zh="只接收 PDF、JPEG、PNG、TIFF 和 HEIC 文件。请将文件另存为其中一种格式后重新上传。",
        en="Only PDF, JPEG, PNG, TIFF and HEIC files are taken. Save it as one of these and send"
        " it again.",
    ),
    "unsupported_type/ofd": Sentence(
        zh="暂不接收 OFD 文件。请用阅读软件将其导出为 PDF 后重新上传。",
        en="OFD files are not taken yet. Export the file as PDF in your reader and send it again.",
    ),
    "type_mismatch": Sentence(
        zh="文件内容与扩展名不一致。请核对是否选错文件，或改正扩展名后重新上传。",
        en="The content does not match the file's extension. Check that it is the right file, or"
        " correct the extension, and send it again.",
    ),
    "too_large": Sentence(
        zh="文件太大。请降低扫描分辨率（200 dpi 即可）或拆分文件后重新上传。",
        en="The file is too large. Scan at a lower resolution (200 dpi is enough) or split it, and"
        " send it again.",
    ),
    "too_many_pages": Sentence(
        zh="文件页数太多。请只保留本单证的页面，或拆分后分别上传。",
        en="The file has too many pages. Keep only the pages of this document, or send it in"
        " parts.",
    ),
    "too_many_pixels": Sentence(
        zh="图片尺寸太大。请降低分辨率（A4 纸 200 至 300 dpi 即可）后重新上传。",
        en="A picture is too large. Lower its resolution (200 to 300 dpi for A4) and send it"
        " again.",
    ),
    "too_large_decompressed": Sentence(
        zh="文件展开后占用空间过大，无法安全打开。请重新扫描或另行打印为 PDF 后上传。",
        en="The file grows too large when unpacked to be opened safely. Scan it again, or print"
        " it to a new PDF, and send that.",
    ),
    "file_encrypted": Sentence(
        zh="文件有打开密码。请去除密码后重新上传。",
        en="The file needs a password to open. Remove the password and send it again.",
    ),
    "active_content": Sentence(
        zh="文件包含脚本、附件、表单提交或其他可执行内容。请打印为新的 PDF（或扫描件）后重新上传。",
        en="The file contains scripts, attachments, form actions or other active content. Print"
        " it to a new PDF, or scan it, and send that.",
    ),
    "file_unreadable": Sentence(
        zh="文件已损坏或过于复杂，无法打开。请从原始程序重新导出或重新扫描后上传。",
        en="The file is damaged or too complex to open. Export it anew from the program that made"
        " it, or scan it again, and send that.",
    ),
    "empty_file": Sentence(
        zh="文件是空的。请检查后重新选择文件。",
        en="The file is empty. Check it and choose the file again.",
    ),
    INFECTED: Sentence(
        zh="文件含有恶意程序，已被销毁。请清除电脑病毒并重新制作该文件后上传。",
        en="The file contains malware and was destroyed. Clean your computer, make the file anew"
        " and send it again.",
    ),
    "quota_exceeded": Sentence(
        zh="上传空间已用完。请删除不需要的文件，或联系主管部门。",
        en="The space for uploads is used up. Remove files you do not need, or ask your commerce"
        " department.",
    ),
}


# Nobody can open these; the other refusals are the house's rules.
BROKEN_CODES: Final = frozenset({"file_unreadable", "empty_file"})


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as people see it (a WebP picture at *path*) and its text layer.

    *lines* are ``{"text", "box", "confidence"}`` with boxes in fractions of the picture; they may
    be believed only where the page is *trustworthy*: visible text that is no scanner's guess.
    """

    number: int
    width: int
    height: int
    path: Path
    text: str = ""
    lines: tuple[Mapping[str, Any], ...] = ()
    trustworthy: bool = False
    long_side_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose pages may be drawn. *flags* are keys of ``FLAGS``; *sha256* is hexadecimal."""

    content_type: str
    pages: int
    flags: tuple[str, ...]
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """Pages of a file with *of* pages in all, and what was noticed while they were drawn."""

    pages: tuple[PageImage, ...]
    flags: tuple[str, ...]
    of: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that may not be used: a key of ``SENTENCES`` and what was measured."""

    code: str
    facts: Mapping[str, int | str] = field(default_factory=dict)

    @property
    def sentence(self) -> Sentence:
        """Say what is wrong and what to do about it, as exactly as the facts allow."""
        return SENTENCES.get(f"{self.code}/{self.facts.get('found')}", SENTENCES[self.code])
