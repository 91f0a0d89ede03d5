"""What the headers of a spreadsheet mean, in either language. Pure; also runs in the child."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Final

ROW_ID: Final = "chuguan_row"
REASON: Final = "chuguan_reason"
SYNONYMS: Final[dict[str, str]] = {
    "vin": "VIN 车架号 车辆识别代号 车辆识别代号车架号 车辆识别码 识别代号 底盘号 车架"
    " VIN码 VIN号 VIN_code VIN_number chassis chassis_no chassis_number frame_number"
    " vehicle_identification_number",
    "brand": "品牌 车辆品牌 厂牌 商标 中文品牌 brand make car_brand",
    "model": "型号 车辆型号 车型 车型号 厂牌型号 model vehicle_model type_model model_number",
    "maker_name": "生产企业 制造厂名称 制造厂 生产厂家 厂家 制造商 生产商 车辆制造企业名称"
    " 生产企业名称 manufacturer maker maker_name manufacturer_name producer",
    "kind": "车辆类型 种类 车辆种类 类型 kind vehicle_type vehicle_kind category body_type",
    "fuel": "燃料种类 燃料 燃料类型 能源类型 动力类型 能源 fuel fuel_type energy powertrain",
    "origin": "国产进口 国产或进口 来源 产地 origin made_in domestic_imported",
    "use": "使用性质 用途 use usage use_type",
    "hs_code": "HS编码 海关编码 商品编码 税号 税则号 商品编号 HS HS_code hscode customs_code"
    " tariff_code commodity_code",
    "odometer_km": "里程 行驶里程 里程数 公里数 表显里程 里程公里 odometer mileage km odometer_km",
    "certificate_number": "登记证书编号 登记证编号 机动车登记证书编号 登记证书号 证书编号"
    " certificate_number registration_certificate certificate_no certificate",
    "owner_name": "所有人 机动车所有人 车主 所有人名称 登记所有人 owner owner_name",
    "owner_uscc": "所有人代码 统一社会信用代码 信用代码 所有人统一社会信用代码 owners_code"
    " owner_code uscc credit_code owner_uscc",
    "produced_on": "生产日期 出厂日期 制造日期 produced_on production_date date_of_production"
    " manufactured_on build_date",
    "registered_on": "注册登记日期 登记日期 初次登记日期 首次登记日期 上牌日期 注册日期 初登日期"
    " registered_on registration_date first_registration date_of_registration registered",
    "transferred_on": "转让登记日期 转移登记日期 转让待出口日期 过户日期 转移日期 转让日期"
    " transferred_on transfer_date transferred_pending_export_on transferred",
    "destination": "目的国 目的地 目的国地区 出口国 出口国家 目的国家 国家 运抵国"
    " destination country destination_country export_country",
    "port": "口岸 出口口岸 离境口岸 出境口岸 港口 port port_of_exit exit_port port_of_loading",
    "contract_number": "合同号 合同编号 外贸合同号 合同协议号 contract contract_number contract_no",
    ROW_ID: "chuguan_row",
    REASON: "chuguan_reason 需要修改 what_to_fix",
}
FIELDS: Final = tuple(name for name in SYNONYMS if name not in (ROW_ID, REASON))
NEEDED: Final = ("vin", "brand", "model", "maker_name", "hs_code")
TERMS: Final = ("destination", "port", "contract_number")
MOST_ROWS: Final = 5000
_BRACKETS: Final = re.compile(r"[(\[【]([^)\]】]*)[)\]】]")
_PARTS: Final = re.compile(r"[/|、\n·]+")


def plain(head: object) -> str:
    """Return *head* without case, width, blanks and signs, to compare it by."""
    folded = unicodedata.normalize("NFKC", str(head if head is not None else "")).lower()
    return "".join(sign for sign in folded if sign.isalnum())


_KNOWN: Final = {plain(word): field for field, words in SYNONYMS.items() for word in words.split()}


def recognise(head: object) -> str:
    """Return the field that *head* names in either language, empty if none."""
    text = unicodedata.normalize("NFKC", str(head if head is not None else ""))[:200]
    outside = _BRACKETS.sub(" ", text)
    chinese = "".join(sign for sign in outside if not sign.isascii())
    latin = "".join(sign if sign.isascii() else " " for sign in outside)
    said = [text, outside, *_PARTS.split(outside), chinese, latin, *_BRACKETS.findall(text)]
    return next((_KNOWN[plain(part)] for part in said if plain(part) in _KNOWN), "")


def columns_of(heads: Sequence[object]) -> list[str]:
    """Return the field of each of *heads*; of two that name the same the first counts."""
    taken: set[str] = set()
    columns = []
    for head in heads:
        field = recognise(head)
        columns.append(field if field not in taken else "")
        taken.add(field)
    return columns


def score(cells: Sequence[Any]) -> int:
    """Return how many different fields *cells* name: a row of headers names many."""
    return len({field for cell in cells if isinstance(cell, str) and (field := recognise(cell))})


def fingerprint(heads: Sequence[str]) -> str:
    """Return a digest by which the same headers are known again; our own columns do not count."""
    kept = [plain(head) for head in heads if recognise(head) not in (ROW_ID, REASON)]
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()


def are_enough(columns: Sequence[str]) -> bool:
    """Tell whether *columns* hold all that a vehicle needs."""
    return set(NEEDED) <= set(columns)
