# SPDX-License-Identifier: Apache-2.0
"""The completion scripts in a real bash and a real zsh: commands, options, families, metrics and files."""
import os
import pathlib
import pty
import shutil
import subprocess
import tempfile
import threading
import unittest

from support import BINARY

ASK = r'''
source <(modelgate completion bash)
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _modelgate; printf '%s\n' "${COMPREPLY[@]}"
'''

ZSH = r'''
PS1=; source <(modelgate completion zsh)
tell() { print -r -- "$BUFFER" >$TOLD; exit }
zle -N tell; bindkey '^X' tell
'''


def in_zsh(typed: str) -> str:
    """What stands on the command line of an interactive zsh after these words and a TAB."""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, ".zshrc").write_text(ZSH, encoding="utf-8")
        told = pathlib.Path(folder, "told")
        environment = os.environ | {"PATH": f"{BINARY.parent}{os.pathsep}{os.environ['PATH']}", "TERM": "dumb",
                                    "ZDOTDIR": folder, "TOLD": str(told), "HOME": folder}
        ours, theirs = pty.openpty()
        with subprocess.Popen(["zsh", "-i", "-o", "noglobalrcs"], stdin=theirs, stdout=theirs, stderr=theirs, env=environment,
                              start_new_session=True) as shell:
            os.close(theirs)
            threading.Thread(target=drain, args=(ours,), daemon=True).start()
            os.write(ours, f"{typed}\t\x18".encode())
            try:
                shell.wait(timeout=60)
            finally:
                shell.kill()
        return told.read_text(encoding="utf-8")


def drain(terminal: int) -> None:
    """Reads what a shell prints, so that it never waits for a reader."""
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:
        os.close(terminal)


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

    def test_files_are_those_that_an_option_or_command_reads(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("gate.yaml", "gate.txt", "report.json"):
                pathlib.Path(folder, name).touch()
            pathlib.Path(folder, "gates").mkdir()
            here = f"{folder}/"
            self.assertEqual(self.complete("modelgate", "run", "-c", here + "ga"), [here + "gates", here + "gate.yaml"])
            self.assertEqual(self.complete("modelgate", "verify", here + "r"), [here + "report.json"])
            self.assertIn(here + "gate.txt", self.complete("modelgate", "run", "--dataset", here + "gate"))

    @unittest.skipUnless(shutil.which("zsh"), "no zsh here")
    def test_zsh_completes_at_a_tab(self):
        for typed, completed in (("modelgate ru", "modelgate run"), ("modelgate run --on", "modelgate run --only"),
                                 ("modelgate explain equalized_odds_d", "modelgate explain equalized_odds_difference")):
            with self.subTest(typed):
                self.assertEqual(in_zsh(typed).strip(), completed)

    def test_another_shell_is_a_usage_error(self):
        self.assertEqual(subprocess.run([BINARY, "completion", "fish"], capture_output=True, check=False).returncode, 2)


if __name__ == "__main__":
    unittest.main()
