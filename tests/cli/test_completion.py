# SPDX-License-Identifier: Apache-2.0
"""The completion script in a real bash: it completes commands, options, families and metrics."""
import os
import subprocess
import unittest

from support import BINARY

ASK = r'''
source <(modelgate completion bash)
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _modelgate; printf '%s\n' "${COMPREPLY[@]}"
'''


class Completion(unittest.TestCase):
    def complete(self, *words: str) -> list[str]:
        environment = os.environ | {"PATH": f"{BINARY.parent}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(["bash", "--norc", "-c", ASK, "bash", *words], env=environment, capture_output=True,
                              text=True, check=True)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_commands_options_families_and_metrics(self):
        self.assertEqual(self.complete("modelgate", "ru"), ["run"])
        self.assertIn("completion", self.complete("modelgate", ""))
        self.assertEqual(self.complete("modelgate", "run", "--on"), ["--only"])
        self.assertEqual(self.complete("modelgate", "run", "--only", "lat"), ["latency"])
        self.assertIn("equalized_odds_difference", self.complete("modelgate", "explain", "equal"))

    def test_the_script_for_zsh_parses(self):
        script = subprocess.run([BINARY, "completion", "zsh"], capture_output=True, text=True, check=True).stdout
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
        self.assertTrue(script.startswith("autoload"))

    def test_another_shell_is_a_usage_error(self):
        self.assertEqual(subprocess.run([BINARY, "completion", "fish"], capture_output=True, check=False).returncode, 2)


if __name__ == "__main__":
    unittest.main()
