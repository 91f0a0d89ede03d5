"""The words by which papers announce their fields, in Chinese and English."""

import re
from collections.abc import Mapping
from typing import Final

_IGNORE: Final = re.IGNORECASE

# Letters that a VIN cannot have are let through: a misprint must be seen, not overlooked.
VIN_SHAPED: Final = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{17}(?![A-Za-z0-9])"
)
# VINs that lost the blank between them, or the one behind the number of their row.
VIN_RUN: Final = re.compile(r"(?<![A-Za-z0-9])\d{0,3}?((?:[A-Za-z0-9]{17})+)(?![A-Za-z0-9])")
VIN_PIECE: Final = re.compile(r"(?=.*\d|[A-Z]{5})[A-Z0-9]{4,16}")
USCC: Final = re.compile(r"(?<![A-Z0-9])[0-9A-Z]{18}(?![A-Z0-9])")
NUMBER_LABEL: Final = re.compile(
    r"编号(?: ?No\.?)?|文号|(?<![A-Za-z])No\.|(?<![A-Za-z])Ref(?:erence)?\.?(?=[ :])", _IGNORE
)
NUMBER: Final = re.compile(r"[A-Z0-9][A-Z0-9()\[\]〔〕/_-]{3,40}", _IGNORE)
# Said plainly: the date may stand below. A bare 日期 counts only at the start of its line.
ISSUED: Final = re.compile(
    r"(?:签发|出具|开具)日期(?: ?date(?: ?of ?issue)?)?|date ?of ?issue|issued? ?(?:date|on)",
    _IGNORE,
)
DATED: Final = re.compile(r"(?<!\S)(?:日期(?: ?date)?|date(?= ?:))", _IGNORE)
UNTIL: Final = re.compile(
    r"有效期(?:限)?(?:至|到)(?: ?valid ?until)?|valid ?(?:until|through|till|to)", _IGNORE
)
DESTINATION: Final = re.compile(
    r"(?:出口国(?:别|家)|目的(?:国|地))(?: ?destination(?: ?country)?)?"
    r"|destination(?: ?country)?|country ?of ?destination",
    _IGNORE,
)
# What the running words say between "exported to" and the end of that thought.
BOUND_FOR: Final = re.compile(
    r"(?:出口(?:至|到|往)|运往|销往|export(?:ed)? ?to)(.{1,200}?)(?:后|,由|[。;.]|$)", _IGNORE
)
_SEALED: Final = r"(?: ?\((?:盖章|公章|签章)\))?"
MAKER: Final = re.compile(
    r"生产(?:企业|厂家|厂商)(?: ?manufacturer)?|(?<![a-z])manufacturer(?= ?:|$)", _IGNORE
)
MADE_BY: Final = re.compile(r"由([^,。;:由]{2,40}?(?:公司|厂))(?:制造|生产)")
ISSUER: Final = re.compile(
    rf"(?:出具|签发)单位{_SEALED}(?: ?Issued ?by)?|(?<![a-z])i?ssued ?by", _IGNORE
)
COMPANY: Final = re.compile(rf"(?:公司|厂){_SEALED}$|(?:Co\.?,? ?)?(?:Ltd|Inc)\.?$", _IGNORE)
COMPANY_ALONE: Final = re.compile(rf"[^\s,;:]{{4,40}}(?:公司|厂){_SEALED}")
EXPORTER: Final = re.compile(
    r"出口(?:企业|商|单位)(?: ?exporter)?|(?<![a-z])exporter(?= ?:|$)", _IGNORE
)
# A letter begins with whom it is written to.
ADDRESSED: Final = re.compile(r"(?:致:? ?)?(\S{4,60}公司):")
OUTLETS: Final = re.compile(
    r"(?:境外)?(?:售后)?(?:维修)?服务网点|after-sales ?outlets|service ?outlets", _IGNORE
)
OUTLETS_END: Final = re.compile(
    r"(?:签发|出具|开具)?日期|date ?:|date ?of ?issue|有效期|valid ?until|我(?:单位|公司)"
    r"|we ?confirm|附件|\d+ ?/ ?\d+$",
    _IGNORE,
)
VIN_COLUMNS: Final[Mapping[str, re.Pattern[str]]] = {
    "number": re.compile(r"序号|^No\.?$", _IGNORE),
    "vin": re.compile(r"车架号|车辆识别|VIN", _IGNORE),
    "brand": re.compile(r"品牌|brand|make", _IGNORE),
    "model": re.compile(r"型号|model", _IGNORE),
    "registered_on": re.compile(r"登记日期|注册日期|registered", _IGNORE),
}
OUTLET_COLUMNS: Final[Mapping[str, re.Pattern[str]]] = {
    "country": re.compile(r"国家|国别|country", _IGNORE),
    "phone": re.compile(r"电话|phone|tel", _IGNORE),
    "address": re.compile(r"地址|address", _IGNORE),
    "provider": re.compile(r"服务商|provider|operator", _IGNORE),
    "name": re.compile(r"名称|网点|outlet|name", _IGNORE),
}
