// SPDX-License-Identifier: Apache-2.0
#include "gate/sandbox/confine.hpp"

#include <dirent.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <memory>

#include "gate/sandbox/landlock.hpp"
#include "gate/sandbox/syscall_filter.hpp"

namespace modelgate {
namespace {

/// Landlock's rules and dropped capabilities hold the thread that asks for them and those it starts, no others.
bool is_only_thread() {
  const std::unique_ptr<DIR, int (*)(DIR*)> tasks(::opendir("/proc/self/task"), ::closedir);
  if (!tasks) return false;
  int threads = 0;
  while (const dirent* entry = ::readdir(tasks.get())) threads += entry->d_name[0] == '.' ? 0 : 1;
  return threads == 1;
}

/// A gate that runs as root may have opened a model that belongs to somebody else: the two rights over files stay, and
/// only Landlock and the filter bound them. What goes: CAP_SYS_PTRACE, which opens the gate's memory, and all others.
bool drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> held{};
  if (::syscall(SYS_capget, &header, held.data()) != 0) return false;
  constexpr std::uint32_t kept = (1U << CAP_DAC_OVERRIDE) | (1U << CAP_DAC_READ_SEARCH);
  held[0] = {held[0].effective & kept, held[0].permitted & kept, 0};
  held[1] = {};
  return ::syscall(SYS_capset, &header, held.data()) == 0;
}

}  // namespace

Confinement confine(const ConfineSpec& spec) {
  Confinement held;
  held.no_new_privs = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  const bool alone = is_only_thread();
  held.capabilities_dropped = drop_capabilities() && alone;
  if (!held.no_new_privs) return held;  // root alone could filter without, and a program it starts could shed the rest
  const std::uint32_t landlock = restrict_files(spec);
  held.landlock = alone ? landlock : 0;
  held.seccomp = !spec.gpu && restrict_calls(!spec.scratch.empty(), alone);
  return held;
}

}  // namespace modelgate
