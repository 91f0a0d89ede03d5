"""What Enter does where a spreadsheet is mended: no more than what stands beside the field."""

import re

from tests import sheets
from tests.documents.test_sheets import bring, clerk, exporter

__all__ = ["clerk", "exporter"]  # fixtures


def test_enter_in_a_value_writes_that_value_and_no_other_repair(exporter, clerk, client):
    rows = [sheets.clean_row(n, country="Kazakstan") for n in range(3)]
    sheet = bring(exporter, clerk, sheets.workbook(rows))
    client.force_login(clerk)

    page = client.get(f"/portal/import/{sheet.key}/").content.decode()

    forms = re.findall(r"<form.*?</form>", page, re.S)
    presses = {
        re.search(r'name="do" value="(\w+):', form)[1]: 'name="value-' in form
        for form in forms
        if 'name="do"' in form
    }
    assert presses == {"fix": False, "value": True}
