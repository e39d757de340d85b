# SPDX-License-Identifier: Apache-2.0
"""report.html in headless Chromium: under Jenkins's content-security policy, from a folder, with scripts and without,
in light and dark, wide and as narrow as a phone."""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from support import BINARY, REPOSITORY, Case, run_modelgate

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
NODE_FOLDER = REPOSITORY / "tests/node"
VALIDATOR = NODE_FOLDER / "node_modules/.bin/html-validate"
RENDER_SAMPLE = BINARY.with_name("render_sample")
POLICY = "sandbox; default-src 'none'; img-src 'self'; style-src 'self';"   # Jenkins's default for build artifacts


def node() -> str | None:
    """The environment's own Node; a system's is often too old."""
    own = REPOSITORY / ".venv/bin/node"
    return str(own) if own.exists() else shutil.which("node")


class UnderPolicy(http.server.SimpleHTTPRequestHandler):
    """Serves a folder as Jenkins serves a build's reports."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def is_missing() -> str:
    if not Path(CHROMIUM).exists():
        return "chromium is not installed (ci/setup tests)"
    if node() is None or not (NODE_FOLDER / "node_modules/playwright-core").exists() or not VALIDATOR.exists():
        return "the Node packages of tests/node are not installed (ci/setup tests)"
    return "" if RENDER_SAMPLE.exists() else f"{RENDER_SAMPLE} is not built"


def sample(name: str, folder: Path) -> Path:
    subprocess.run([RENDER_SAMPLE, name, "page", folder], check=True)
    return folder / "report.html"


def browse(jobs: list[dict]) -> list[dict]:
    run = subprocess.run([node(), NODE_FOLDER / "read_page.mjs", CHROMIUM, json.dumps(jobs)], capture_output=True,
                         text=True, timeout=300, env={**os.environ, "HOME": tempfile.gettempdir()})
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout)


@unittest.skipIf(is_missing(), is_missing())
class Pages(unittest.TestCase):
    NAMES = ("fraud", "passing", "gate_error", "hostile")

    @classmethod
    def setUpClass(cls) -> None:
        cls.root = Path(tempfile.mkdtemp(prefix="modelgate-page-"))
        cls.addClassCleanup(shutil.rmtree, cls.root)
        for name in cls.NAMES:
            sample(name, cls.root / name)
        handler = functools.partial(UnderPolicy, directory=str(cls.root))
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/{name}/report.html"

    def assert_whole(self, found: dict) -> None:
        """What is true of every page, however it is read."""
        self.assertEqual(found["said"], [])
        self.assertEqual([image["src"] for image in found["images"] if image["width"] == 0], [])
        self.assertEqual([image["src"] for image in found["images"] if not image["alt"]], [])
        self.assertLessEqual(found["overflow"], 0, "the page is wider than its window")
        self.assertEqual((found["dangling"], found["twice"]), ([], []), "anchors")
        self.assertEqual(found["scripts"], 0)
        self.assertTrue(found["verdict_seen"], "the verdict is not in sight")

    def test_shows_under_the_policy_of_jenkins_and_from_a_folder_without_scripts(self) -> None:
        jobs = [{"name": name, "url": url, "scheme": scheme, "width": width, "scripts": False}
                for name in self.NAMES for url in (self.url(name), (self.root / name / "report.html").as_uri())
                for scheme, width in (("light", 1280), ("dark", 360))]
        backgrounds = set()
        for job, found in zip(jobs, browse(jobs), strict=True):
            with self.subTest(**job):
                self.assert_whole(found)
                backgrounds.add((job["scheme"], found["background"]))
        self.assertEqual(backgrounds, {("light", "rgb(244, 245, 247)"), ("dark", "rgb(18, 21, 26)")},
                         "the style sheet was not applied")

    def test_says_the_verdict_and_why(self) -> None:
        jobs = [{"url": self.url(name), "scheme": "light", "width": 1280, "scripts": False} for name in self.NAMES]
        fraud, passing, error, _ = browse(jobs)
        self.assertTrue(fraud["verdict"].startswith("Blocked"))
        self.assertIn("recall in sex=F, age_band=18-29 fell by 0.0810, more than the allowed 0.0500", fraud["text"])
        self.assertIn("beyond the required 0.800", fraud["text"])
        for page in (fraud, passing):   # of the gate's own cost every report speaks
            self.assertIn("takes 41.0 µs of each request, alike for both models", page["text"])
        self.assertTrue(passing["verdict"].startswith("Pass"))
        self.assertIn("Exit 0", passing["text"])
        self.assertTrue(error["verdict"].startswith("Error"))
        self.assertIn("matches no file", error["text"])
        self.assertGreater(len(fraud["images"]), 10)
        self.assertEqual(error["images"], [])

    def test_axe_finds_nothing_wrong(self) -> None:
        jobs = [{"name": name, "url": self.url(name), "scheme": scheme, "width": width, "scripts": True}
                for name in self.NAMES for scheme in ("light", "dark") for width in (360, 1280)]
        for job, found in zip(jobs, browse(jobs), strict=True):
            with self.subTest(**job):
                self.assertEqual(found["axe"], [])
                self.assertGreater(found["rules"], 10, "axe-core did not run")

    def test_is_valid_html(self) -> None:
        pages = [str(self.root / name / "report.html") for name in self.NAMES]
        run = subprocess.run([node(), VALIDATOR, "--preset", "standard,a11y", "--formatter", "text", *pages],
                             capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stdout), (0, ""), run.stderr)
        broken = self.root / "broken.html"
        broken.write_text("<!DOCTYPE html><html><head></head><body><p><div></p></body></html>", encoding="utf-8")
        run = subprocess.run([node(), VALIDATOR, "--preset", "standard", str(broken)], capture_output=True)
        self.assertNotEqual(run.returncode, 0, "the validator sees nothing")

    def test_links_of_hostile_texts_stay_texts(self) -> None:
        found = browse([{"url": self.url("hostile"), "scheme": "light", "width": 1280, "scripts": False}])[0]
        self.assertEqual(found["addresses"], [])
        self.assertIn("<img src=x onerror=alert(1)>", found["text"])

    def test_three_thousand_checks_open(self) -> None:
        page = sample("many", self.root / "many")
        found = browse([{"url": page.as_uri(), "scheme": "light", "width": 1280, "scripts": False}])[0]
        self.assert_whole(found)
        self.assertGreater(len(found["images"]), 60)
        self.assertIn("merchant=3999", found["text"])


@unittest.skipIf(is_missing(), is_missing())
class RealRuns(Case):
    def test_a_run_writes_a_page_that_shows_what_broke(self) -> None:
        run = run_modelgate("run", "--candidate", "bad.csv", cwd=self.folder, folder=self.folder / "modelgate-report/tiny")
        self.assertEqual(run.code, 1)
        page = self.folder / "modelgate-report/tiny/report.html"
        found = browse([{"url": page.as_uri(), "scheme": "light", "width": 360, "scripts": True}])[0]
        self.assertEqual((found["said"], found["axe"], found["dangling"], found["twice"]), ([], [], [], []))
        self.assertTrue(found["verdict"].startswith("Blocked"))
        self.assertEqual([image["src"] for image in found["images"] if image["width"] == 0], [])
        for check in run.report["checks"]:
            if check["blocking"]:
                self.assertIn(check["message"], found["text"])

    def test_pictures_of_an_earlier_run_are_gone(self) -> None:
        self.assertEqual(run_modelgate("run", "-o", "out/", "--candidate", "bad.csv", cwd=self.folder).code, 1)
        files = self.folder / "out/report.files"
        (files / "limit-77.svg").write_text("<svg/>", encoding="utf-8")
        (files / "mine.svg").write_text("<svg/>", encoding="utf-8")
        self.assertEqual(run_modelgate("run", "-o", "out/", cwd=self.folder).code, 0)
        left = {path.name for path in files.iterdir()}
        page = (self.folder / "out/report.html").read_text(encoding="utf-8")
        self.assertEqual({name for name in left if name not in page}, {"mine.svg"})


if __name__ == "__main__":
    unittest.main()
