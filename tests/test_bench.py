"""The bench of the workbench runs, and what it counts holds, however few the cases."""

import re
import subprocess
import sys

import pytest

from tests.services import ROOT

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]


def test_the_workbench_is_measured_from_end_to_end():
    bench = [sys.executable, "bench/workbench.py", "--cases", "3000", "--rounds", "1"]
    run = subprocess.run(bench, cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
    counted = dict(re.findall(r"queries of the ([a-z ]+): \d+ .+ (ok|missed)", run.stdout))
    assert counted == {"queue page": "ok", "case page": "ok", "board": "ok"}
    assert "3000 cases, 22 of them open" in run.stdout
