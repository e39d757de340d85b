# SPDX-License-Identifier: Apache-2.0
"""The rules of the house that can be read off the sources: who may include whom, how long a file is, its licence line."""
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
LONGEST = 500   # lines; aim at 100, explain 300
STANDARD = {"algorithm", "any", "array", "atomic", "bit", "bitset", "cassert", "cctype", "cerrno", "cfenv", "cfloat",
            "charconv", "chrono", "cinttypes", "climits", "clocale", "cmath", "compare", "complex", "concepts",
            "condition_variable", "csignal", "cstddef", "cstdint", "cstdio", "cstdlib", "cstring", "ctime", "deque",
            "exception", "expected", "filesystem", "forward_list", "fstream", "functional", "future", "initializer_list",
            "iomanip", "ios", "iosfwd", "iostream", "istream", "iterator", "latch", "limits", "list", "locale", "map",
            "memory", "memory_resource", "mutex", "new", "numbers", "numeric", "optional", "ostream", "queue", "random",
            "ranges", "ratio", "semaphore", "set", "shared_mutex", "source_location", "span", "sstream", "stack",
            "stdexcept", "stop_token", "streambuf", "string", "string_view", "system_error", "thread", "tuple",
            "type_traits", "typeindex", "typeinfo", "unordered_map", "unordered_set", "utility", "valarray", "variant",
            "vector", "version"}
# library: what its headers begin with, and the only folder of the product that may include them
LIBRARIES = {"torch": (("torch/", "ATen/", "c10/", "caffe2/"), "gate/worker"), "Arrow": (("arrow/", "parquet/"), "gate/data"),
             "tinyxml2": (("tinyxml2",), "gate/report"), "yaml-cpp": (("yaml-cpp/",), "gate/config"),
             "OpenSSL": (("openssl/",), "gate/integrity"), "libseccomp": (("seccomp.h",), "gate/sandbox")}


def sources():
    """Our C++ files below the product's two folders, with their text."""
    for top in ("gate", "checks"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in (".cpp", ".hpp", ".h", ".cc"):
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def includes(text):
    """(quoted, name) of every include line."""
    return [(mark == '"', name) for mark, name in INCLUDE.findall(text)]


def violations(file, text):
    """What this file may not include, in words."""
    room = "/".join(file.split("/")[:2]) if file.startswith("gate/") else "checks"
    found = []
    for quoted, name in includes(text):
        ours = name.startswith(("gate/", "checks/"))
        if quoted and not ours:
            found.append(f'{name}: quoted includes start at the repository root ("gate/…", "checks/…")')
        for library, (prefixes, home) in LIBRARIES.items():
            if name.startswith(prefixes) and room != home:
                found.append(f"{name}: {library} belongs in {home} alone")
        if name.startswith("gate/app/") and room != "gate/app" and file != "gate/main.cpp":
            found.append(f"{name}: nothing includes gate/app")
        if name.startswith("checks/") and room not in ("checks", "gate/app"):
            found.append(f"{name}: checks are known to gate/app alone")
        found += [f"{name}: {why}" for why in purity(room, name, ours)]
    return found


def purity(room, name, ours):
    """The rules of core, stats and checks."""
    if room == "gate/core" and name not in STANDARD and not name.startswith("gate/core/"):
        yield "core includes the standard library and core only"
    if room == "gate/stats" and name not in STANDARD and not name.startswith(("gate/stats/", "gate/core/interval.hpp",
                                                                              "boost/math/")):
        yield "stats includes the standard library, Boost.Math, stats and core's interval only"
    if room == "checks" and ours and not name.startswith(("gate/core/", "gate/stats/", "checks/")):
        yield "checks include core, stats and checks only"
    if room == "checks" and not ours and name not in STANDARD and not name.startswith("fmt/"):
        yield "checks include no library but fmt"


class Includes(unittest.TestCase):
    def test_every_include_obeys_the_rules(self):
        files = 0
        for file, text in sources():
            files += 1
            with self.subTest(file):
                self.assertEqual(violations(file, text), [])
        self.assertGreater(files, 40, "the sources were not found")

    def test_a_violation_of_each_rule_is_seen(self):
        for file, line in (("gate/core/x.hpp", "#include <fmt/format.h>"), ("gate/stats/x.cpp", '#include "gate/core/plan.hpp"'),
                           ("gate/replay/x.cpp", "#include <torch/script.h>"), ("gate/replay/x.cpp", "#include <arrow/api.h>"),
                           ("gate/verdict/x.cpp", "#include <tinyxml2.h>"), ("gate/app/x.cpp", "#include <yaml-cpp/yaml.h>"),
                           ("gate/data/x.cpp", "#include <openssl/evp.h>"), ("checks/bias/x.cpp", '#include "gate/data/y.hpp"'),
                           ("gate/report/x.cpp", '#include "gate/app/run.hpp"'), ("gate/wire/x.cpp", '#include "wire.hpp"'),
                           ("gate/verdict/x.cpp", '#include "checks/check.hpp"'), ("checks/x.cpp", "#include <boost/any.hpp>"),
                           ("gate/worker/x.cpp", "#include <seccomp.h>")):
            with self.subTest(line, file=file):
                self.assertNotEqual(violations(file, line), [])
        self.assertEqual(violations("gate/core/x.hpp", '#include <vector>\n#include "gate/core/plan.hpp"'), [])


class Files(unittest.TestCase):
    def texts(self):
        """Every file of the project that people write, ignored ones aside."""
        listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
                                capture_output=True, text=True).stdout.split("\n")
        for name in filter(None, listed):
            path = ROOT / name
            if path.is_file() and not path.is_symlink():
                yield name, path

    def test_no_source_is_longer_than_500_lines(self):
        for name, path in self.texts():
            if path.suffix in (".cpp", ".hpp", ".py", ".cmake", ".sh") or path.name == "CMakeLists.txt" or name.startswith("ci/"):
                with self.subTest(name):
                    self.assertLessEqual(path.read_text(encoding="utf-8").count("\n"), LONGEST)

    def test_every_source_begins_with_its_licence(self):
        for name, path in self.texts():
            if path.suffix in (".cpp", ".hpp", ".py", ".cmake", ".sh", ".yaml", ".yml") or path.name == "CMakeLists.txt":
                with self.subTest(name):
                    head = path.read_text(encoding="utf-8").split("\n", 3)[:3]
                    self.assertTrue(any("SPDX-License-Identifier: Apache-2.0" in line for line in head))

    def test_nothing_committed_is_larger_than_200_kb(self):
        for name, path in self.texts():
            with self.subTest(name):
                self.assertLessEqual(path.stat().st_size, 200_000)


if __name__ == "__main__":
    unittest.main()
