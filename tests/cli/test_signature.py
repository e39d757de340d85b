# SPDX-License-Identifier: Apache-2.0
"""A model that must be signed: bundles of the real model_signing tool, and what becomes of one that does not hold."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import unittest
from pathlib import Path

import model_signing
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from support import Run, run_modelgate
from test_models import LIVE, MODELS, LiveCase


class Signed(LiveCase):
    def setUp(self) -> None:
        super().setUp()
        self.model = self.folder / "m.pt"
        shutil.copy(MODELS / "better.pt", self.model)
        self.private = self.make_key("owner")
        self.sign(self.model)
        self.candidate("{model: m.pt, signature: {bundle: m.sig, public_key: owner.pem}}")

    def make_key(self, name: str, curve: ec.EllipticCurve = ec.SECP256R1()) -> Path:
        """A fresh pair; NAME.pem is the public half."""
        private = ec.generate_private_key(curve)
        plain = serialization.NoEncryption()
        path = self.folder / f"{name}.key"
        path.write_bytes(private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
        (self.folder / f"{name}.pem").write_bytes(private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
        return path

    def sign(self, what: Path, key: Path | None = None, bundle: str = "m.sig") -> None:
        """With the tool that people use."""
        signer = model_signing.signing.Config().use_elliptic_key_signer(private_key=key or self.private)
        signer.sign(what, self.folder / bundle)

    def change_bundle(self, change) -> None:
        path = self.folder / "m.sig"
        bundle = json.loads(path.read_text())
        change(bundle)
        path.write_text(json.dumps(bundle))

    def fingerprint(self) -> str:
        key = serialization.load_pem_public_key((self.folder / "owner.pem").read_bytes())
        der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(der).hexdigest()

    def assert_refused(self, *words: str) -> Run:
        run = self.run_gate()
        self.assert_code(run, 3)
        self.assert_agreement(run)
        check = run.checks["accuracy.accuracy.max_regression"]
        self.assertEqual((check["outcome"], check["reason"]), ("error", "signature_invalid"))
        for word in ("candidate: m.pt must be signed", "was not opened", *words):
            self.assertIn(word, check["message"])
        self.assertGreater(check["production"]["value"], 0.8, "production is judged all the same")
        self.assertNotIn("signed_by", run.report["models"]["candidate"])
        return run


class Held(Signed):
    def assert_signed(self, run: Run) -> None:
        self.assert_code(run, 0)
        self.assert_agreement(run)
        self.assertEqual(run.report["models"]["candidate"]["signed_by"], self.fingerprint())
        self.assertNotIn("signed_by", run.report["models"]["production"])

    def test_a_bundle_of_the_real_tool_over_one_file_holds(self) -> None:
        run = self.run_gate()
        self.assert_signed(run)
        self.assertIn(f"signed: key sha256 {self.fingerprint()[:20]}", run.stdout)
        self.assertIn(f"signed: key sha256 `{self.fingerprint()}`", run.path("summary.md").read_text())
        self.assertIn(self.fingerprint(), run.path("report.html").read_text())
        self.assertIn(f"signed: key sha256:{self.fingerprint()}", run.texts["junit.xml"])

    def test_a_bundle_of_the_real_tool_over_a_folder_holds(self) -> None:
        folder = self.folder / "release"
        folder.mkdir()
        shutil.copy(self.model, folder / "m.pt")
        (folder / "card.md").write_text("what it is for")
        self.sign(folder)
        self.candidate("{model: release/m.pt, signature: {bundle: m.sig, public_key: owner.pem}}")
        self.assert_signed(self.run_gate())

    def test_the_report_is_read_again_and_rendered_byte_for_byte(self) -> None:
        run = self.run_gate()
        self.assert_signed(run)
        again = self.folder / "again.json"
        done = run_modelgate("render", run.path("report.json"), "-o", again, cwd=self.folder)
        self.assert_code(done, 0)
        self.assertEqual(again.read_bytes(), run.path("report.json").read_bytes())

    def test_a_model_that_is_timed_alone_must_be_signed_too(self) -> None:
        text = LIVE[:LIVE.index("checks:")] + "checks:\n  resources:\n    - {metric: model_size, max: 500MiB}\n"
        self.gate(text, (f"candidate: {{model: {MODELS}/better.pt}}",
                         "candidate: {model: m.pt, signature: {bundle: m.sig, public_key: owner.pem}}"))
        self.assert_signed(self.run_gate())
        (self.folder / "m.sig").unlink()
        run = self.run_gate()
        self.assert_code(run, 3)
        self.assertEqual({c["reason"] for c in run.checks.values()}, {"signature_invalid"})

    def test_predict_wants_it_too(self) -> None:
        predict = ("predict", "--model", "candidate", "-o", "p.parquet")
        self.assert_code(run_modelgate(*predict, cwd=self.folder), 0)
        (self.folder / "p.parquet").unlink()
        self.make_key("owner")
        run = run_modelgate(*predict, cwd=self.folder)
        self.assert_code(run, 3)
        self.assertIn("must be signed", run.stderr)
        self.assertFalse((self.folder / "p.parquet").exists())


class Refused(Signed):
    def test_other_bytes_than_those_signed(self) -> None:
        shutil.copy(MODELS / "plain.pt", self.model)
        self.assert_refused("signs other bytes", "before the model is signed again (model_signing sign key)")

    def test_a_bundle_that_is_not_there(self) -> None:
        (self.folder / "m.sig").unlink()
        self.assert_refused("m.sig cannot be opened: No such file", "where the gate file's signature names them")

    def test_a_key_that_is_not_there(self) -> None:
        (self.folder / "owner.pem").unlink()
        self.assert_refused("owner.pem cannot be opened: No such file")

    @unittest.skipIf(os.geteuid() == 0, "root reads everything")
    def test_a_bundle_that_may_not_be_read(self) -> None:
        (self.folder / "m.sig").chmod(0)
        self.assert_refused("Permission denied")

    def test_a_stranger_s_signature(self) -> None:
        self.sign(self.model, self.make_key("stranger"))
        self.assert_refused("another key than owner.pem")

    def test_a_stranger_s_signature_that_names_the_owner_s_key(self) -> None:
        hint = json.loads((self.folder / "m.sig").read_text())["verificationMaterial"]["publicKey"]["hint"]
        self.sign(self.model, self.make_key("stranger"))
        self.change_bundle(lambda b: b["verificationMaterial"]["publicKey"].update(hint=hint))
        self.assert_refused("was not made by owner.pem")

    def test_keys_of_another_curve(self) -> None:
        self.private = self.make_key("owner", ec.SECP384R1())
        self.sign(self.model)
        self.assert_refused("secp384r1", "P-256 alone")

    def test_a_payload_exchanged_under_a_true_signature(self) -> None:
        def exchange(bundle: dict) -> None:
            statement = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
            statement["predicate"]["resources"][0]["digest"] = "0" * 64
            bundle["dsseEnvelope"]["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()
        self.change_bundle(exchange)
        self.assert_refused("was not made by owner.pem over what stands there")

    def test_a_second_signature(self) -> None:
        self.change_bundle(lambda b: b["dsseEnvelope"]["signatures"].append(b["dsseEnvelope"]["signatures"][0]))
        self.assert_refused("exactly one signature")

    def test_a_bundle_whose_text_would_forge_a_log(self) -> None:
        self.change_bundle(lambda b: b.update(mediaType="x\n::error::forged\x1b[31m ]]>"))
        run = self.assert_refused("mediaType")
        for text in (run.stdout, run.stderr, run.texts["junit.xml"]):
            self.assertNotIn("\n::error", text)
            self.assertNotIn("\x1b[31m", text)

    def test_validate_says_so_before_anything_runs(self) -> None:
        self.assert_code(run_modelgate("validate", cwd=self.folder), 0)
        (self.folder / "m.sig").unlink()
        run = run_modelgate("validate", cwd=self.folder)
        self.assert_code(run, 3)
        self.assertIn("m.sig cannot be opened", run.stderr)

    def test_a_report_never_overwrites_bundle_or_key(self) -> None:
        for name in ("m.sig", "owner.pem"):
            shutil.copy(self.folder / name, self.folder / f"{name}.json")
            self.candidate("{model: m.pt, signature: {bundle: m.sig.json, public_key: owner.pem.json}}"
                           if name == "owner.pem" else "{model: m.pt, signature: {bundle: m.sig.json, public_key: owner.pem}}")
            run = run_modelgate("run", "-o", f"{name}.json", cwd=self.folder)
            self.assert_code(run, 2)
            self.assertIn("would overwrite", run.stderr)


if __name__ == "__main__":
    unittest.main()
