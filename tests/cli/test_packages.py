# SPDX-License-Identifier: Apache-2.0
"""AOTInductor packages (.pt2): judged as the TorchScript file of the same model is; what does not fit is said."""

from __future__ import annotations

import hashlib
import subprocess
import unittest
import zipfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from init_case import InitCase, columns_of
from support import FIXTURES, GENERATED, Case, Run, announce_skip, run_modelgate
from test_models import LIVE, MODELS

BETTER = MODELS / "better.pt2"
LATENCY = LIVE[:LIVE.index("checks:")] + """\
checks:
  latency:
    - {metric: latency_p99, batch: 1, max: 60s}
    - {metric: latency_p99, batch: 16, max: 60s}
  resources: [{metric: model_size, max: 100MiB}]
"""
HOSTILE = r"""
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

__attribute__((constructor)) static void when_opened(void) {
  char path[4096];
  snprintf(path, sizeof path, "%s/filler", getenv("TMPDIR"));
  const int file = open(path, O_WRONLY | O_CREAT, 0600);
  fprintf(stderr, file < 0 ? "could not write, error %d\n" : "could write\n", errno);
  abort();
}
"""
# The same model both ways, in the shipped examples' gate files.
TWINS = {"fraud": "fraud_v2.3", "breast_cancer": "candidate", "digits": "candidate", "diabetes": "candidate"}


class Packages(Case):
    def setUp(self) -> None:
        if not BETTER.is_file():
            announce_skip("packages: fixtures/make_all.py made none, for want of a C++ compiler")
        super().setUp()
        self.gate(LIVE)

    def judged(self, candidate: object, *arguments: object, code: int = 0) -> Run:
        run = self.run_gate("--candidate", candidate, *arguments)
        self.assert_code(run, code)
        self.assert_agreement(run)
        return run

    def refusal(self, candidate: object, *arguments: object) -> str:
        """What the error of a candidate says; production is judged all the same."""
        run = self.judged(candidate, *arguments, code=3)
        check = run.checks["accuracy.accuracy.max_regression"]
        self.assertEqual(check["outcome"], "error")
        self.assertGreater(check["production"]["value"], 0.8)
        return check["message"]


class Twins(Packages):
    def test_a_package_is_judged_as_its_torchscript_twin_and_says_what_it_is(self) -> None:
        self.gate(LIVE, (f"{MODELS}/plain.pt", f"{MODELS}/better.pt"))
        run = self.judged(BETTER)
        for name, check in run.checks.items():
            with self.subTest(name):
                self.assertEqual(check["outcome"], "pass")
                if check["production"]:
                    self.assertAlmostEqual(check["candidate"]["value"], check["production"]["value"], places=6)
        models = run.report["models"]
        self.assertEqual((models["candidate"]["origin"], models["production"]["origin"]), ("aotinductor", "torchscript"))
        self.assertEqual(models["candidate"]["sha256"], hashlib.sha256(BETTER.read_bytes()).hexdigest())

    def scores(self, example: str, model: Path) -> dict[str, np.ndarray]:
        run = run_modelgate("predict", "-c", FIXTURES / example / "modelgate.yaml", "--model", "candidate", "--candidate",
                            model, "-o", f"{model.name}.parquet", cwd=self.folder)
        self.assert_code(run, 0)
        table = pq.read_table(self.folder / f"{model.name}.parquet")
        return {name: table[name].to_numpy() for name in table.column_names}

    def test_the_examples_packages_predict_what_their_twins_predict(self) -> None:
        for example, name in TWINS.items():
            with self.subTest(example):
                twins = [self.scores(example, GENERATED / example / "models" / f"{name}{kind}") for kind in (".pt", ".pt2")]
                self.assertEqual(list(twins[0]), list(twins[1]))
                for column, values in twins[0].items():
                    if np.issubdtype(values.dtype, np.floating):
                        np.testing.assert_allclose(twins[1][column], values, rtol=1e-5, atol=1e-5)
                    else:
                        np.testing.assert_array_equal(twins[1][column], values)

    def test_the_examples_packages_are_judged_as_their_twins(self) -> None:
        for example, name in TWINS.items():
            with self.subTest(example):
                text = (FIXTURES / example / "modelgate.yaml").read_text(encoding="utf-8").partition("  latency:")[0]
                self.gate(text, ("../generated", str(GENERATED)))
                models = GENERATED / example / "models"
                script, package = (self.judged(models / f"{name}{kind}") for kind in (".pt", ".pt2"))
                self.assertEqual(package.report["models"]["candidate"]["origin"], "aotinductor")
                self.assertEqual({i: c["outcome"] for i, c in package.checks.items()},
                                 {i: c["outcome"] for i, c in script.checks.items()})
                for check, entry in script.checks.items():
                    value = entry["candidate"]["value"]
                    self.assertAlmostEqual(package.checks[check]["candidate"]["value"], value, delta=1e-4 * max(1, abs(value)))

    def test_a_worse_candidate_is_blocked_by_a_package_in_production(self) -> None:
        self.gate(LIVE, (f"{MODELS}/plain.pt", str(BETTER)))
        run = self.judged(MODELS / "worse.pt", code=1)
        self.assertIn("accuracy.accuracy.max_regression", run.blocking())

    def test_an_entry_of_a_dict_is_chosen_as_of_torchscript(self) -> None:
        plain = self.judged(BETTER)
        self.gate(LIVE, (f"{{model: {MODELS}/better.pt}}", f"{{model: {MODELS}/dict.pt2, output: {{name: score}}}}"))
        run = self.run_gate()
        self.assert_code(run, 0)
        for check, result in run.checks.items():
            self.assertAlmostEqual(result["candidate"]["value"], plain.checks[check]["candidate"]["value"], places=6)
        self.gate(LIVE)
        self.assertIn("choose one of its entries by output.name: features, score", self.refusal(MODELS / "dict.pt2"))


class Timing(Packages):
    def test_its_latency_is_measured_row_by_row_and_in_batches(self) -> None:
        self.gate(LATENCY)
        run = self.judged(BETTER)
        self.assertEqual(run.report["models"]["candidate"]["origin"], "aotinductor")
        for batch in (1, 16):
            self.assertEqual(run.checks[f"latency.latency_p99.max.batch={batch}"]["outcome"], "pass")

    def test_a_package_that_does_not_fit_is_an_error_of_latency_alone_too(self) -> None:
        self.gate(LATENCY)
        run = self.judged(MODELS / "eight_rows.pt2", code=3)
        check = run.checks["latency.latency_p99.max.batch=16"]
        self.assertEqual(check["outcome"], "error")
        self.assertIn("compiled for exactly 8 rows at a time, and the gate gave it 16", check["message"])


class Shapes(Packages):
    def test_a_fixed_batch_says_how_to_export_any_and_runs_in_chunks_of_its_own(self) -> None:
        words = self.refusal(MODELS / "eight_rows.pt2")
        self.assertIn("compiled for exactly 8 rows at a time", words)
        self.assertIn("dynamic_shapes", words)
        self.assertIn("runtime.chunk: 8", words)
        whole = self.judged(BETTER)
        self.gate(LIVE + "runtime: {chunk: 8}\n")
        run = self.judged(MODELS / "eight_rows.pt2")   # it also asks libtorch for an operator by name
        for name, check in run.checks.items():
            self.assertAlmostEqual(check["candidate"]["value"], whole.checks[name]["candidate"]["value"], places=6)

    def test_a_last_chunk_of_one_row_is_no_hindrance(self) -> None:
        whole = self.judged(BETTER)
        self.gate(LIVE + f"runtime: {{chunk: {len(self.data['id']) - 1}}}\n")
        for name, check in self.judged(BETTER).checks.items():
            self.assertAlmostEqual(check["candidate"]["value"], whole.checks[name]["candidate"]["value"], places=6)

    def test_other_columns_types_or_numbers_of_inputs_are_refused_before_they_are_computed_with(self) -> None:
        for inputs, words in (("[{columns: [x0], dtype: float32}]", "input 1 of the gate file has not the shape"),
                              ("[{columns: [x0, x1], dtype: float64}]", "input 1 of the gate file has another dtype"),
                              ("[{columns: [x0], dtype: float32}, {columns: [x1], dtype: float32}]",
                               "takes 1 inputs, and the gate file names 2")):
            with self.subTest(inputs):
                self.gate(LIVE, (f"{{model: {MODELS}/better.pt}}", f"{{model: {BETTER}, inputs: {inputs}}}"))
                run = self.run_gate()
                self.assert_code(run, 3)
                self.assertIn(words, run.checks["accuracy.accuracy.max_regression"]["message"])

    def test_text_is_refused_before_a_model_is_opened(self) -> None:
        self.gate(LIVE, (f"{{model: {MODELS}/better.pt}}",
                         f"{{model: {BETTER}, inputs: [{{columns: [group], dtype: string}}]}}"))
        run = self.run_gate()
        self.assert_code(run, 2)
        self.assertIn("takes tensors, and an input is text", run.stderr + run.stdout)

    def test_a_gpu_is_refused_with_what_to_write(self) -> None:
        self.gate(LIVE + "runtime: {device: cuda}\n")
        run = self.run_gate("--candidate", BETTER)
        self.assert_code(run, 3)
        self.assertIn("packages run on the CPU alone", run.texts["report.json"])


class Broken(Packages):
    def changed(self, name: str, drop: str = "", more: dict[str, bytes] | None = None, of: Path = BETTER) -> Path:
        """A sound package without the members that end so, with some more."""
        path = self.folder / name
        with zipfile.ZipFile(of) as old, zipfile.ZipFile(path, "w") as new:
            for member in old.namelist():
                if not drop or not member.endswith(drop):
                    new.writestr(member, old.read(member))
            for member, data in (more or {}).items():
                new.writestr(member, data)
        return path

    def test_unpacked_and_packed_again_it_is_the_same_model(self) -> None:
        self.judged(self.changed("again.pt2"))

    def test_what_torchs_own_loader_would_obey_is_refused(self) -> None:
        escaped = self.folder / "escaped"
        folder = "better/data/aotinductor/model"   # the writer begins with the file's own name
        cases = {"slip": (self.changed("slip.pt2", more={f"{folder}/../../../..{escaped}": b"x"}), "name"),
                 "source": (self.changed("source.pt2", drop=".so"), "the gate compiles nothing"),
                 "two": (self.changed("two.pt2", more={f"{folder}/b.so": b"x"}), "2 shared libraries"),
                 "script": (self.changed("script.pt2", ".so", {f"{folder}/a.so": b"#!/bin/sh\n" * 9}),
                            "no shared library of Linux")}
        for name, (path, words) in cases.items():
            with self.subTest(name):
                self.assertIn(words, self.refusal(path))
        self.assertFalse(escaped.exists())

    def test_weights_beside_the_library_are_all_there_or_refused(self) -> None:
        package = GENERATED / "diabetes/models/candidate.pt2"
        with zipfile.ZipFile(package) as archive:
            (name,) = (n for n in archive.namelist() if n.endswith("_weights.blob"))
            weights = archive.read(name)
        for words, more in ((f"has 8 bytes of weights, and its library wants {len(weights)}", {name: weights[:8]}),
                            ("bytes of weights, and its library wants", {name: weights + bytes(64)}), ("has no weights", {})):
            with self.subTest(words):
                self.assertIn(words, self.refusal(self.changed("weights.pt2", "_weights.blob", more, of=package)))
        beside = self.changed("beside.pt2", more={"better/data/aotinductor/model/a_weights.blob": bytes(64)})
        self.assertIn("weights beside a library that brings its own", self.refusal(beside))

    def test_an_operator_that_libtorch_has_not_is_refused_with_what_to_do(self) -> None:
        package = MODELS / "eight_rows.pt2"
        with zipfile.ZipFile(package) as archive:
            (name,) = (n for n in archive.namelist() if n.endswith(".wrapper.json"))
            asked = archive.read(name)
        self.assertIn(b"aten::_linalg_svd", asked)
        path = self.changed("own.pt2", ".wrapper.json", {name: asked.replace(b"aten::_linalg_svd", b"mine::svd")}, of=package)
        self.assertIn("has the operators of libtorch alone", self.refusal(path))

    def test_its_code_writes_no_file_from_its_first_moment_on(self) -> None:
        source, library = self.folder / "hostile.c", self.folder / "hostile.so"
        source.write_text(HOSTILE, encoding="utf-8")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
        more = {"better/data/aotinductor/model/hostile.so": library.read_bytes()}
        words = self.refusal(self.changed("hostile.pt2", ".so", more))
        self.assertIn("could not write, error 1", words)   # EPERM: it is the filter that stops it

    def test_a_truncated_package_is_an_error(self) -> None:
        cut = self.folder / "cut.pt2"
        cut.write_bytes(BETTER.read_bytes()[:20_000])
        self.assertIn("cannot be read as a zip archive", self.refusal(cut))

    def test_a_file_under_the_other_kinds_name_is_told_to_be_renamed(self) -> None:
        script, package = self.folder / "script.pt2", self.folder / "package.pt"
        script.write_bytes((MODELS / "better.pt").read_bytes())
        package.write_bytes(BETTER.read_bytes())
        self.assertIn("rename it so that it ends in .pt,", self.refusal(script))
        self.assertIn("rename it so that it ends in .pt2", self.refusal(package))


class Init(InitCase):
    def test_a_package_gets_a_gate_file_like_any_model(self) -> None:
        package = GENERATED / "breast_cancer/models/candidate.pt2"
        if not package.is_file():
            announce_skip("packages: fixtures/make_all.py made none, for want of a C++ compiler")
        self.init("--candidate", package, "--production", GENERATED / "breast_cancer/models/production.pt",
                  "--dataset", GENERATED / "breast_cancer/golden.parquet")
        self.judged()
        self.assertIn("AOTInductor package", self.text())
        self.assertEqual(columns_of(self.written()["production"]), [["mean_*"]])


if __name__ == "__main__":
    unittest.main()
