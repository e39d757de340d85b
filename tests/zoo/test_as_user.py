# SPDX-License-Identifier: Apache-2.0
"""The zoo once more with the gate as an ordinary user, where the tests run as root: the cases that may know the difference.

MODELGATE_ZOO=all runs every case so.
"""

from __future__ import annotations

import os
import unittest

import test_zoo   # not its classes: they would be run here, too
import bad_surroundings
import ordinary_user
from support import announce_skip

ALL = os.environ.get("MODELGATE_ZOO") == "all"
CASES = [case for case in test_zoo.CASES
         if case.needs != "root" and (ALL or case.user or case.needs == "user" or case in bad_surroundings.CASES)]


class AsUser(test_zoo.Visit):
    ordinary = True

    @classmethod
    def setUpClass(cls) -> None:
        if why := ordinary_user.hindrance():
            announce_skip(f"zoo.as_user: {why}")
        super().setUpClass()

    def test_models_that_hang_crash_or_hoard_are_among_the_cases(self) -> None:
        names = {case.name for case in self.cases}
        self.assertLessEqual({"model_endless", "model_wild_write", "model_hoards", "file_fifo", "a_disk_of_no_bytes"}, names)


AsUser.holds(CASES)

if __name__ == "__main__":
    unittest.main()
