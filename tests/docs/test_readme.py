# SPDX-License-Identifier: Apache-2.0
"""Every command of the README and of the guides is run, in order, and must end with the exit code behind it.

A fenced block of language `sh` is run line by line in the project's root. A line may say `# exit 1` at its end. Blocks of
other languages are not run: `console` shows output, `shell` needs a machine that has nothing yet (clone, set-up).
"""
import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def commands(document):
    """Each command of a guide with the exit code it must end with."""
    for block in re.findall(r"^```sh\n(.*?)^```", document.read_text(), re.S | re.M):
        for line in block.replace("\\\n", " ").splitlines():
            if line.strip() and not line.startswith("#"):
                code = re.search(r"# exit (\d+)\s*$", line)
                yield line, int(code.group(1)) if code else 0


class Readme(unittest.TestCase):
    def test_every_command_ends_as_the_readme_says(self):
        tools = os.pathsep.join([str(pathlib.Path(os.environ["MODELGATE_BIN"]).parent), str(ROOT / ".venv" / "bin")])
        environment = os.environ | {"PATH": tools + os.pathsep + os.environ["PATH"], "CI": "1"}
        for document, fewest in (("README.md", 6), ("ci/README.md", 2), ("gate/report/README.md", 3), ("gate/after/README.md", 9),
                                 ("gate/selftest/README.md", 2)):
            ran = 0
            for line, expected in commands(ROOT / document):
                with self.subTest(line):
                    done = subprocess.run(["bash", "-c", line], cwd=ROOT, env=environment, capture_output=True, text=True)
                    self.assertEqual(done.returncode, expected, f"{line}\n{done.stdout}\n{done.stderr}")
                    ran += 1
            self.assertGreaterEqual(ran, fewest, f"{document} lost its commands")


if __name__ == "__main__":
    unittest.main()
