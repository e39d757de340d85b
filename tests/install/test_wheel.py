# SPDX-License-Identifier: Apache-2.0
"""The wheel of ci/package in virtual environments of its own, run from another folder with an empty environment.

torch and pyarrow are hundreds of megabytes, so each environment gets those of the build as links beside modelgate; the
wheel itself is installed by pip.
"""
import email.parser
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
FRAUD = FIXTURES / "fraud/modelgate.yaml"
RECORDED = FIXTURES / "recorded/binary"
SITE = pathlib.Path(subprocess.run(
    [sys.executable, "-c", "import importlib.util as u; print(u.find_spec('pyarrow').submodule_search_locations[0])"],
    capture_output=True, text=True, check=True).stdout.strip()).parent


def run(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=1500, check=False,
                          **options)


def pins():
    return dict(line.split("==") for line in (ROOT / "ci/requirements.txt").read_text().split() if "==" in line)


class Environment:
    """A virtual environment with the wheel, and a folder to work in that is not the project's."""

    def __init__(self, folder: pathlib.Path, wheel: pathlib.Path, packages=(), layered=()):
        self.bin, self.work = folder / "venv/bin", folder / "work"
        self.work.mkdir()
        self.succeed(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
        self.site = next((folder / "venv/lib").glob("python3.*/site-packages"))
        self.succeed(sys.executable, "-m", "pip", "--python", self.bin / "python", "install", "-q", "--no-deps",
                     "--no-index", wheel)
        for package in packages:
            (self.site / package).symlink_to(SITE / package)
        if layered:
            other = folder / "other"
            other.mkdir()
            for package in layered:
                (other / package).symlink_to(SITE / package)
            (self.site / "other.pth").write_text(f"{other}\n")

    @staticmethod
    def succeed(*command):
        done = run(*command)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"

    def modelgate(self, *words, program=("modelgate",)):
        return run(self.bin / program[0], *program[1:], *words, cwd=self.work, env={"PATH": "/usr/bin:/bin"})


class Wheel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="modelgate-install-")
        cls.addClassCleanup(holder.cleanup)
        cls.folder = pathlib.Path(holder.name)
        done = run(ROOT / "ci/package", cls.folder / "dist")
        assert done.returncode == 0, done.stdout + done.stderr
        (cls.wheel,) = (cls.folder / "dist").glob("*.whl")
        (cls.plain,) = (ROOT / "build/wheel/dist").glob("*.whl")
        cls.full = cls.environment("full", packages=("pyarrow", "torch"))

    @classmethod
    def environment(cls, name, wheel=None, **packages):
        folder = cls.folder / name
        folder.mkdir()
        return Environment(folder, wheel or cls.wheel, **packages)

    def assert_code(self, done, code):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)

    def assert_says_what_to_install(self, live):
        text = " ".join((live.stdout + live.stderr).split())
        self.assertIn("a live model needs torch", text)
        self.assertIn("modelgate[torch]", text)
        self.assertIn(f"pip install torch=={pins()['torch']}", text)

    def judge_fraud(self, environment, version):
        """The demo's gate file, from a folder that is not the project's."""
        return environment.modelgate("run", "-c", FRAUD, "--candidate",
                                     FIXTURES / f"generated/fraud/models/fraud_{version}.pt", "-o", "report/")

    def test_the_demos_gate_blocks_and_passes_from_another_folder(self):
        blocked = self.judge_fraud(self.full, "v2.2")
        self.assert_code(blocked, 1)
        self.assertIn("BLOCK", blocked.stdout)
        self.assert_code(self.judge_fraud(self.full, "v2.3"), 0)
        report = json.loads((self.full.work / "report/report.json").read_text())
        self.assertEqual(report["verdict"], "pass")

    def test_the_plain_wheel_of_pip_install_does_the_same(self):
        environment = self.environment("plain", self.plain, packages=("pyarrow", "torch"))
        self.assert_code(self.judge_fraud(environment, "v2.2"), 1)

    def test_torch_and_pyarrow_of_another_layer_are_found_too(self):
        environment = self.environment("layered", layered=("pyarrow", "torch"))
        self.assert_code(self.judge_fraud(environment, "v2.3"), 0)
        self.assert_code(environment.modelgate("--version", program=("python", "-m", "modelgate")), 0)

    def test_without_torch_recorded_predictions_are_judged_and_a_live_model_is_an_error_that_says_what_to_install(self):
        environment = self.environment("no_torch", packages=("pyarrow",))
        recorded = ("run", "-c", RECORDED / "modelgate.yaml", "-o", "report/")
        self.assert_code(environment.modelgate(*recorded), 0)
        header, *rows = (RECORDED / "candidate.csv").read_text().splitlines()
        score = header.split(",").index("score")
        swapped = [[*cells[:score], str(1 - float(cells[score])), *cells[score + 1:]] for cells in
                   (row.split(",") for row in rows)]
        (environment.work / "bad.csv").write_text("\n".join([header, *map(",".join, swapped)]) + "\n")
        self.assert_code(environment.modelgate(*recorded, "--candidate", "bad.csv"), 1)

        live = self.judge_fraud(environment, "v2.3")
        self.assert_code(live, 3)
        self.assert_says_what_to_install(live)
        self.assertIn("<error", (environment.work / "report/junit.xml").read_text())
        self.assertEqual(json.loads((environment.work / "report/report.json").read_text())["verdict"], "error")

    def test_another_torch_is_as_none(self):
        environment = self.environment("other_torch", packages=("pyarrow",))
        other = environment.work / "other.c"
        other.write_text("unsigned long aoti_torch_abi_version(void) { return 1; }\n")
        libraries = environment.site / "torch/lib"
        libraries.mkdir(parents=True)
        (libraries.parent / "__init__.py").touch()
        for name in ("libtorch_cpu.so", "libc10.so"):
            Environment.succeed("cc", "-shared", "-fPIC", f"-Wl,-soname,{name}", "-o", libraries / name, other)
        live = self.judge_fraud(environment, "v2.3")
        self.assert_code(live, 3)
        self.assert_says_what_to_install(live)

    def test_a_libtorch_that_fits_by_its_symbols_but_is_another_version_is_refused_by_the_worker(self):
        source, library = self.folder / "version.c", self.folder / "version.so"
        source.write_text("unsigned long aoti_torch_abi_version(void) { return 1; }\n")
        Environment.succeed("cc", "-shared", "-fPIC", "-o", library, source)
        refused = run(self.full.site / "modelgate/bin/modelgate-worker", "--threads", 1, "--allocator", "system",
                      "--executor", "plain", env={"LD_PRELOAD": str(library)})
        self.assert_code(refused, 127)
        self.assertIn("another version of libtorch", refused.stderr)

    def test_without_pyarrow_nothing_is_judged_and_a_sentence_says_what_to_install(self):
        environment = self.environment("bare")
        for words in (("run", "-c", RECORDED / "modelgate.yaml"), ("--version",)):
            refused = environment.modelgate(*words)
            self.assert_code(refused, 3)
            self.assertIn("pyarrow is not installed", refused.stderr)
            self.assertIn('pip install "pyarrow~=26.0.1"', refused.stderr)
        (environment.site / "pyarrow").mkdir()
        (environment.site / "pyarrow/__init__.py").touch()
        refused = environment.modelgate("--version")
        self.assert_code(refused, 3)
        self.assertIn("holds no libarrow.so.2600", refused.stderr)

    def test_the_wheel_says_its_version_its_platform_and_its_exact_needs(self):
        version = re.search(r"project\(modelgate VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
        self.assertEqual(self.full.modelgate("--version").stdout.split(), ["modelgate", version])
        self.assertTrue(self.plain.name.endswith("-py3-none-linux_x86_64.whl"), self.plain.name)
        self.assertRegex(self.wheel.name, r"-py3-none-manylinux_2_\d+_x86_64\.whl$")
        with zipfile.ZipFile(self.wheel) as archive:
            (name,) = [n for n in archive.namelist() if n.endswith(".dist-info/METADATA")]
            metadata = email.parser.Parser().parsestr(archive.read(name).decode())
        self.assertEqual(metadata["Version"], version)
        self.assertEqual(metadata.get_all("Requires-Dist"),
                         [f"pyarrow~={pins()['pyarrow']}", f'torch=={pins()["torch"]}; extra == "torch"'])

    def test_the_guide_names_the_wheel_and_the_debian_packages_of_the_plain_one(self):
        guide = (ROOT / "ci/README.md").read_text()
        self.assertIn(f"pipx install ./{self.wheel.name}", guide)
        with zipfile.ZipFile(self.plain) as archive:
            programs = [archive.extract(f"modelgate/bin/{name}", self.folder / "unpacked")
                        for name in ("modelgate", "modelgate-worker")]
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-d", *programs).stdout)
        (named,) = re.findall(r"Debian's: `([^`]+)`", guide)
        owners = set()
        for library in needed:
            if not re.match(r"lib(arrow|parquet|torch\w*|c10|c|m|gcc_s|stdc\+\+)\.so", library):
                owners.add(run("dpkg-query", "-S", f"*/{library}").stdout.split(":")[0])
        self.assertEqual(owners, set(named.split()))

    def test_the_programs_load_nothing_from_where_they_were_built(self):
        for program in ("modelgate", "modelgate-worker"):
            dynamic = run("readelf", "-d", self.full.site / "modelgate/bin" / program).stdout
            (path,) = re.findall(r"\((?:RUN|R)PATH\).*\[(.*)\]", dynamic)
            self.assertTrue(all(part.startswith("$ORIGIN/../../") for part in path.split(":")), path)

    def test_every_library_in_the_wheel_has_its_licence_there(self):
        names = {library.name.split("-")[0].split(".")[0] if "yaml" not in library.name else "libyaml-cpp"
                 for library in (self.full.site / "modelgate.libs").iterdir()}
        self.assertIn("libzip", names)
        for name in names - {"libboost_program_options"}:       # the Boost licence asks for no notice beside binaries
            owners = {line.split(":")[0] for line in run("dpkg-query", "-S", f"*/{name}.so.*").stdout.splitlines()}
            licences = [self.full.site / f"modelgate/licenses/{owner}.txt" for owner in owners]
            self.assertTrue(any(licence.is_file() for licence in licences), f"{name}: none of {licences}")

    def test_of_the_system_the_wheel_takes_only_what_every_linux_with_python_has(self):
        listed = run("ldd", self.full.site / "modelgate/bin/modelgate").stdout
        found = re.findall(r"(\S+) => (\S+)", listed)
        from_system = {name for name, place in found if not place.startswith(str(self.full.site))}
        self.assertLessEqual(from_system, {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1", "libz.so.1",
                                           "libpthread.so.0", "librt.so.1", "libdl.so.2"})
        self.assertIn("libarrow.so.2600", dict(found))


if __name__ == "__main__":
    unittest.main()
