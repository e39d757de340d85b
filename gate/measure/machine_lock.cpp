// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/machine_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>

namespace modelgate {
namespace {

constexpr const char* variable = "MODELGATE_LATENCY_LOCK";
constexpr mode_t everyone = 0666;
constexpr auto pause = std::chrono::milliseconds(50);
constexpr int most_tries = 20;  // to make or open one path; each failure but the last is another gate doing the same

int open_existing(const std::string& path) {
  // Never through a link that somebody else put there, and never waiting for the other end of a pipe.
  constexpr int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  const int file = ::open(path.c_str(), O_RDWR | flags);
  return file >= 0 || (errno != EACCES && errno != EROFS && errno != EPERM) ? file
                                                                            : ::open(path.c_str(), O_RDONLY | flags);
}

/// Opening with O_CREAT what another user made in a sticky folder is refused (fs.protected_regular), so what exists is
/// opened plainly and made only where nothing is.
int open_or_make(const std::string& path) {
  for (int tries = 0; tries < most_tries; ++tries) {
    const int file = open_existing(path);
    if (file >= 0 || (errno != ENOENT && errno != EACCES)) return file;
    const bool absent = errno == ENOENT;
    if (absent) {
      const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, everyone);
      if (made >= 0) {
        ::fchmod(made, everyone);  // whatever the umask says
        return made;
      }
      if (errno != EEXIST) return -1;
    } else if (tries == most_tries / 4) {  // not just made by a gate that has yet to open it to everyone
      return -1;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return -1;
}

Result<UniqueFd> opened(const std::string& path) {
  UniqueFd file(open_or_make(path));
  if (!file) return data_error(fmt::format("{}: {}", path, std::strerror(errno)));
  struct stat what{};
  if (::fstat(file.get(), &what) != 0 || !S_ISREG(what.st_mode))
    return data_error(fmt::format("{}: not an ordinary file", path));
  return file;
}

/// Whether the file held is still the one that others will open; a tidier of old files may have removed it.
bool still_there(const UniqueFd& file, const std::string& path) {
  struct stat held{};
  struct stat named{};
  return ::fstat(file.get(), &held) == 0 && ::stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
         held.st_dev == named.st_dev;
}

/// "process 4711 (modelgate)"; "another gate" where the kernel does not tell (another container).
std::string holder_of(const UniqueFd& file) {
  struct stat what{};
  ::fstat(file.get(), &what);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {  // 1: FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF
    std::istringstream words(line);
    std::string number;
    std::string kind;
    std::string advisory;
    std::string access;
    long pid = 0;
    std::string place;
    if (!(words >> number >> kind >> advisory >> access >> pid >> place) || kind != "FLOCK" || pid <= 0) continue;
    if (!place.ends_with(fmt::format(":{}", what.st_ino))) continue;
    std::ifstream comm(fmt::format("/proc/{}/comm", pid));
    std::string name;
    std::getline(comm, name);
    std::ranges::replace_if(
        name, [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');  // whoever it is chose it
    return name.empty() ? fmt::format("process {}", pid) : fmt::format("process {} ({})", pid, name);
  }
  return "another gate";
}

enum class Try { held, taken_by_other, gone, refused };

Try try_lock(const UniqueFd& file, const std::string& path) {
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return still_there(file, path) ? Try::held : Try::gone;
  if (errno == EWOULDBLOCK || errno == EINTR) return Try::taken_by_other;
  return Try::refused;
}

/// What others are told of the waiting.
class Waiting {
 public:
  Waiting(const Clock& clock, Progress& progress) : clock_(clock), progress_(progress), begin_(clock.now_s()) {}
  ~Waiting() {
    if (!phase_.empty()) progress_.finish(phase_);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  void tell(const std::string& holder) {
    const std::string phase = fmt::format("{}{}, which times models", waiting_phase, holder);
    if (!phase_.empty() && phase != phase_) progress_.finish(phase_);
    phase_ = phase;
    progress_.update(phase_, static_cast<std::size_t>(clock_.now_s() - begin_), std::nullopt);
  }
  double seconds() const { return phase_.empty() ? 0.0 : clock_.now_s() - begin_; }

 private:
  const Clock& clock_;
  Progress& progress_;
  double begin_;
  std::string phase_;  // empty: nobody was waited for
};

/// The file, locked. Errors: cancelled, or why this path is no lock.
Result<UniqueFd> wait_on(const std::string& path, Waiting& waiting, const std::atomic<bool>* cancel) {
  auto file = opened(path);
  while (file) {
    const Try outcome = try_lock(*file, path);
    if (outcome == Try::held) break;
    if (outcome == Try::refused) return data_error(fmt::format("{}: {}", path, std::strerror(errno)));
    if (outcome == Try::gone) {
      file = opened(path);
      continue;
    }
    if (cancel != nullptr && cancel->load()) {
      return std::unexpected(Error{ErrorKind::internal, Reason::cancelled,
                                   "The run was cancelled while it waited for another gate on this machine."});
    }
    waiting.tell(holder_of(*file));
    std::this_thread::sleep_for(pause);
  }
  return file;
}

}  // namespace

std::vector<std::string> lock_paths() {
  const char* named = std::getenv(variable);
  if (named != nullptr && *named != '\0') return {named};
  return {"/tmp/modelgate-latency.lock", "/dev/shm/modelgate-latency.lock"};
}

Result<MachineLock> MachineLock::take(const std::vector<std::string>& paths, const Clock& clock, Progress& progress,
                                      const std::atomic<bool>* cancel) {
  MachineLock lock;
  Waiting waiting(clock, progress);
  std::string why;
  for (const std::string& path : paths) {
    auto file = wait_on(path, waiting, cancel);
    if (file) {
      lock.file_ = std::move(*file);
      lock.waited_s_ = waiting.seconds();
      return lock;
    }
    if (file.error().reason == Reason::cancelled) return std::unexpected(file.error());
    why += (why.empty() ? "" : "; ") + file.error().message;
  }
  lock.warning_ = fmt::format(
      "Latency was measured without the lock that keeps other gates on this machine quiet meanwhile ({}); set {} to a "
      "file that every gate of this machine can open.",
      why, variable);
  return lock;
}

}  // namespace modelgate
