# SPDX-License-Identifier: Apache-2.0
"""What the tests of stored reports share."""

from __future__ import annotations

import datetime
import json

from support import GATE, Case, run_modelgate

PASSES = ("metric: recall, max_regression: 20pp", "metric: recall, max_regression: 40pp")
FORMATS = ("junit.xml", "report.json", "summary.md", "metrics.prom", "results.sarif")
# What may stand in the environment of a CI of our own must not reach these runs.
NOWHERE = {"GIT_COMMIT": "", "BUILD_URL": "", "BRANCH_NAME": "", "CHANGE_ID": ""}


def utc(**ago: float) -> str:
    return (datetime.datetime.now(datetime.UTC) - datetime.timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


class After(Case):
    def setUp(self) -> None:
        super().setUp()
        self.gate(GATE, PASSES)

    def call(self, *words: object, **options):
        return run_modelgate(*words, cwd=self.folder, **options)

    def judge(self, name: str, *words: object, code: int = 0):
        out = self.folder / name
        extra = [word for f in FORMATS for word in ("-o", out / f)]
        run = run_modelgate("run", *extra, *words, cwd=self.folder, folder=out, environment=NOWHERE)
        self.assert_code(run, code)
        return run

    def edit(self, name: str, change) -> str:
        """A report with a change made by hand, beside the others."""
        path = self.folder / name / "report.json"
        report = json.loads(path.read_text())
        change(report)
        path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return f"{name}/report.json"
