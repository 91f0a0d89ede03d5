"""Tell kinds of seals apart by the words in them."""

from typing import Final

# In this order: a contract seal of a department is a contract seal.
WORDS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("contract", ("合同专用", "合同章", "合同")),
    ("finance", ("财务专用", "财务章", "发票专用", "发票章", "财务", "发票")),
    ("business", ("业务专用", "业务章", "业务", "销售专用", "专用章")),
    ("department", ("部章", "处章", "科章", "中心章", "办公室", "事业部", "部专用", "售后服务部")),
)
DEPARTMENT_ENDS: Final = ("部", "处", "科", "中心", "分公司")
COMPANY: Final = ("公司", "集团", "有限", "厂", "企业")


def kind_of(along: str, below: str) -> str:
    """Return the kind of the seal that says *along* its ring and *below* its star."""
    said = f"{along}|{below}".replace(" ", "")
    for kind, words in WORDS:
        if any(word in said for word in words):
            return kind
    if below.replace(" ", "").endswith(DEPARTMENT_ENDS) or along.endswith(DEPARTMENT_ENDS):
        return "department"
    return "official" if any(word in along for word in COMPANY) or "公章" in said else "unknown"
