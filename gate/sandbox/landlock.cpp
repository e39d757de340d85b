// SPDX-License-Identifier: Apache-2.0
#include "gate/sandbox/landlock.hpp"

#include <fcntl.h>
#include <link.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gate/wire/fd.hpp"

namespace modelgate {
namespace {

// Debian 12's header ends at ABI 2; these are the kernel's numbers of later ones.
constexpr std::uint64_t fs_truncate = 1ULL << 14;           // ABI 3
constexpr std::uint64_t net_bind_and_connect_tcp = 0b11;    // ABI 4
constexpr std::uint64_t fs_ioctl_dev = 1ULL << 15;          // ABI 5
constexpr std::uint64_t scope_abstract_and_signals = 0b11;  // ABI 6
constexpr std::uint64_t all_of_abi_1 = (1ULL << 13) - 1;
constexpr std::uint64_t read_rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t scratch_rights = read_rights | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
                                         LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                         LANDLOCK_ACCESS_FS_REMOVE_DIR | fs_truncate;
constexpr std::uint64_t device_rights = read_rights | LANDLOCK_ACCESS_FS_WRITE_FILE | fs_ioctl_dev;
constexpr std::uint64_t rights_of_a_file =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | fs_truncate | fs_ioctl_dev;

/// The kernel's landlock_ruleset_attr as of ABI 6; older kernels take it where what they do not know is zero.
struct Handled {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scoped = 0;
};

Handled handled_by(long abi) {
  Handled handled;
  handled.files = all_of_abi_1;
  if (abi >= 2) handled.files |= LANDLOCK_ACCESS_FS_REFER;
  if (abi >= 3) handled.files |= fs_truncate;
  if (abi >= 4) handled.network = net_bind_and_connect_tcp;
  if (abi >= 5) handled.files |= fs_ioctl_dev;
  if (abi >= 6) handled.scoped = scope_abstract_and_signals;
  return handled;
}

/// What libraries, kept for native models that are linked with more of them, and libtorch's look at the CPU need.
constexpr std::array readable{"/lib",
                              "/lib64",
                              "/usr/lib",
                              "/usr/lib64",
                              "/etc/ld.so.cache",
                              "/proc/self",
                              "/proc/cpuinfo",
                              "/proc/meminfo",
                              "/dev/urandom",
                              "/dev/null",
                              "/sys/devices/system/cpu",
                              "/sys/devices/system/node"};

/// What a GPU's driver and its libraries look at beside that, as far as it is known.
constexpr std::array readable_with_gpu{"/usr", "/etc", "/opt", "/proc", "/sys", "/dev"};
constexpr std::array devices_of_gpu{
    "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools", "/dev/nvidia-caps", "/dev/nvidia-modeset",
    "/dev/nvidia0",   "/dev/nvidia1",    "/dev/nvidia2",          "/dev/nvidia3",     "/dev/nvidia4",
    "/dev/nvidia5",   "/dev/nvidia6",    "/dev/nvidia7",          "/dev/shm"};

/// A set of rules that is being filled.
class Ruleset {
 public:
  Ruleset(UniqueFd fd, std::uint64_t handled) : fd_(std::move(fd)), handled_(handled) {}

  /// Rights over a file, or over a folder and what is beneath it. What does not exist needs none.
  void allow(const std::string& path, std::uint64_t rights) const {
    const UniqueFd target(::open(path.c_str(), O_PATH | O_CLOEXEC));
    struct stat info{};
    if (!target || ::fstat(target.get(), &info) != 0) return;
    add(target.get(), S_ISDIR(info.st_mode) ? rights : rights & rights_of_a_file);
  }

  /// Reading the file behind a descriptor again, by /proc/self/fd; one that no folder holds (a memfd) needs no rule.
  bool allow_file(int fd) const { return add(fd, LANDLOCK_ACCESS_FS_READ_FILE) || errno == EBADFD; }

  bool enforce() const { return ::syscall(SYS_landlock_restrict_self, fd_.get(), 0U) == 0; }

 private:
  bool add(int target, std::uint64_t rights) const {
    landlock_path_beneath_attr rule{};
    rule.allowed_access = rights & handled_;
    rule.parent_fd = target;
    return ::syscall(SYS_landlock_add_rule, fd_.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0U) == 0;
  }

  UniqueFd fd_;
  std::uint64_t handled_;
};

/// The libraries that this process has loaded, by path.
std::vector<std::string> loaded_libraries() {
  std::vector<std::string> paths;
  const auto note = [](dl_phdr_info* info, std::size_t, void* into) {
    if (info->dlpi_name != nullptr && info->dlpi_name[0] == '/')
      static_cast<std::vector<std::string>*>(into)->emplace_back(info->dlpi_name);
    return 0;
  };
  ::dl_iterate_phdr(note, &paths);
  return paths;
}

/// libtorch's own folder holds nothing but its libraries, of which native models may want more; another library may lie
/// beside anything, so that it is allowed alone.
void allow_libraries(const Ruleset& rules, bool gpu) {
  for (const std::string& path : loaded_libraries()) {
    const std::size_t slash = path.rfind('/');
    const std::string_view name = std::string_view(path).substr(slash + 1);
    const bool torch = name.starts_with("libtorch") || name.starts_with("libc10");
    rules.allow(torch ? path.substr(0, slash) : path, read_rights);
    if (torch && gpu) rules.allow(path.substr(0, slash) + "/../../nvidia", read_rights);  // the wheels beside torch's
  }
}

}  // namespace

std::uint32_t restrict_files(const ConfineSpec& spec) {
  const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0UL, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return 0;
  const Handled handled = handled_by(abi);
  UniqueFd fd(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0U)));
  if (!fd) return 0;
  const Ruleset rules(std::move(fd), handled.files);
  if (!rules.allow_file(spec.model)) return 0;
  for (const char* path : readable) rules.allow(path, read_rights);
  allow_libraries(rules, spec.gpu);
  if (!spec.scratch.empty()) rules.allow(spec.scratch, scratch_rights);
  if (spec.gpu) {
    for (const char* path : readable_with_gpu) rules.allow(path, read_rights);
    for (const char* path : devices_of_gpu) rules.allow(path, device_rights);
  }
  return rules.enforce() ? static_cast<std::uint32_t>(abi) : 0;
}

}  // namespace modelgate
