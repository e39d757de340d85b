// SPDX-License-Identifier: Apache-2.0
#include "gate/report/write.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <tinyxml2.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "gate/report/text.hpp"

namespace modelgate {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> cannot(std::string_view doing, const std::string& path, int error) {
  return report_error(fmt::format("cannot {} {}: {}", doing, clean_line(path), std::generic_category().message(error)));
}

/// The report's own path first, whichever file or folder beside it failed.
std::unexpected<Error> cannot_write(const std::string& path, int error, std::string_view what = "") {
  return report_error(fmt::format("{} cannot be written{}: {}. Give -o a folder that can be written.", clean_line(path),
                                  what, std::generic_category().message(error)));
}

/// An open descriptor, closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  int close() { return ::close(std::exchange(fd_, -1)); }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// The temporary file, in the target's own folder because rename works within one file system only; unique a process,
/// so that two runs into one folder do not write into each other's file.
std::string temporary_name(const fs::path& path) {
  const fs::path name = fmt::format(".{}.{}.tmp", path.filename().string().substr(0, 200), ::getpid());
  return (path.parent_path() / name).string();
}

Result<void> write_temporary(const std::string& path, const std::string& temporary, std::string_view bytes) {
  ::unlink(temporary.c_str());  // left by a killed process of the same number
  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!file.open()) return cannot_write(path, errno);
  if (!write_all(file.get(), bytes)) return cannot_write(path, errno);
  if (::fsync(file.get()) != 0) return cannot_write(path, errno, " to the disk");
  if (file.close() != 0) return cannot_write(path, errno);
  return {};
}

/// rename would put a file in the place of a pipe or device, such as /dev/null; a link is replaced, never followed, and
/// onto a folder rename itself fails.
Result<void> spare_special(const std::string& path) {
  struct stat there{};
  if (::lstat(path.c_str(), &there) != 0) return {};
  const auto mode = there.st_mode;
  if (S_ISREG(mode) || S_ISLNK(mode) || S_ISDIR(mode)) return {};
  return report_error(fmt::format("{} cannot be written: it is a {}, which no report replaces. Give -o another file.",
                                  clean_line(path), S_ISFIFO(mode) ? "pipe" : "device or socket"));
}

Result<void> flush_folder(const fs::path& folder) {
  const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.open()) return cannot("open folder", folder.string(), errno);
  // Some network file systems have no fsync of folders; the rename itself has succeeded there.
  if (::fsync(directory.get()) != 0 && errno != EINVAL && errno != ENOTSUP)
    return cannot("flush folder", folder.string(), errno);
  return {};
}

struct Counts {
  std::int64_t tests = 0;
  std::int64_t failures = 0;
  std::int64_t errors = 0;
  std::int64_t skipped = 0;

  bool operator==(const Counts&) const = default;
  void add(const Counts& other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    skipped += other.skipped;
  }
};

Counts written_counts(const tinyxml2::XMLElement& element) {
  return {element.Int64Attribute("tests", -1), element.Int64Attribute("failures", -1),
          element.Int64Attribute("errors", -1), element.Int64Attribute("skipped", -1)};
}

/// Counts the cases themselves; a case with two outcome elements counts nothing, so that the sums cannot agree.
Counts counted(const tinyxml2::XMLElement& suite) {
  Counts counts;
  for (const auto* one = suite.FirstChildElement("testcase"); one != nullptr;
       one = one->NextSiblingElement("testcase")) {
    const Counts outcome{1, one->FirstChildElement("failure") != nullptr, one->FirstChildElement("error") != nullptr,
                         one->FirstChildElement("skipped") != nullptr};
    if (outcome.failures + outcome.errors + outcome.skipped <= 1) counts.add(outcome);
  }
  return counts;
}

Result<void> verify_junit(const std::string& path, const std::string& bytes) {
  const auto broken = [&](std::string_view why) {
    return report_error(fmt::format("{} is not a whole JUnit report: {}", clean_line(path), why));
  };
  tinyxml2::XMLDocument document;
  if (document.Parse(bytes.data(), bytes.size()) != tinyxml2::XML_SUCCESS) return broken(document.ErrorStr());
  const tinyxml2::XMLElement* root = document.RootElement();
  if (root == nullptr || std::strcmp(root->Name(), "testsuites") != 0) return broken("its root is not testsuites");
  Counts all;
  for (const auto* suite = root->FirstChildElement("testsuite"); suite != nullptr;
       suite = suite->NextSiblingElement("testsuite")) {
    const Counts cases = counted(*suite);
    if (cases != written_counts(*suite)) return broken("the counts of a suite are not those of its cases");
    all.add(cases);
  }
  if (all.tests == 0) return broken("it has no case");
  Counts totals = written_counts(*root);
  totals.skipped = all.skipped;  // the root has no such attribute
  if (totals != all) return broken("its totals are not those of its suites");
  return {};
}

}  // namespace

Result<void> write_atomically(const std::string& path, std::string_view bytes) {
  const fs::path target(path);
  if (Result<void> spared = spare_special(path); !spared) return spared;
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return cannot_write(path, failed.value(), fmt::format(", folder {}", clean_line(folder.string())));
  const std::string temporary = temporary_name(target);
  if (Result<void> written = write_temporary(path, temporary, bytes); !written) {
    ::unlink(temporary.c_str());
    return written;
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    return cannot_write(path, error);
  }
  return flush_folder(folder);
}

Result<void> verify_written(const std::string& path, std::string_view bytes) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return cannot("read back", path, errno);
  const std::string found{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (found != bytes)
    return report_error(
        fmt::format("{} does not hold what was written: {} bytes of {} are there; is another run writing "
                    "to the same file?",
                    clean_line(path), found.size(), bytes.size()));
  const std::string suffix = fs::path(path).extension().string();
  if (suffix == ".xml") return verify_junit(path, found);
  if ((suffix == ".json" || suffix == ".sarif") && !nlohmann::json::accept(found))
    return report_error(fmt::format("{} is not whole JSON", clean_line(path)));
  if (suffix == ".prom" && !found.ends_with("# EOF\n"))
    return report_error(fmt::format("{} does not end as OpenMetrics does", clean_line(path)));
  return {};
}

}  // namespace modelgate
