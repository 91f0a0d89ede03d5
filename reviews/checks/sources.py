"""The clauses checks rest on, as they are cited to people.

What no clause demands but the office wants to see is marked as a practice of the house.
"""

from typing import Final

from exports.rules import Sentence

NOTICE_1_3: Final = Sentence(
    zh="商贸函〔2025〕648号 一（三）", en="Notice Shang Mao Han [2025] No. 648, part 1(3)"
)
GUIDELINE_2: Final = Sentence(
    zh="《关于申请二手车和改装车出口许可证有关事项的工作指引（企业版）》（2025年12月11日）一（二）",
    en="Enterprise guideline of 11 December 2025, part I(2)",
)
ANNOUNCEMENT_6: Final = Sentence(
    zh="商务部 工业和信息化部 公安部 交通运输部 海关总署公告2024年第6号",
    en="Announcement No. 6 of 2024 (MOFCOM, MIIT, MPS, MOT, GACC)",
)
ONE_BATCH: Final = Sentence(
    zh="公告2024年第6号；一批一证", en="Announcement No. 6 of 2024; one batch, one licence"
)
OWN_APPLICANT: Final = Sentence(
    zh="《二手车出口有关事项申办指南（企业版2025年修订）》谁出口谁申领",
    en="Application guide (enterprise edition, revised 2025): who exports applies",
)
GB_16735: Final = Sentence(zh="GB 16735-2019 附录A", en="GB 16735-2019, annex A")
GB_16737: Final = Sentence(zh="GB 16737-2019", en="GB 16737-2019")
GB_32100: Final = Sentence(zh="GB 32100-2015", en="GB 32100-2015")
HOUSE_PRACTICE: Final = Sentence(
    zh="审核实践（非法定条件，仅供参考）",
    en="Practice of the office (information, no legal condition)",
)
