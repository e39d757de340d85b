# SPDX-License-Identifier: Apache-2.0
"""Load shapes: a real model under single stream, offline and server load; what a policy's rate may become."""
import re
import unittest

from support import Case, FIXTURES, GENERATED, run_modelgate

MODELS = GENERATED / "breast_cancer"
GATE = (FIXTURES / "breast_cancer" / "modelgate.yaml").read_text(encoding="utf-8").replace(
    "../generated/breast_cancer", str(MODELS))
HEAD = GATE[:GATE.index("checks:")]
SERVER = "{metric: latency_p95, load: server, rate: 40/s, clients: 4, max: 10s}"
POLICY = """\
version: 1
task: binary
on_inconclusive: guard
checks:
  latency:
    - {metric: latency_p95, load: server, rate: 100/s, clients: 4, max: 1s}
"""


class Loads(Case):
    def run_with(self, *checks: str, head: str = HEAD, arguments: tuple = ()):
        self.gate(head + "checks:\n  latency:\n" + "".join(f"    - {check}\n" for check in checks))
        return self.run_gate(*arguments, timeout=400)  # caps of 60 s a shape, on a busy machine

    def test_a_real_model_is_timed_under_each_load(self):
        run = self.run_with("{metric: latency, load: offline, batch: 32, max_regression: 400%}", SERVER)
        self.assert_agreement(run)
        self.assert_code(run, 0)
        offline = run.checks["latency.latency.max_regression.batch=32.load=offline"]["latency"]
        self.assertEqual((offline["load"], offline["batch"]), ("offline", 32))
        self.assertGreater(offline["candidate"]["rows_per_s"], 0)
        self.assertIsNotNone(offline["cpu"])
        self.assertIsNotNone(offline["wall"])
        self.assertIsNone(offline["late_p50_us"])

        check = run.checks["latency.latency_p95.max.load=server"]
        server = check["latency"]
        self.assertEqual((server["load"], server["rate"], server["clients"]), ("server", 40, 4))
        self.assertEqual((check["load"], check["rate"], check["clients"]), ("server", 40, 4))
        self.assertIsNone(server["cpu"], "nothing is compared under load server")
        self.assertIsNone(server["wall"])
        self.assertEqual(server["control"]["rounds"], 0)
        for side in (server["candidate"], server["production"]):
            self.assertGreater(side["utilisation"]["value"], 0)
            self.assertLess(side["utilisation"]["interval"][1], 1)
            self.assertGreater(side["rows_per_s"], 0)
            self.assertLessEqual(side["rows_per_s"], 40.0001, "no more than the rate can be served")
        self.assertGreaterEqual(server["late_p99_us"], server["late_p50_us"])
        self.assertGreaterEqual(server["requests"], 6 * 60)
        self.assertEqual(offline["gate_cost_us"], 0, "a streamed batch does not wait for the gate")

    def test_a_rate_beyond_the_model_never_passes_and_ends(self):
        run = self.run_with("{metric: latency_p50, load: server, rate: 100000/s, max: 100s}",
                            head=re.sub(r"production:\n(  .*\n)+", "", HEAD), arguments=("--first-release",))
        self.assert_agreement(run)
        self.assert_code(run, 1)
        check = run.checks["latency.latency_p50.max.load=server"]
        self.assertIn(check["outcome"], ("fail", "inconclusive"))
        self.assertRegex(check["message"], r"^(The candidate|It is not shown that the candidate) .*serve 100000/s")
        self.assertGreater(check["latency"]["candidate"]["utilisation"]["value"], 1)

    def test_what_each_load_means_is_explained(self):
        text = run_modelgate("explain", "latency", cwd=self.folder).stdout
        for words in ("`load: single_stream`", "`load: offline`", "`load: server`", "Poisson", "intended arrival", "absolute"):
            self.assertIn(words, " ".join(text.split()))

    def test_a_policy_s_rate_may_be_raised_and_never_lowered(self):
        (self.folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
        head = HEAD.replace("task: binary\n", "extends: policy.yaml\n").replace("on_inconclusive: guard\n", "")
        entry = "checks: {latency: [{metric: latency_p95, load: server, rate: %s, max: 1s}]}\n"
        for changes, message in (("150/s", None), ("100/s, clients: 4", None),
                                 ("99/s", '"rate" 99/s is looser than 100/s'),
                                 ("100/s, clients: 9", '"clients" 9 is not 4')):
            with self.subTest(changes):
                self.gate(head + entry % changes)
                run = run_modelgate("validate", "--resolved", cwd=self.folder)
                self.assertEqual(run.code, 2 if message else 0, run.stderr)
                self.assertIn(message or "", run.stderr)


if __name__ == "__main__":
    unittest.main()
